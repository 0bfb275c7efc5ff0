/** Counts what entries of logs say into a report. Knows neither files nor bytes; entries come roughly in the order of time. */

import type { Cause } from '../../causes/cause.ts'
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { speakerByBytes } from '../speaker/body-size.ts'
import { Correlator } from './correlator.ts'
import { ErrorTally } from './error-tally.ts'
import { remediesFor } from './fix.ts'
import type { LogDialect, LogEntry } from './log-entry.ts'
import { type CauseReport, type FileReport, type LogReport, timeText } from './log-report.ts'
import type { LoggedError, Place, Sighting } from './sighting.ts'
import { Timeline } from './timeline.ts'
import { judge } from './verdict.ts'

const REQUESTS = 'requests'
const ERRORS = 'errors'
const UNATTRIBUTED = '?'
/** What stands behind a gateway: it says why, and never that a gateway's request failed. */
const BEHIND: ReadonlySet<LogDialect> = new Set(['php-fpm', 'gunicorn', 'uvicorn', 'uwsgi', 'node', 'tomcat', 'system'])

type Row = { readonly tally: ErrorTally; events: number; rescued: number; readonly eventTally: ErrorTally }

export class Analysis {
  requests = 0
  readonly #rows = new Map<KnownCauseId, Row>()
  readonly #unattributed = new ErrorTally()
  readonly #timeline = new Timeline()
  readonly #correlator: Correlator
  readonly #onError: (error: LoggedError) => void
  /** An entry of something that is a gateway. */
  #hasFront = false

  constructor(options: { isCovered: (dialect: LogDialect, timeMs: number) => boolean; onError?: (error: LoggedError) => void }) {
    this.#onError = options.onError ?? (() => {})
    this.#correlator = new Correlator({
      isCovered: options.isCovered,
      onError: (error) => this.#count(error),
      onRescued: ({ verdict }) => void this.#row(verdict.cause as KnownCauseId).rescued++,
      onEvent: ({ sighting }) => this.#countEvent(sighting),
    })
  }

  addWell(count: number, minuteMs: number): void {
    this.requests += count
    this.#hasFront = true
    this.#timeline.add(REQUESTS, minuteMs, count)
  }

  /** What it means, or null where it is of no concern. */
  meet(entry: LogEntry, place: Place): Sighting | null {
    if (entry.kind === 'access') {
      this.requests++
      this.#timeline.add(REQUESTS, entry.timeMs)
    }
    if (!BEHIND.has(entry.dialect)) this.#hasFront = true
    const verdict = judge(entry)
    return verdict === null ? null : { entry, verdict, place }
  }

  add(sighting: Sighting): void {
    this.#correlator.add(sighting)
  }

  settle(timeMs: number): void {
    this.#correlator.settle(timeMs)
  }

  goLive(): void {
    this.#correlator.goLive()
  }

  finish(): void {
    this.#correlator.finish()
  }

  report(files: readonly FileReport[], span: { readonly firstMs: number; readonly lastMs: number }): LogReport {
    const rows = [...this.#rows].map(([cause, row]) => ({
      cause,
      row,
      shown: this.#hasFront || row.tally.count > 0 ? row.tally : row.eventTally,
    }))
    const errors = rows.reduce((sum, { shown }) => sum + shown.count, this.#unattributed.count)
    const causes = rows
      .map(({ cause, row, shown }) => this.#reportCause(cause, row, shown, errors))
      .sort((one, other) => other.count - one.count || other.events - one.events)
    const group = this.#unattributed.report(this.#timeline.counts(UNATTRIBUTED), errors)
    return {
      files,
      requests: this.requests,
      errors,
      first: timeText(span.firstMs),
      last: timeText(span.lastMs),
      timeline: {
        start: timeText(this.#timeline.startMs),
        stepMs: this.#timeline.stepMs,
        requests: this.#timeline.counts(REQUESTS),
        errors: this.#timeline.counts(ERRORS),
      },
      causes,
      unattributed: { ...group, said: this.#unattributed.said.top(10) },
    }
  }

  #reportCause(cause: KnownCauseId, { events, rescued }: Row, shown: ErrorTally, errors: number): CauseReport {
    const { title, meaning, side }: Cause = KNOWN_CAUSES[cause]
    const group = shown.report(this.#timeline.counts(cause), errors)
    const servers = group.servers.map(({ name }) => name as LogDialect)
    const said = shown.said.top(10)
    return {
      cause,
      title,
      meaning,
      side,
      ...group,
      confidence: shown.confidence,
      said,
      events,
      rescued,
      remedies: remediesFor(cause, servers),
    }
  }

  #count(error: LoggedError): void {
    const { cause, timeMs, entry } = error
    this.#timeline.add(ERRORS, timeMs)
    this.#timeline.add(cause ?? UNATTRIBUTED, timeMs)
    if (cause === null) this.#unattributed.add({ ...error, note: makerOf(entry) })
    else this.#row(cause).tally.add(error)
    this.#onError(error)
  }

  #countEvent({ entry, verdict, place }: Sighting): void {
    const { cause, confidence, note } = verdict
    if (cause === null) return
    const row = this.#row(cause)
    row.events++
    row.eventTally.add({ timeMs: entry.timeMs, cause, confidence, note, entry, place, evidence: [] })
    if (this.#hasFront) return
    this.#timeline.add(ERRORS, entry.timeMs)
    this.#timeline.add(cause, entry.timeMs)
  }

  #row(cause: KnownCauseId): Row {
    let row = this.#rows.get(cause)
    if (row === undefined) {
      row = { tally: new ErrorTally(), events: 0, rescued: 0, eventTally: new ErrorTally() }
      this.#rows.set(cause, row)
    }
    return row
  }
}

const MAKERS_MAX = 1_000
/** The pages that servers make themselves are short. */
const OWN_PAGE_MAX = 10_000
const makers = new Map<string, string>()

/** A length proves little: it says who may have made an error, never why. */
function makerOf({ status, bodyBytes }: LogEntry): string {
  if (status === undefined || bodyBytes === undefined || bodyBytes === 0 || bodyBytes > OWN_PAGE_MAX) return ''
  const key = `${status} ${bodyBytes}`
  let maker = makers.get(key)
  if (maker === undefined) {
    const [first] = speakerByBytes(status, bodyBytes)
    maker = first === undefined ? '' : `by its length (${bodyBytes} bytes) a page that ${first.name} makes itself`
    if (makers.size < MAKERS_MAX) makers.set(key, maker)
  }
  return maker
}
