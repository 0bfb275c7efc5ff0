/**
 * No local port is left towards a server, or no descriptor in the process: another endpoint gets the request, the cause says what has run
 * out and how much of it there is, and when it is over nothing remains of it. In a network, or a process, of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, type TestContext, test } from 'vitest'
import { fewDescriptors, ownNetwork } from '../../src/insight/fault/confinement.ts'
import type { Confinement } from '../../src/insight/fault/fault.ts'
import { Child } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import type { Shortage } from '../support/shortage-main.ts'

const MAIN = join(import.meta.dirname, '../support/shortage-main.ts')
const [FIRST, LAST] = [40_000, 40_007]
const FEW_PORTS = ownNetwork([`echo ${FIRST} ${LAST} >/proc/sys/net/ipv4/ip_local_port_range`])
const DESCRIPTORS = 128

async function run(scenario: string, { wrapper, obstacle }: Confinement, skip: TestContext['skip']): Promise<Shortage> {
  const problem = obstacle()
  if (problem !== null) skip(problem)
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-shortage-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const [command = '', ...words] = [...wrapper(), process.execPath, MAIN, scenario, join(folder, 'socket')]
  const child = new Child([command, ...words], { limitMs: 9_000 })
  const { code, stdout, stderr } = await child.ended
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`)
  return JSON.parse(String(stdout)) as Shortage
}

function statusesOf(finished: Shortage['scarce']): number[] {
  return [...new Set(finished.map(({ status }) => status))]
}

describe('local ports', () => {
  test('that are used up towards one server leave those towards another: no visitor notices', async ({ skip }) => {
    const { scarce, later } = await run('ports', FEW_PORTS, skip)
    expect(scarce.length).toBe(12)
    expect(statusesOf(scarce)).toEqual([200])
    expect(scarce.filter(({ earlier }) => earlier.includes('port-exhaustion')).length).toBeGreaterThanOrEqual(3)
    expect(statusesOf(later)).toEqual([200])
  })

  test('that are used up towards all of them are the cause, with their number; and then all is well again', async ({ skip }) => {
    const { scarce, later } = await run('all-ports', FEW_PORTS, skip)
    const failed = scarce.filter(({ status }) => status !== 200)
    expect(failed.length).toBeGreaterThan(0)
    expect([...new Set(failed.map(({ status, cause }) => `${status} ${cause}`))]).toEqual(['503 port-exhaustion'])
    for (const { evidence } of failed) {
      expect(evidence).toMatchObject({ code: 'EADDRNOTAVAIL', port_range: `${FIRST}-${LAST}`, ports_max: 8, port: 3_000 })
      expect(evidence.ports_used).toBeGreaterThanOrEqual(7)
    }
    expect(statusesOf(later)).toEqual([200])
  })
})

describe('without a descriptor', () => {
  test('a request goes where a connection is open already', async ({ skip }) => {
    const { scarce, later } = await run('descriptors', fewDescriptors(DESCRIPTORS), skip)
    expect(scarce).toMatchObject([{ status: 200, attempts: 2, earlier: ['fd-exhaustion'], endpoint: 'http://127.0.0.2:3000' }])
    expect(statusesOf(later)).toEqual([200])
  })

  test('and without an open connection the cause is named, with their number; and then all is well again', async ({ skip }) => {
    const { scarce, later } = await run('all-descriptors', fewDescriptors(DESCRIPTORS), skip)
    const evidence = { code: 'EMFILE', descriptors_used: DESCRIPTORS, descriptors_max: DESCRIPTORS }
    expect(scarce).toMatchObject([{ status: 503, cause: 'fd-exhaustion', attempts: 3, evidence }])
    expect(statusesOf(later)).toEqual([200])
  })
})
