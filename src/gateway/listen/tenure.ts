/**
 * How long a client's connection is kept: whether the next answer is the last, and how long a client may take for its next request.
 * Closing an idle connection at once when the gateway drains would meet the request that is just on its way, and the client would see a
 * reset; so it gets a moment for one more answer, which says that it is the last.
 */
import type { LimitsPlan } from '../../config/plan.ts'

const PATIENCE_MS_MIN = 1_000
const PATIENCE_MS_MAX = 5_000

export class Tenure {
  readonly #openedAt: number
  /** Requests that came on it. */
  served = 0
  /** It ends with the next answer, or after a moment without a request. */
  isDraining = false
  /** It ends with its next answer, whenever that is wanted. */
  isRetired = false
  /** What the client sent leaves no way to find its next request. */
  isLost = false

  constructor(openedAt: number) {
    this.#openedAt = openedAt
  }

  isOver(limits: LimitsPlan): boolean {
    return this.isDraining || this.isRetired || this.isLost || this.served >= limits.requestsPerConnectionMax
  }

  /** For the next request. */
  waitMs(now: number, limits: LimitsPlan): number {
    return this.isDraining ? this.patienceMs(now) : limits.keepAliveMs
  }

  /** By the pace that the client had so far: twice its usual pause, within bounds. */
  patienceMs(now: number): number {
    const pauseMs = this.served === 0 ? 0 : (now - this.#openedAt) / this.served
    return Math.min(PATIENCE_MS_MAX, Math.max(PATIENCE_MS_MIN, 2 * pauseMs))
  }
}
