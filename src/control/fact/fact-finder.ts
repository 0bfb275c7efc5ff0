/**
 * Looks around after a failure, and only then: at this machine, at the endpoint's port, at its name, at what the app depends on.
 * Bounded: the same kind of failure is looked into once in a while, a few at a time, each for a moment. It changes nothing.
 */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import { parseEndpoint } from '../../config/endpoint-url.ts'
import type { Plan } from '../../config/plan.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { attemptOf, causeOfRecord } from '../../insight/diagnosis/case.ts'
import type { Facts } from '../../insight/diagnosis/diagnosis.ts'
import type { Address } from '../../net/address.ts'
import type { Clock } from '../../std/clock.ts'
import type { Wheel } from '../../std/wheel.ts'
import type { ChangeLog } from './change-log.ts'
import { countKilled } from './machine.ts'
import { SOURCES, type Surroundings } from './source-table.ts'

/** So long what was found stands for failures of the same cause at the same endpoint. */
const KEPT_MS = 10_000
const FINDING_MAX = 4
const LIMIT_MS = 2_000
const KINDS_MAX = 256

export type FactFinderOptions = {
  readonly clock: Clock
  readonly wheel: Wheel
  readonly plan: () => Plan
  readonly changes: ChangeLog
  /** The processes whose descriptors count: this one and its workers. */
  readonly pids: () => readonly (number | null)[]
  /** The folder whose disk counts. */
  readonly folder: string
}

type Kind = { readonly at: number; readonly facts: Promise<Facts> }

export class FactFinder {
  readonly #options: FactFinderOptions
  readonly #kinds = new Map<string, Kind>()
  #finding = 0
  #killedAtStart: Promise<number>
  #killedBefore: number | null = null

  constructor(options: FactFinderOptions) {
    this.#options = options
    this.#killedAtStart = countKilled()
  }

  /** What can be seen now. Never rejects; where too much is being looked into already, there is little in it. */
  find(record: FailureRecord): Promise<Facts> {
    const { clock, changes } = this.#options
    const cause = causeOfRecord(record)
    const endpoint = attemptOf(record)?.endpoint ?? ''
    const key = `${record.upstream} ${cause} ${endpoint}`
    const now = clock.now()
    const known = this.#kinds.get(key)
    if (known !== undefined && now - known.at < KEPT_MS) return known.facts
    const little: Facts = { gatheredAt: clock.epoch(), changes: changes.changes }
    if (CAUSES[cause].side === 'downstream' || this.#finding >= FINDING_MAX) return Promise.resolve(little)
    this.#finding++
    const facts = this.#look(record, cause, little).finally(() => this.#finding--)
    if (this.#kinds.size >= KINDS_MAX) this.#kinds.clear()
    this.#kinds.set(key, { at: now, facts })
    return facts
  }

  async #look(record: FailureRecord, cause: CauseId, little: Facts): Promise<Facts> {
    const { clock, wheel, plan: planOf, pids, folder } = this.#options
    const plan = planOf()
    const upstream = plan.upstreams.find(({ name }) => name === record.upstream) ?? null
    const limit = AbortSignal.timeout(LIMIT_MS)
    const place: Surroundings = {
      cause,
      record,
      address: placeOf(record, upstream?.endpoints[0]?.address ?? null),
      upstream,
      plan,
      wheel,
      asking: { clock, timeoutMs: LIMIT_MS / 2 },
      signal: limit,
      pids: pids().filter((pid) => pid !== null),
      folder,
      killed: () => this.#countKilled(),
    }
    const wanted = SOURCES.filter(({ causes }) => causes === 'any' || causes.includes(cause))
    const ended = new Promise<null>((resolve) => limit.addEventListener('abort', () => resolve(null)))
    const found = await Promise.all(wanted.map(({ find }) => Promise.race([find(place).catch(() => null), ended])))
    return Object.assign({}, little, ...found)
  }

  async #countKilled(): Promise<{ killed: number; killedLately: number }> {
    const [start, now] = await Promise.all([this.#killedAtStart, countKilled()])
    const before = this.#killedBefore ?? start
    this.#killedBefore = now
    return { killed: now - start, killedLately: now - before }
  }
}

/** Where the failed attempt went: the address that was tried, for a name stands for several. */
function placeOf(record: FailureRecord, otherwise: Surroundings['address']): Surroundings['address'] {
  const attempt = attemptOf(record)
  if (attempt === null) return otherwise
  const tried =
    attempt.evidence
      .find(({ name }) => name === 'address')
      ?.value.toString()
      .split(' ')[0] ?? ''
  if (tried.startsWith('/')) return { kind: 'unix', path: tried }
  const parsed = parseEndpoint(attempt.endpoint)
  if (!parsed.ok) return null
  const { address } = parsed.value
  return address.kind === 'tcp' && tried !== '' ? ({ ...address, host: tried } satisfies Address) : address
}
