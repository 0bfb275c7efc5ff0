/** The product's proof: every cause is produced for real, and the gateway names it. */
import { describe, expect, test } from 'vitest'
import { CAUSE_IDS, CAUSES, type CauseId } from '../../src/causes/catalogue.ts'
import type { Cause } from '../../src/causes/cause.ts'
import { FAULTS } from '../../src/insight/fault/fault-table.ts'
import { type Rehearsal, rehearse } from '../../src/insight/fault/rehearsal.ts'

/** What the failure becomes on its way back: the answer of an inner hop, which here is the gateway itself. */
const ECHOES: Partial<Record<CauseId, CauseId>> = { 'proxy-loop': 'upstream-5xx' }

describe('each fault ends in its cause', () => {
  test.for(CAUSE_IDS)('%s', async (id, { skip }) => {
    const fault = FAULTS[id]
    const obstacle = fault.confinement?.obstacle() ?? null
    if (obstacle !== null) skip(obstacle)
    const rehearsal = await rehearse(fault)
    const expected = [id, ECHOES[id]].filter((one) => one !== undefined)
    expect([...rehearsal.failures.keys()]).toEqual(expected)
    expect(rehearsal.records.map(({ cause }) => cause)).toEqual(expected)
    for (const { evidence } of rehearsal.records) expect(evidence).not.toEqual([])
    CHECKS[fault.outcome ?? 'error'](rehearsal, id)
  })
})

const CHECKS = {
  error: ({ reply, records }: Rehearsal, id: CauseId): void => {
    const cause: Cause = CAUSES[id]
    expect(reply?.status).toBe(cause.status)
    expect(reply?.fields.get('proxy-status')).toBe(`gatewell; error=${cause.proxyStatus}; details="${id}"`)
    expect(reply?.fields.get('cache-control')).toBe('no-store')
    expect(reply?.end).toBe('whole')
    for (const { status } of records) expect(status).toBe(cause.status)
  },
  relayed: ({ reply, records }: Rehearsal): void => {
    expect(reply?.fields.has('proxy-status')).toBe(false)
    expect(reply?.end).toBe('whole')
    expect(reply?.status).toBe(records[0]?.status)
  },
  broken: ({ reply }: Rehearsal): void => {
    expect(reply?.status).toBe(200)
    expect(reply?.end).toBe('broken')
  },
  nothing: ({ reply, records }: Rehearsal): void => {
    expect(reply).toBe(null)
    expect(records[0]?.status).toBe(499)
  },
}

test('a fault says in one sentence what it does', () => {
  for (const { describe } of Object.values(FAULTS)) expect(describe).toMatch(/^[A-Z][^.]{20,140}\.$/)
})
