/**
 * Brings together what several logs say of one failure: the line of the access log, those of the error log, and what the app behind
 * said of itself at that time. Takes sightings roughly in the order of time; what is still open is bounded, in time and in number.
 */
import { CulpritBook } from './culprit-book.ts'
import { EventBook, type LoggedEvent } from './event-book.ts'
import type { LogDialect, LogEntry } from './log-entry.ts'
import type { LoggedError, Sighting } from './sighting.ts'
import { decisive, entryOf, type Trace, TraceBook } from './trace.ts'
import { TraceShelf } from './trace-shelf.ts'
import { WatchdogBook } from './watchdog.ts'

/** For lines that are written a little later. */
const HOLD_MS = 3_000
/** Apache's access log has when a request began: what became of it is in the error log as much later as it took. */
const HOLD_APACHE_MS = 120_000
const TRACE_MS = 120_000
/** Who looks on does not want to wait for a second attempt that hardly ever comes so late. */
const TRACE_LIVE_MS = 4_000
/** A server that went down explains failures until it is up again. */
const EVENT_MS = 600_000
const OPEN_MAX = 20_000
/** Where no access log has told of a failure, they wait for nothing but further attempts. */
const OPEN_ALONE_MAX = 5_000
/** What may have waited without a log that says how long. */
const WAITED: ReadonlySet<string> = new Set(['response-timeout', 'connect-timeout', 'idle-timeout'])
const WAIT_MS = 60_000

export type CorrelatorOptions = {
  readonly onError: (error: LoggedError) => void
  /** An attempt failed, and no request did that the access log knows of. */
  readonly onRescued: (sighting: Sighting) => void
  readonly onEvent: (event: LoggedEvent) => void
  /** Does an access log of that server tell of that time? */
  readonly isCovered: (dialect: LogDialect, timeMs: number) => boolean
}

export class Correlator {
  readonly #options: CorrelatorOptions
  readonly #traces = new TraceBook()
  readonly #shelf = new TraceShelf()
  readonly #culprits = new CulpritBook()
  readonly #watchdogs = new WatchdogBook()
  readonly #events: EventBook
  #pending: Sighting[] = []
  #unclaimed: Trace[] = []
  #holdMs = HOLD_MS
  /** A request of an access log failed. */
  #isAsked = false
  #traceMs = TRACE_MS
  /** Servers of which a line of the error log was found to belong to one of the access log. */
  readonly #linked = new Set<LogDialect>()

  constructor(options: CorrelatorOptions) {
    this.#options = options
    this.#events = new EventBook({ onForget: options.onEvent })
  }

  add(sighting: Sighting): void {
    const { entry, verdict } = sighting
    if (entry.dialect === 'apache') this.#holdMs = HOLD_APACHE_MS
    this.#culprits.add(sighting)
    if (verdict.about === 'event') this.#events.add(sighting)
    else if (entry.kind === 'access') {
      if (!this.#isAsked) this.#openShelf()
      this.#pending.push(sighting)
    } else {
      const { trace, isNew } = this.#traces.join(sighting)
      if (isNew) this.#unclaimed.push(trace)
      // Without a request that asks for them they need not be found.
      if (this.#isAsked) this.#shelf.put(trace, entry)
    }
    if (this.#pending.length > OPEN_MAX) for (const one of this.#pending.splice(0, OPEN_MAX / 2)) this.#resolve(one)
    const unclaimedMax = this.#isAsked ? OPEN_MAX : OPEN_ALONE_MAX
    if (this.#unclaimed.length > unclaimedMax) for (const one of this.#unclaimed.splice(0, unclaimedMax / 2)) this.#release(one)
  }

  /** Nothing earlier than this will come, as far as is known. What has no time waits for nothing. */
  settle(timeMs: number): void {
    let count = 0
    while (count < this.#pending.length && !((this.#pending[count] as Sighting).entry.timeMs > timeMs - this.#holdMs)) count++
    if (count > 0) for (const one of this.#pending.splice(0, count)) this.#resolve(one)
    count = 0
    while (count < this.#unclaimed.length && !((this.#unclaimed[count] as Trace).timeMs > timeMs - this.#traceMs)) count++
    if (count > 0) for (const one of this.#unclaimed.splice(0, count)) this.#release(one)
    this.#events.forgetBefore(timeMs - EVENT_MS - TRACE_MS)
  }

  /** From now on somebody looks on. */
  goLive(): void {
    this.#traceMs = TRACE_LIVE_MS
  }

  finish(): void {
    this.settle(Number.POSITIVE_INFINITY)
  }

  #openShelf(): void {
    this.#isAsked = true
    for (const trace of this.#unclaimed) for (const { entry } of trace.steps) this.#shelf.put(trace, entry)
  }

  /** A request of an access log, with what its error log and others say. */
  #resolve(sighting: Sighting): void {
    const { entry, verdict, place } = sighting
    const trace = this.#shelf.take(entry)
    if (trace === null) {
      this.#tell({
        timeMs: entry.timeMs,
        cause: verdict.cause,
        confidence: verdict.confidence,
        note: verdict.note,
        entry,
        place,
        evidence: [],
      })
      return
    }
    this.#traces.close(trace)
    const why = decisive(trace)
    this.#linked.add(why.entry.dialect)
    const { cause, confidence, note } = why.verdict
    const evidence = [{ ...why.place, says: note, dialect: why.entry.dialect }]
    this.#tell({ timeMs: entry.timeMs, cause, confidence, note, entry: merge(entry, entryOf(trace)), place, evidence })
  }

  /** Lines of an error log that no access log claimed. */
  #release(trace: Trace): void {
    this.#traces.close(trace)
    if (trace.isUsed) return
    trace.isUsed = true
    const why = decisive(trace)
    const { dialect } = why.entry
    const isAttempt = trace.steps.every(({ verdict }) => verdict.about === 'attempt' && verdict.pattern?.status !== 0)
    if (isAttempt && this.#linked.has(dialect) && this.#options.isCovered(dialect, trace.timeMs)) return this.#options.onRescued(why)
    const { cause, confidence, note, pattern } = why.verdict
    const known = entryOf(trace)
    const isWhole = known.timeMs === trace.timeMs && (known.status !== undefined || pattern?.status === undefined)
    const entry = isWhole ? known : { ...known, timeMs: trace.timeMs, status: known.status ?? pattern?.status }
    this.#tell({ timeMs: trace.timeMs, cause, confidence, note, entry, place: why.place, evidence: [] })
  }

  #tell(error: LoggedError): void {
    const { cause, entry, timeMs } = error
    const spentMs = entry.requestMs ?? (cause === null || WAITED.has(cause) ? WAIT_MS : 0)
    const beganMs = timeMs - (cause === null && entry.requestMs === undefined ? 0 : spentMs)
    const event = this.#events.explain({ cause, status: entry.status ?? 0, beganMs, endedMs: timeMs })
    const reason = event?.sighting ?? (cause === 'no-healthy-upstream' ? this.#culprits.find(entry.dialect, timeMs) : null)
    if (reason === null) return this.#options.onError(this.#timed(error))
    const { verdict, place, entry: said } = reason
    const isSure = cause !== null
    this.#options.onError({
      ...error,
      cause: verdict.cause,
      confidence: isSure ? Math.min(verdict.confidence, error.confidence) : Math.min(verdict.confidence, 0.6),
      note: error.note === '' ? verdict.note : `${verdict.note}; in front: ${error.note}`,
      evidence: [...error.evidence, { ...place, says: verdict.note, dialect: said.dialect }],
    })
  }

  #timed(error: LoggedError): LoggedError {
    const limitS = this.#watchdogs.find(error.cause, error.entry.requestMs)
    if (limitS === null) return error
    const note = `the connection ended after ${limitS} s again, as a time limit of the app server does`
    return { ...error, cause: 'script-timeout', confidence: 0.7, note }
  }
}

/** The first has the word. */
function merge(entry: LogEntry, other: Partial<LogEntry>): LogEntry {
  return { ...other, ...entry, upstream: entry.upstream ?? other.upstream, status: entry.status ?? other.status }
}
