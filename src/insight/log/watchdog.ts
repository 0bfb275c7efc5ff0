/** Connections that end after the same round time again and again: the time limit of the app server, which the front sees as a cut. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'

/** What app servers have unless told otherwise, and what people set. Seconds. */
const LIMITS_S = [10, 15, 20, 30, 45, 60, 90, 100, 120, 180, 240, 300, 600]
/** They look once a second, and the request had waited before. */
const LATE_MS = 1_200
const EARLY_MS = 60
/** Once is chance, and twice may be. */
const TIMES_MIN = 3

const CUT: ReadonlySet<KnownCauseId> = new Set(['reset-before-response', 'closed-before-response'])

export class WatchdogBook {
  readonly #times = new Map<number, number>()

  /** The limit that ended it, in seconds, from the third time on; null where none did. */
  find(cause: KnownCauseId | null, requestMs: number | undefined): number | null {
    if (cause === null || !CUT.has(cause) || requestMs === undefined) return null
    const limitS = LIMITS_S.find((seconds) => requestMs >= seconds * 1_000 - EARLY_MS && requestMs <= seconds * 1_000 + LATE_MS)
    if (limitS === undefined) return null
    const times = (this.#times.get(limitS) ?? 0) + 1
    this.#times.set(limitS, times)
    return times >= TIMES_MIN ? limitS : null
  }
}
