/**
 * Whether a queue is a burst that will pass or stands because more comes than can be done. A burst is best waited out, first come
 * first served. In a standing queue everybody would wait for nearly the whole limit and half of them in vain: there the limit
 * becomes short and the newest go first, so that who can be served is served at once (after CoDel and adaptive LIFO).
 */

/** Of the time that one may wait: how often it is judged, and what is left of the time when the queue stands. */
const JUDGED_SHARE = 0.1
const STANDING_SHARE = 0.15
const RETRY_S_MIN = 2
const RETRY_S_MAX = 30

export class Standing {
  /** How long one may wait in a burst. */
  patienceMs: number
  /** Since it was judged last: newcomers, and those who were let in. */
  joined = 0
  served = 0
  #isStanding = false
  /** So many judgements in a row found more newcomers than were let in. */
  #growing = 0
  #beganAt: number
  #judgedAt: number
  /** Let in per second, when it was judged last. */
  #rate = 0

  constructor(patienceMs: number, now: number) {
    this.patienceMs = patienceMs
    this.#beganAt = this.#judgedAt = now
  }

  get isStanding(): boolean {
    return this.#isStanding
  }

  /** How long one may wait now. */
  get limitMs(): number {
    return this.#isStanding ? this.patienceMs * STANDING_SHARE : this.patienceMs
  }

  /** Somebody waits again. */
  begin(now: number): void {
    this.#beganAt = this.#judgedAt = now
    this.joined = this.served = 0
  }

  /** Nobody waits any more. */
  end(): void {
    this.#isStanding = false
    this.#growing = 0
  }

  judge(now: number): void {
    const elapsedMs = now - this.#judgedAt
    if (elapsedMs < this.patienceMs * JUDGED_SHARE) return
    // A burst, too, makes the queue longer in the first moment; and a server that does nothing at all pauses, and comes back.
    this.#growing = this.served > 0 && this.joined >= this.served ? this.#growing + 1 : 0
    this.#isStanding = this.#growing >= 2
    this.#rate = (this.served * 1_000) / Math.max(1, elapsedMs)
    this.#judgedAt = now
    this.joined = this.served = 0
  }

  /**
   * When it is worth coming back, in seconds: when those who wait now are done, and what has stood for long will stand for long.
   * `chance`, from 0 to 1, spreads those who were turned away together over that time again.
   */
  retryAfterS(now: number, waiting: number, chance: number): number {
    const drainS = this.#rate > 0 ? waiting / this.#rate : 0
    const stoodS = (now - this.#beganAt) / 1_000
    const restS = Math.min(RETRY_S_MAX, Math.max(RETRY_S_MIN, drainS, stoodS))
    return Math.ceil(restS * (1 + chance))
  }
}
