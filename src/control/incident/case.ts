/** An incident that is being counted. What it looks like from outside is `incident.ts`. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Diagnosis } from '../../insight/diagnosis/diagnosis.ts'
import { DistinctCount } from './distinct-count.ts'
import type { Incident, KeptIncident, Money } from './incident.ts'
import { beat, createPulse } from './pulse.ts'
import { addMoney } from './worth.ts'

const EXAMPLES_FIRST = 3
const EXAMPLES_LATEST = 7
/** Different routes or endpoints that are counted each by itself; the others together. */
const NAMES_MAX = 50
const OTHERS = 'others'

type Counts = Record<string, number>

export class Case {
  readonly id: string
  readonly upstream: string
  readonly opened: number
  cause: CauseId
  closed: number | null = null
  failures = 0
  rescued = 0
  lastSeen: number
  diagnosis: Diagnosis | null = null
  /** Nobody has been told of its latest changes. */
  isChanged = false
  #reopened = 0
  #crawlers = 0
  #firstSeen: number
  #examples: string[] = []
  #worth: Money | null = null
  readonly #lastGood: number | null
  readonly #clients: DistinctCount
  readonly #causes: Counts = {}
  readonly #statuses: Counts = {}
  readonly #routes: Counts = {}
  readonly #endpoints: Counts = {}
  readonly #pulse: ReturnType<typeof createPulse>

  constructor(begun: Pick<Incident, 'id' | 'cause' | 'upstream' | 'opened' | 'firstSeen' | 'lastGood'>, sketch?: Uint8Array) {
    this.id = begun.id
    this.cause = begun.cause
    this.upstream = begun.upstream
    this.opened = begun.opened
    this.#firstSeen = this.lastSeen = begun.firstSeen
    this.#lastGood = begun.lastGood
    this.#clients = new DistinctCount(sketch)
    this.#pulse = createPulse(begun.firstSeen)
  }

  static restore({ incident, sketch }: KeptIncident): Case {
    const one = new Case(incident, sketch)
    one.closed = incident.closed
    one.failures = incident.failures
    one.rescued = incident.rescued
    one.lastSeen = incident.lastSeen
    one.diagnosis = incident.diagnosis
    one.#reopened = incident.reopened
    one.#crawlers = incident.crawlers
    one.#examples = [...incident.examples]
    // Those of an earlier version have none.
    one.#worth = incident.worth ?? null
    Object.assign(one.#causes, incident.causes)
    Object.assign(one.#statuses, incident.statuses)
    Object.assign(one.#routes, incident.routes)
    Object.assign(one.#endpoints, incident.endpoints)
    Object.assign(one.#pulse, { ...incident.pulse, counts: [...incident.pulse.counts] })
    return one
  }

  /** A visitor saw it. */
  addFailure(record: FailureRecord, cause: CauseId, worth: Money | null): void {
    this.failures++
    this.#worth = addMoney(this.#worth, worth)
    if (record.isCrawler) this.#crawlers++
    else if (record.client !== '') this.#clients.add(record.client)
    count(this.#causes, cause)
    count(this.#statuses, record.status < 400 ? 'cut off' : String(record.status))
    count(this.#routes, record.route)
    this.#addExample(record.id)
    beat(this.#pulse, record.endedAt)
    this.#see(record)
  }

  /** Nobody saw it. `isHolding`: there are so many of them that it is not over. */
  addRescued(record: FailureRecord, isHolding: boolean): void {
    this.rescued++
    if (this.failures === 0) this.#addExample(record.id)
    if (isHolding) this.#see(record)
    this.isChanged = true
  }

  reopen(): void {
    this.closed = null
    this.#reopened++
  }

  get firstSeen(): number {
    return this.#firstSeen
  }

  toIncident(): Incident {
    const { id, cause, upstream, opened, closed, failures, rescued, lastSeen, diagnosis } = this
    return {
      ...{ id, cause, upstream, state: closed === null ? 'open' : 'closed', opened, closed, reopened: this.#reopened },
      ...{ failures, visitors: this.#clients.count, crawlers: this.#crawlers, rescued },
      causes: { ...this.#causes },
      statuses: { ...this.#statuses },
      routes: { ...this.#routes },
      endpoints: { ...this.#endpoints },
      ...{ firstSeen: this.#firstSeen, lastSeen, lastGood: this.#lastGood },
      examples: [...this.#examples],
      pulse: { ...this.#pulse, counts: [...this.#pulse.counts] },
      diagnosis,
      worth: this.#worth,
    }
  }

  toKept(): KeptIncident {
    return { incident: this.toIncident(), sketch: this.#clients.registers.slice() }
  }

  #see({ endedAt, attempts }: FailureRecord): void {
    const endpoint = attempts.findLast(({ cause, status }) => cause !== null || status >= 500)?.endpoint ?? ''
    if (endpoint !== '') count(this.#endpoints, endpoint)
    this.lastSeen = Math.max(this.lastSeen, endedAt)
    this.#firstSeen = Math.min(this.#firstSeen, endedAt)
    this.isChanged = true
  }

  #addExample(id: string): void {
    if (id === '') return
    if (this.#examples.length >= EXAMPLES_FIRST + EXAMPLES_LATEST) this.#examples.splice(EXAMPLES_FIRST, 1)
    this.#examples.push(id)
  }
}

function count(counts: Counts, name: string): void {
  const known = Object.hasOwn(counts, name) || Object.keys(counts).length < NAMES_MAX ? name : OTHERS
  counts[known] = (counts[known] ?? 0) + 1
}
