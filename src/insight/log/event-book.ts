/** What servers said of themselves lately, and which of it explains a failure. Bounded: the oldest are forgotten. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { DEPTH, EXPLANATIONS, type Explanation } from './explanation.ts'
import type { Sighting } from './sighting.ts'

export type LoggedEvent = { readonly sighting: Sighting; explained: number }

/** A failure as far as an event may explain it. */
export type Unexplained = {
  readonly cause: KnownCauseId | null
  readonly status: number
  readonly beganMs: number
  readonly endedMs: number
}

const EVENTS_MAX = 2_000
/** What a status may hide where no line tells more, and how near an event must be to be the reason. */
const HIDDEN: Readonly<Record<number, readonly KnownCauseId[]>> = {
  502: ['reset-before-response', 'closed-before-response', 'backlog-overflow'],
  503: ['closed-before-response', 'reset-before-response', 'no-healthy-upstream'],
  504: ['response-timeout', 'connect-timeout'],
}
const AFTER_MS_MAX = 3_000

export class EventBook {
  readonly #onForget: (event: LoggedEvent) => void
  #events: LoggedEvent[] = []

  constructor(options: { onForget: (event: LoggedEvent) => void }) {
    this.#onForget = options.onForget
  }

  add(sighting: Sighting): void {
    this.#events.push({ sighting, explained: 0 })
    if (this.#events.length > EVENTS_MAX) for (const event of this.#events.splice(0, EVENTS_MAX / 2)) this.#onForget(event)
  }

  /** The event that goes deepest, and of those the nearest; null where none explains it. */
  explain(failure: Unexplained): LoggedEvent | null {
    let best: LoggedEvent | null = null
    let bestRank = Number.POSITIVE_INFINITY
    for (const event of this.#events) {
      // Of several in one second, each is the reason of one.
      const rank = rankOf(event.sighting, failure) + Math.min(event.explained, 1_000) / 1_001
      if (rank >= bestRank) continue
      best = event
      bestRank = rank
    }
    if (best !== null) best.explained++
    return best
  }

  forgetBefore(timeMs: number): void {
    let count = 0
    while (count < this.#events.length && !((this.#events[count] as LoggedEvent).sighting.entry.timeMs >= timeMs)) count++
    if (count > 0) for (const event of this.#events.splice(0, count)) this.#onForget(event)
  }
}

/** The lower the better; infinite where it explains nothing. */
function rankOf({ entry, verdict }: Sighting, { cause, status, beganMs, endedMs }: Unexplained): number {
  if (verdict.cause === null) return Number.POSITIVE_INFINITY
  const { causes, beforeMs, afterMs } = explanationOf(verdict)
  const isMeant = cause === null ? (HIDDEN[status] ?? []).some((hidden) => causes.includes(hidden)) : causes.includes(cause)
  const isInTime = entry.timeMs >= beganMs - beforeMs && entry.timeMs <= endedMs + afterMs
  if (!isMeant || !isInTime) return Number.POSITIVE_INFINITY
  const depth = DEPTH.indexOf(verdict.cause)
  return (depth < 0 ? DEPTH.length : depth) * 1e9 + Math.abs(endedMs - entry.timeMs)
}

function explanationOf({ cause, pattern }: Sighting['verdict']): Explanation {
  const general = EXPLANATIONS[cause as KnownCauseId] ?? { causes: [], beforeMs: 2_000, afterMs: 2_000 }
  const withinMs = pattern?.withinMs
  return {
    causes: pattern?.explains ?? general.causes,
    beforeMs: withinMs ?? general.beforeMs,
    afterMs: Math.min(withinMs ?? general.afterMs, AFTER_MS_MAX),
  }
}
