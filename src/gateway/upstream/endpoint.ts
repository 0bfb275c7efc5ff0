/** One address of an upstream, and what is known about it now: requests in flight, what they cost, its connections, its health. */
import { createHash } from 'node:crypto'
import type { Failure } from '../../causes/failure.ts'
import type { EndpointPlan, UpstreamPlan } from '../../config/plan.ts'
import { authorityOf } from '../../net/address.ts'
import { PeakEwma } from '../../std/ewma.ts'
import type { EndpointMeter } from '../observe/observer.ts'
import type { Pool } from '../pool/pool.ts'
import { Breaker, type Fault } from './breaker.ts'
import type { Health } from './verdict.ts'

const DECAY_MS = 10_000
/** What an endpoint without history is charged for each request it is still working on: one answer and it is forgotten. */
const UNKNOWN_COST_MS = 1_000
/** Below this nobody is quicker than another; they only have more or less to do. */
const UNFELT_MS = 1
/** The share that slow start begins with. */
const SLOW_START_SHARE = 0.1

/** Away for so long, it has been started anew: its caches are empty, and it comes back slowly. */
const COLD_MS = 1_000

export type EndpointState = 'usable' | 'resting' | 'ejected' | 'down' | 'unhealthy' | 'drained' | 'leaving'

/** Who it belongs to: hears of each change that bears on who gets the next attempt. */
export interface EndpointOwner {
  changed(): void
  /** It has failed so often that it should be left out. */
  mayEject(endpoint: Endpoint, now: number): boolean
  /** Nothing can be reached there any more, or something can again. */
  reached(now: number): void
}

export type EndpointOptions = {
  readonly plan: EndpointPlan
  readonly upstream: UpstreamPlan
  readonly owner: EndpointOwner
  readonly createPool: (endpoint: Endpoint) => Pool
}

export class Endpoint {
  readonly url: string
  /** What Host says where the client's is not kept. */
  readonly authority: string
  readonly pool: Pool
  plan: EndpointPlan
  inflight = 0
  /** What its attempts are counted into; the observer's own. */
  meter: EndpointMeter | null = null
  /** The latest conclusion of the probes. */
  verdict: Health = 'unknown'
  /** An operator wants it to get no new attempts. */
  isDrained = false
  /** It is no longer part of the upstream, and finishes what it has. */
  isLeaving = false
  /** The failure that shows that nothing can be reached there, or null. */
  downBy: Failure | null = null
  /** The latest failure, and when: monotonic milliseconds. */
  lastFailure: Failure | null = null
  lastFailureAt = 0
  readonly #owner: EndpointOwner
  readonly #breaker: Breaker
  readonly #latency = new PeakEwma(DECAY_MS)
  #slowStartMs: number
  #warmAt = 0
  #downAt = 0
  #answeredAt = Number.NEGATIVE_INFINITY
  #inflightMax: number
  #connectionsMax: number
  #id = ''

  constructor({ plan, upstream, owner, createPool }: EndpointOptions) {
    this.plan = plan
    this.url = plan.url
    this.authority = authorityOf(plan.address)
    this.#owner = owner
    this.#breaker = new Breaker(upstream.ejection)
    this.#slowStartMs = upstream.slowStartMs
    this.#inflightMax = upstream.endpointInflightMax
    this.#connectionsMax = upstream.endpointConnectionsMax
    this.pool = createPool(this)
  }

  update(plan: EndpointPlan, upstream: UpstreamPlan): void {
    this.plan = plan
    this.#breaker.update(upstream.ejection)
    this.#slowStartMs = upstream.slowStartMs
    this.#inflightMax = upstream.endpointInflightMax
    this.#connectionsMax = upstream.endpointConnectionsMax
    this.pool.update(upstream)
  }

  /** Tells it from the others of its upstream without telling its address, the same in every worker and after a restart. */
  get id(): string {
    if (this.#id === '') this.#id = createHash('sha256').update(this.url).digest('base64url').slice(0, 11)
    return this.#id
  }

  /** Expected milliseconds of waiting here: the lower, the better a pick. */
  cost(now: number): number {
    const pending = this.inflight / this.plan.weight + 1
    if (!this.#latency.hasHistory) return this.inflight === 0 ? 0 : UNKNOWN_COST_MS * pending
    return (this.#latency.at(now) + UNFELT_MS) * pending
  }

  /** Its weight, less while it comes back slowly. */
  weight(now: number): number {
    if (now >= this.#warmAt) return this.plan.weight
    const share = 1 - (this.#warmAt - now) / this.#slowStartMs
    return this.plan.weight * Math.max(SLOW_START_SHARE, share)
  }

  /** It takes no more at a time. */
  get isFull(): boolean {
    if (this.#inflightMax > 0 && this.inflight >= this.#inflightMax) return true
    return this.#connectionsMax > 0 && this.pool.busy >= this.#connectionsMax
  }

  state(now: number): EndpointState {
    if (this.isLeaving) return 'leaving'
    if (this.isDrained) return 'drained'
    if (this.downBy !== null) return 'down'
    if (this.verdict === 'unhealthy') return 'unhealthy'
    if (this.#breaker.isEjected(now)) return 'ejected'
    return this.#breaker.isResting(now) ? 'resting' : 'usable'
  }

  /** Neither probes nor traffic have anything against it but, perhaps, a failure a moment ago. */
  isUsable(now: number): boolean {
    return this.downBy === null && this.verdict !== 'unhealthy' && !this.#breaker.isEjected(now)
  }

  /** It failed lately: others go first. Without this, the retries for one dead endpoint would use up the budget of all. */
  isResting(now: number): boolean {
    return this.#breaker.isResting(now)
  }

  /** When its state changes by itself, or infinity. */
  changesAt(now: number): number {
    const at = this.#breaker.changesAt(now)
    return this.#warmAt > now ? Math.min(at, this.#warmAt) : at
  }

  /** It gets an attempt. */
  beginAttempt(now: number): void {
    if (!this.#breaker.isTroubled) return
    this.#breaker.beginAttempt(now)
    this.#owner.changed()
  }

  /** It begins with a small share, which grows. */
  warmUp(now: number): void {
    this.#warmAt = now + this.#slowStartMs
    this.#owner.changed()
  }

  observeConnected(now: number): void {
    if (this.downBy === null) return
    this.downBy = null
    this.#breaker.forgive()
    if (now - this.#downAt >= COLD_MS) this.warmUp(now)
    this.#owner.reached(now)
  }

  observeAnswer(now: number, waitedMs: number): void {
    this.#latency.observe(now, waitedMs)
    this.#answeredAt = now
    if (!this.#breaker.isTroubled) return
    const wasEjected = this.#breaker.isEjected(now)
    this.#breaker.observeAnswer(now)
    if (wasEjected) this.warmUp(now)
    this.#owner.changed()
  }

  /** A failure that came fast makes nobody quick. */
  observeFailure(now: number, elapsedMs: number, outcome: Failure | null = null, fault: Fault = 'failure'): void {
    if (elapsedMs > this.#latency.at(now)) this.#latency.observe(now, elapsedMs)
    if (outcome !== null) {
      this.lastFailure = outcome
      this.lastFailureAt = now
    }
    if (outcome !== null && isUnreachable(outcome) && now - elapsedMs > this.#answeredAt) return this.#goDown(outcome, now)
    const isDue = this.#breaker.observeFault(now, now - elapsedMs, fault)
    if (isDue && !this.#breaker.isEjected(now) && this.#owner.mayEject(this, now)) this.#warmAfter(this.#breaker.eject(now), now)
    this.#owner.changed()
  }

  /** It said how long to leave it alone. */
  restFor(now: number, ms: number): void {
    this.#breaker.restFor(now, ms)
    this.#owner.changed()
  }

  setVerdict(health: Health, now: number): void {
    if (health === this.verdict) return
    const wasUnhealthy = this.verdict === 'unhealthy'
    this.verdict = health
    if (health === 'healthy') {
      this.#breaker.forgive()
      if (wasUnhealthy) this.warmUp(now)
      this.observeConnected(now)
    }
    this.#owner.changed()
  }

  /** Nobody need try: scouts find out when there is somebody again. */
  #goDown(outcome: Failure, now: number): void {
    if (this.downBy === null) this.#downAt = now
    this.downBy = outcome
    this.#owner.reached(now)
  }

  #warmAfter(ms: number, now: number): void {
    this.#warmAt = now + ms + this.#slowStartMs
  }
}

/** No connection came about, and not for want of something on this side: the next one fares no better. */
function isUnreachable({ phase, cause }: Failure): boolean {
  return (phase === 'connect' || phase === 'resolve') && cause !== 'port-exhaustion' && cause !== 'fd-exhaustion'
}
