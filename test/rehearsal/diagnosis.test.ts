/** Second half of the proof: what went wrong is diagnosed from evidence and facts, alone and while unrelated faults run beside it. */
import { describe, expect, test } from 'vitest'
import { CAUSE_IDS, type CauseId } from '../../src/causes/catalogue.ts'
import { FAULTS } from '../../src/insight/fault/fault-table.ts'
import { Random } from '../../src/std/random.ts'
import { diagnoseTogether } from '../support/joint-rehearsal.ts'

const SEED = 20_261_122
const PARTY = 4

/** They end the gateway or take all it has, so that they come last. */
const LAST = new Set<CauseId>(['fd-exhaustion', 'gateway-draining', 'gateway-internal'])
/** It is about the number of all connections there are: others beside it would be part of it. */
const ALONE = new Set<CauseId>(['local-resource-exhausted'])
/** No site is known of what they leave: only one of them can be told by it. */
const FACELESS = new Set<CauseId>([
  'local-resource-exhausted',
  'fd-exhaustion',
  'request-malformed',
  'request-host-invalid',
  'request-line-too-long',
  'request-header-too-large',
  'request-header-timeout',
  'request-method-refused',
  'request-version-unsupported',
])
const TOGETHER = { last: LAST, faceless: FACELESS }
/** In a network of the gateway's own there are no servers of this one. These need none. */
const SERVERLESS = new Set<CauseId>([
  ...[...FACELESS].filter((id) => id.startsWith('request-')),
  'request-framing',
  'request-coding-unknown',
  'request-expectation-unknown',
  'backlog-overflow',
  'socket-missing',
  'no-endpoints',
  'no-healthy-upstream',
  'gateway-config',
  'maintenance-mode',
  'upstream-paused',
  'route-not-found',
  'request-body-too-large',
])
const OWN_NETWORK = new Set<CauseId>(['connect-timeout', 'firewall-blocked', 'port-exhaustion'])
/** They are about the same limit, so that they are not unrelated. */
const KIN: readonly (readonly CauseId[])[] = [
  ['dns-nxdomain', 'dns-timeout', 'dns-servfail', 'dns-stale'],
  ['request-body-timeout', 'request-write-timeout', 'request-write-failed'],
  // A worker that ends after 50 ms ends what the others wait for.
  ['gateway-draining', 'gateway-internal', 'client-closed'],
]

function areUnrelated(one: CauseId, other: CauseId): boolean {
  const both = (ids: ReadonlySet<CauseId>): boolean => ids.has(one) && ids.has(other)
  if (one === other || both(LAST) || both(FACELESS) || ALONE.has(one) || ALONE.has(other)) return false
  if (KIN.some((kin) => kin.includes(one) && kin.includes(other))) return false
  if (FAULTS[one].confinement !== undefined && FAULTS[other].confinement !== undefined) return false
  if (OWN_NETWORK.has(one)) return SERVERLESS.has(other)
  return !OWN_NETWORK.has(other) || SERVERLESS.has(one)
}

/** Each cause once at least, in the company of three that the seed draws. */
function parties(): (readonly CauseId[])[] {
  const random = new Random(SEED)
  const drawn: CauseId[][] = []
  const isDone = (id: CauseId): boolean => drawn.some((party) => party.includes(id))
  for (const id of CAUSE_IDS.filter((one) => !ALONE.has(one))) {
    if (isDone(id)) continue
    const party = [id]
    while (party.length < PARTY) {
      const fitting = CAUSE_IDS.filter((other) => party.every((one) => areUnrelated(one, other)))
      const fresh = fitting.filter((other) => !isDone(other))
      const pool = fresh.length > 0 ? fresh : fitting
      party.push(pool[random.below(pool.length)] as CauseId)
    }
    drawn.push(party)
  }
  return drawn
}

function obstacleOf(ids: readonly CauseId[]): string | null {
  return ids.map((id) => FAULTS[id].confinement?.obstacle() ?? null).find((one) => one !== null) ?? null
}

describe('each fault is diagnosed', { timeout: 20_000 }, () => {
  test.for(CAUSE_IDS)('%s', async (id, { skip }) => {
    const obstacle = obstacleOf([id])
    if (obstacle !== null) skip(obstacle)
    const diagnosis = (await diagnoseTogether([id], TOGETHER)).diagnoses.get(id)
    expect(diagnosis?.cause).toBe(id)
    expect(diagnosis?.confidence).toBeGreaterThanOrEqual(0.7)
    expect(diagnosis?.evidence).not.toEqual([])
    expect(diagnosis?.remedies).not.toEqual([])
    expect(diagnosis?.summary).toMatch(/^[A-Z`h].*\.$/)
    expect(diagnosis?.summary).not.toMatch(/[{}]|undefined|null/)
  })
})

describe('each fault is diagnosed while three unrelated ones run at the same time', { timeout: 20_000 }, () => {
  test.for(parties())('%s, %s, %s and %s', async (ids, { skip }) => {
    const obstacle = obstacleOf(ids)
    if (obstacle !== null) skip(obstacle)
    const { diagnoses } = await diagnoseTogether(ids, TOGETHER)
    expect([...diagnoses].map(([, { cause }]) => cause)).toEqual(ids)
  })
})
