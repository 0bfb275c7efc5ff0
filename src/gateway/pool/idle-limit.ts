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
/** A server that has proven less than that may close others even earlier. */
const PROVEN_MS_MIN = 100
/** Closes so near each other are one event. Where ages differ it was no idle limit but a restart: only the oldest one teaches. */
const BURST_MS = 20
/** What a close taught is doubted after this long, and again and again: servers are restarted with other settings. */
const RELEARN_MS = 10_000

export class IdleLimit {
  #configuredMs: number
  #announcedMs = 0
  #closedAfterMs = Number.POSITIVE_INFINITY
  /** When it was learnt, or doubted last. */
  #learntAt = 0
  #burstAt = Number.NEGATIVE_INFINITY
  #burstOldestMs = 0
  #closedAfterMsBefore = Number.POSITIVE_INFINITY
  #provenMs = 0

  constructor(configuredMs: number) {
    this.#configuredMs = configuredMs
  }

  update(configuredMs: number): void {
    this.#configuredMs = configuredMs
  }

  /** `Keep-Alive: timeout=N` of an answer. */
  announce(ms: number): void {
    this.#announcedMs = ms
  }

  /** The server is known to have kept a connection for so long: it answered on it, or had not closed it at a time that is past. */
  prove(idleMs: number): void {
    if (idleMs > this.#provenMs) this.#provenMs = idleMs
  }

  /** The server closed a connection that had been idle so long, or it died as it was reused. */
  learnClose(now: number, idleMs: number): void {
    if (now - this.#burstAt > BURST_MS) {
      this.#burstAt = now
      this.#burstOldestMs = 0
      this.#closedAfterMsBefore = this.#closedAfterMs
    }
    // Of nothing, doubling would never come to an end.
    this.#burstOldestMs = Math.max(this.#burstOldestMs, idleMs, 1)
    this.#closedAfterMs = Math.min(this.#closedAfterMsBefore, this.#burstOldestMs)
    if (idleMs < this.#provenMs) this.#provenMs = idleMs
    this.#learntAt = now
  }

  /** The idle age from which a connection is not reused at all. */
  limitMs(now: number): number {
    this.#relearn(now)
    let limit = Math.min(this.#configuredMs, this.#closedAfterMs)
    if (this.#announcedMs > 0) limit = Math.min(limit, Math.max(this.#announcedMs - ANNOUNCED_MARGIN_MS, this.#announcedMs / 2))
    return limit
  }

  /** May a request that must not be sent twice go on a connection that the server has idle for `idleMs` at the most? */
  isProvenFor(now: number, idleMs: number): boolean {
    const proven = Math.max(this.#provenMs >= PROVEN_MS_MIN ? this.#provenMs : 0, this.#announcedMs)
    return proven > 0 && idleMs <= Math.min(proven, this.limitMs(now)) / PROVEN_FACTOR
  }

  /** What it knows, for evidence and status. */
  get learned(): { announcedMs: number; closedAfterMs: number | null; provenMs: number } {
    const closedAfterMs = Number.isFinite(this.#closedAfterMs) ? this.#closedAfterMs : null
    return { announcedMs: this.#announcedMs, closedAfterMs, provenMs: this.#provenMs }
  }

  #relearn(now: number): void {
    if (this.#closedAfterMs === Number.POSITIVE_INFINITY || now - this.#learntAt < RELEARN_MS) return
    this.#learntAt = now
    this.#closedAfterMs *= 2
    if (this.#closedAfterMs > this.#configuredMs) this.#closedAfterMs = Number.POSITIVE_INFINITY
  }
}
