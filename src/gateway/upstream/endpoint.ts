/** One address of an upstream, and what is known about it now: requests in flight, what they cost, its connections. */
import type { EndpointPlan } from '../../config/plan.ts'
import { addressText } from '../../net/address.ts'
import { PeakEwma } from '../../std/ewma.ts'
import type { EndpointMeter } from '../observe/observer.ts'
import type { Pool } from '../pool/pool.ts'

const DECAY_MS = 10_000
/** What an endpoint without history is charged for each request it is still working on: one answer and it is forgotten. */
const UNKNOWN_COST_MS = 1_000
/** How long others go first after a failure; doubled by each further one, up to the most. */
const REST_MS = 100
const REST_MS_MAX = 5_000

export class Endpoint {
  readonly plan: EndpointPlan
  readonly url: string
  /** What Host says where the client's is not kept. */
  readonly authority: string
  readonly pool: Pool
  inflight = 0
  /** What its attempts are counted into; the observer's own. */
  meter: EndpointMeter | null = null
  readonly #latency = new PeakEwma(DECAY_MS)
  /** Failures since the last answer. */
  #failures = 0
  #failedAt = Number.NEGATIVE_INFINITY
  #restUntil = 0

  constructor(plan: EndpointPlan, createPool: (endpoint: Endpoint) => Pool) {
    this.plan = plan
    this.url = plan.url
    this.authority = plan.address.kind === 'tcp' ? addressText(plan.address) : 'localhost'
    this.pool = createPool(this)
  }

  /** Expected milliseconds of waiting here: the lower, the better a pick. */
  cost(now: number): number {
    const pending = this.inflight + 1
    if (!this.#latency.hasHistory) return (this.inflight === 0 ? 0 : UNKNOWN_COST_MS * pending) / this.plan.weight
    return ((this.#latency.at(now) + 0.1) * pending) / this.plan.weight
  }

  /** It failed lately: others go first. Without this, the retries for one dead endpoint would use up the budget of all. */
  isResting(now: number): boolean {
    return now < this.#restUntil
  }

  /** It gets an attempt. As long as it is not known to be well again, that is the only one for a while. */
  beginAttempt(now: number): void {
    if (this.#failures > 0) this.#restUntil = now + this.#restMs
  }

  observeAnswer(now: number, waitedMs: number): void {
    this.#latency.observe(now, waitedMs)
    this.#failures = this.#restUntil = 0
  }

  /** A failure that came fast makes nobody quick. Attempts that had begun when it was known to fail say nothing new. */
  observeFailure(now: number, elapsedMs: number): void {
    if (elapsedMs > this.#latency.at(now)) this.#latency.observe(now, elapsedMs)
    if (now - elapsedMs < this.#failedAt) return
    this.#failures++
    this.#failedAt = now
    this.#restUntil = now + this.#restMs
  }

  get #restMs(): number {
    return Math.min(REST_MS * 2 ** (this.#failures - 1), REST_MS_MAX)
  }
}
