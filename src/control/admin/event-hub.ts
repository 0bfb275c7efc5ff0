/**
 * Tells those who look on what happens: how the gateway is and what went through it, once a second, and incidents at once. While nobody
 * looks it does nothing; for a while after that it goes on, so that who was cut off misses nothing.
 */
import type { Clock } from '../../std/clock.ts'
import type { IncidentEvent } from '../incident/incident.ts'
import { eventText, type GatewayEvent, shorten } from './event.ts'
import { EventStream } from './event-stream.ts'
import type { Status } from './status.ts'
import { NO_TOTALS, type Numbers, sampleOf, type Totals, totalsOf } from './traffic.ts'

const TICK_MS = 1_000
const STREAMS_MAX = 32
/** Five minutes of traffic, and what happened in them. */
const KEPT_MAX = 600
const LINGER_MS = 20_000

/** What there is to be seen. */
export interface Sight {
  /** All that was ever counted, and what is so now. */
  readonly numbers: Numbers
  /** `hear` is told of incidents until what this returns is called. */
  hearIncidents(hear: (event: IncidentEvent) => void): () => void
}

export type EventHubOptions = {
  readonly sight: Sight
  /** Has the workers report. */
  readonly status: () => Promise<Status>
  readonly clock: Clock
}

export class EventHub {
  readonly #options: EventHubOptions
  readonly #streams = new Set<EventStream>()
  /** Ids of another life of this program are not its own. */
  readonly #life: string
  /** Streams that have not been told yet how things are. */
  #waiting = 0
  #kept: { readonly number: number; readonly text: string }[] = []
  #lastNumber = 0
  #timer: NodeJS.Timeout | null = null
  #stopHearing: () => void = () => {}
  #lastLookedAt = 0
  #isTicking = false
  #totals: Totals = NO_TOTALS
  #countedAt = 0
  /** Epoch milliseconds. */
  #statusAt = 0

  constructor(options: EventHubOptions) {
    this.#options = options
    this.#life = Math.round(options.clock.epoch()).toString(36)
  }

  /** A stream for one more who looks on, or null when there are too many. `lastId`: of the last event that it was told. */
  open(lastId: string): EventStream | null {
    if (this.#streams.size + this.#waiting >= STREAMS_MAX) return null
    const stream: EventStream = new EventStream(() => this.#streams.delete(stream))
    this.#waiting++
    this.#welcome(stream, lastId)
      .catch(() => stream.close())
      .finally(() => this.#waiting--)
    return stream
  }

  /** To be called once a second while it runs. */
  async tick(): Promise<void> {
    const { clock } = this.#options
    if (this.#streams.size > 0) this.#lastLookedAt = clock.now()
    else if (clock.now() - this.#lastLookedAt >= LINGER_MS) return this.stop()
    if (this.#isTicking) return
    this.#isTicking = true
    try {
      const status = await this.#options.status()
      if (this.#timer === null) return
      const since = this.#statusAt
      this.#statusAt = clock.epoch()
      this.#tell({ kind: 'status', status: shorten(status, since) }, false)
      const before = this.#totals
      const seconds = (clock.now() - this.#countedAt) / 1_000
      this.#count()
      this.#tell({ kind: 'traffic', traffic: sampleOf(before, this.#totals, clock.epoch(), seconds) }, true)
    } finally {
      this.#isTicking = false
    }
  }

  /** Until somebody looks again. */
  stop(): void {
    if (this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
    this.#stopHearing()
    this.#kept = []
    for (const stream of [...this.#streams]) stream.close()
  }

  async #welcome(stream: EventStream, lastId: string): Promise<void> {
    const { clock } = this.#options
    const status = await this.#options.status()
    this.#start()
    const traffic = sampleOf(NO_TOTALS, totalsOf(this.#options.sight.numbers), clock.epoch(), status.uptimeMs / 1_000)
    stream.send(eventText({ kind: 'hello', status, traffic }, null))
    const [life, number] = lastId.split('-')
    const known = life === this.#life ? Number(number) : 0
    for (const one of this.#kept) if (one.number > known) stream.send(one.text)
    if (stream.isOpen) this.#streams.add(stream)
  }

  #start(): void {
    this.#lastLookedAt = this.#options.clock.now()
    if (this.#timer !== null) return
    this.#count()
    this.#statusAt = this.#options.clock.epoch()
    this.#stopHearing = this.#options.sight.hearIncidents((event) => this.#tell({ kind: 'incident', event }, true))
    this.#timer = setInterval(() => void this.tick(), TICK_MS).unref()
  }

  #count(): void {
    this.#totals = totalsOf(this.#options.sight.numbers)
    this.#countedAt = this.#options.clock.now()
  }

  /** `isKept`: who comes back is told it after all. */
  #tell(event: GatewayEvent, isKept: boolean): void {
    const number = isKept ? ++this.#lastNumber : this.#lastNumber
    const text = eventText(event, isKept ? `${this.#life}-${number}` : null)
    if (isKept) this.#kept.push({ number, text })
    if (this.#kept.length > KEPT_MAX) this.#kept.shift()
    for (const stream of [...this.#streams]) stream.send(text)
  }
}
