/**
 * Makes incidents of failures. The first failure that a visitor saw opens one; what a client provoked or an operator asked for opens none,
 * and requests that were rescued only when they are many. It closes after quiet, and one that comes back soon is the same one.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { weigh } from '../../gateway/observe/weight.ts'
import type { Diagnosis } from '../../insight/diagnosis/diagnosis.ts'
import type { Clock } from '../../std/clock.ts'
import { Case } from './case.ts'
import type { Incident, IncidentEvent, KeptIncident, Money } from './incident.ts'
import { dangerOf, explains } from './weight.ts'

const QUIET_MS = 120_000
const REOPEN_MS = 600_000
/** Different signs of one thing come within so long. */
const KINSHIP_MS = 10_000
/** So many rescued requests of one cause at one upstream within a minute are an incident, though nobody saw it. */
const RESCUED_MANY = 50
const RESCUED_WINDOW_MS = 60_000

type Rescues = { began: number; count: number }

export type IncidentBookOptions = {
  readonly clock: Clock
  /** When the upstream last answered well, epoch milliseconds, or null where that is not known. */
  readonly lastGoodOf: (upstream: string) => number | null
  /** What a failure was worth; without it nobody says. */
  readonly worthOf?: (record: FailureRecord) => Money | null
  readonly onEvent: (event: IncidentEvent) => void
}

export class IncidentBook {
  readonly #options: IncidentBookOptions
  /** Those that are open, and those that may come back. */
  readonly #cases = new Map<string, Case>()
  readonly #rescues = new Map<string, Rescues>()

  constructor(options: IncidentBookOptions) {
    this.#options = options
  }

  /** What was kept of a former life. */
  restore(kept: readonly KeptIncident[]): void {
    for (const one of kept) if (!this.#cases.has(one.incident.id)) this.#cases.set(one.incident.id, Case.restore(one))
  }

  /** The id of the incident that it belongs to, or ''. */
  take(record: FailureRecord): string {
    const weight = weigh(record)
    if (weight === 'provoked' || weight === 'slow') return ''
    return weight === 'rescued' ? this.#takeRescued(record) : this.#takeFailure(record, record.cause as CauseId)
  }

  /** The gateway itself failed: a worker ended unasked. What became of its requests nobody can tell. */
  takeCrash(): void {
    const known = this.#findOpen('gateway-internal', '')
    const one = known ?? this.#open('gateway-internal', { upstream: '', endedAt: this.#now })
    one.lastSeen = this.#now
    if (known === null) this.#tell('opened', one)
  }

  /** To be called about once a second: tells what has changed, and closes what is over. */
  tick(): void {
    const now = this.#now
    for (const [id, one] of this.#cases) {
      if (one.closed !== null) {
        if (now - one.closed > REOPEN_MS) this.#cases.delete(id)
      } else if (now - one.lastSeen >= QUIET_MS) {
        one.closed = Math.max(one.opened, one.lastSeen + QUIET_MS)
        this.#tell('closed', one)
      } else if (one.isChanged) this.#tell('changed', one)
    }
    for (const [key, { began }] of this.#rescues) if (now - began > RESCUED_WINDOW_MS) this.#rescues.delete(key)
  }

  setDiagnosis(id: string, diagnosis: Diagnosis): void {
    const one = this.#cases.get(id)
    if (one === undefined) return
    one.diagnosis = diagnosis
    this.#tell('changed', one)
  }

  find(id: string): Incident | null {
    return this.#cases.get(id)?.toIncident() ?? null
  }

  /** Those that are open, and those that ended lately. Latest first. */
  get recent(): readonly Incident[] {
    return [...this.#cases.values()].map((one) => one.toIncident()).sort((one, other) => other.opened - one.opened)
  }

  /** What has to be kept of one. */
  kept(id: string): KeptIncident | null {
    return this.#cases.get(id)?.toKept() ?? null
  }

  #takeFailure(record: FailureRecord, cause: CauseId): string {
    const { upstream } = record
    const worth = this.#options.worthOf?.(record) ?? null
    const known = this.#findOpen(cause, upstream) ?? this.#findKin(cause, upstream, record.endedAt)
    if (known !== null) {
      if (!explains(known.cause, cause)) known.cause = cause
      known.addFailure(record, cause, worth)
      return known.id
    }
    const former = this.#findClosed(cause, upstream)
    const one = former ?? this.#open(cause, record)
    one.addFailure(record, cause, worth)
    if (former !== null) former.reopen()
    else one.rescued += this.#rescues.get(keyOf(cause, upstream))?.count ?? 0
    this.#tell(former === null ? 'opened' : 'reopened', one)
    return one.id
  }

  #takeRescued(record: FailureRecord): string {
    const cause = dangerOf(record)
    if (cause === null) return ''
    const { upstream } = record
    const isMany = this.#countRescued(cause, upstream) >= RESCUED_MANY
    const known = this.#findOpen(cause, upstream) ?? this.#findKin(cause, upstream, record.endedAt)
    if (known !== null) {
      known.addRescued(record, isMany)
      return known.id
    }
    // A connection that the server closed just then is part of keeping connections, however many there are.
    if (!isMany || cause === 'keepalive-race') return ''
    const former = this.#findClosed(cause, upstream)
    const one = former ?? this.#open(cause, record)
    if (former === null) one.rescued = RESCUED_MANY - 1
    else former.reopen()
    one.addRescued(record, true)
    this.#tell(former === null ? 'opened' : 'reopened', one)
    return one.id
  }

  #countRescued(cause: CauseId, upstream: string): number {
    const key = keyOf(cause, upstream)
    const rescues = this.#rescues.get(key)
    if (rescues !== undefined && this.#now - rescues.began <= RESCUED_WINDOW_MS) return ++rescues.count
    this.#rescues.set(key, { began: this.#now, count: 1 })
    return 1
  }

  #open(cause: CauseId, { upstream, endedAt }: Pick<FailureRecord, 'upstream' | 'endedAt'>): Case {
    const opened = this.#now
    let number = opened
    while (this.#cases.has(idOf(number))) number++
    const lastGood = upstream === '' ? null : this.#options.lastGoodOf(upstream)
    const one = new Case({ id: idOf(number), cause, upstream, opened, firstSeen: endedAt, lastGood })
    this.#cases.set(one.id, one)
    return one
  }

  #findOpen(cause: CauseId, upstream: string): Case | null {
    for (const one of this.#cases.values()) if (one.closed === null && one.cause === cause && one.upstream === upstream) return one
    return null
  }

  /** One that is open there and says the same in other words, or of which this is the reason. */
  #findKin(cause: CauseId, upstream: string, at: number): Case | null {
    for (const one of this.#cases.values()) {
      if (one.closed !== null || one.upstream !== upstream) continue
      if (explains(one.cause, cause) && at - one.lastSeen < KINSHIP_MS) return one
      if (explains(cause, one.cause) && at - one.opened < KINSHIP_MS) return one
    }
    return null
  }

  #findClosed(cause: CauseId, upstream: string): Case | null {
    for (const one of this.#cases.values()) {
      if (one.closed !== null && one.cause === cause && one.upstream === upstream && this.#now - one.closed <= REOPEN_MS) return one
    }
    return null
  }

  #tell(kind: IncidentEvent['kind'], one: Case): void {
    one.isChanged = false
    this.#options.onEvent({ kind, incident: one.toIncident() })
  }

  get #now(): number {
    return this.#options.clock.epoch()
  }
}

function keyOf(cause: CauseId, upstream: string): string {
  return `${cause} ${upstream}`
}

/** Short enough to type, in the order of time, and no request's. */
function idOf(ms: number): string {
  return `i-${ms.toString(36)}`
}
