/**
 * How long an endpoint really keeps an idle connection: what it announces, what its closes teach, what its survivors prove.
 * The race it ends: a server closes an idle connection in the moment a request is sent on it, and nobody can tell whether
 * that request was processed. So an idempotent request may take any connection that is probably alive (it can be sent again),
 * any other one only a connection much younger than the endpoint has proven to keep.
 */

/** The server's clock starts before ours and its timer may be coarse: stay this far below what it announced. */
const ANNOUNCED_MARGIN_MS = 1_000
/** "Well beyond": proven ages and observed closes count for a third of their length. */
const PROVEN_FACTOR = 3
/** What a close taught is doubted again after this long, for a restart of the server closes young connections too. */
const RELEARN_MS = 60_000

export class IdleLimit {
  readonly #configuredMs: number
  #announcedMs = 0
  #closedAfterMs = Number.POSITIVE_INFINITY
  #closedAt = 0
  #provenMs = 0

  constructor(configuredMs: number) {
    this.#configuredMs = configuredMs
  }

  /** `Keep-Alive: timeout=N` of an answer. */
  announce(ms: number): void {
    this.#announcedMs = ms
  }

  /** A connection was seen alive after being idle so long. */
  prove(idleMs: number): void {
    if (idleMs > this.#provenMs) this.#provenMs = idleMs
  }

  /** The server closed a connection that had been idle so long, or it died as it was reused. */
  learnClose(now: number, idleMs: number): void {
    if (idleMs < this.#closedAfterMs) this.#closedAfterMs = idleMs
    if (idleMs < this.#provenMs) this.#provenMs = idleMs
    this.#closedAt = now
  }

  /** The idle age from which a connection is not reused at all. */
  limitMs(now: number): number {
    this.#relearn(now)
    let limit = Math.min(this.#configuredMs, this.#closedAfterMs)
    if (this.#announcedMs > 0) limit = Math.min(limit, Math.max(this.#announcedMs - ANNOUNCED_MARGIN_MS, this.#announcedMs / 2))
    return limit
  }

  /** May a request that must not be sent twice go on a connection idle for `idleMs`? */
  isProvenFor(now: number, idleMs: number): boolean {
    const announced = this.#announcedMs / PROVEN_FACTOR
    const proven = Math.max(this.#provenMs / PROVEN_FACTOR, announced)
    return idleMs <= Math.min(proven, this.limitMs(now) / PROVEN_FACTOR)
  }

  /** What it knows, for evidence and status. */
  get learned(): { announcedMs: number; closedAfterMs: number | null; provenMs: number } {
    const closedAfterMs = Number.isFinite(this.#closedAfterMs) ? this.#closedAfterMs : null
    return { announcedMs: this.#announcedMs, closedAfterMs, provenMs: this.#provenMs }
  }

  #relearn(now: number): void {
    if (this.#closedAfterMs === Number.POSITIVE_INFINITY || now - this.#closedAt < RELEARN_MS) return
    this.#closedAt = now
    this.#closedAfterMs *= 2
    if (this.#closedAfterMs > this.#configuredMs) this.#closedAfterMs = Number.POSITIVE_INFINITY
  }
}
