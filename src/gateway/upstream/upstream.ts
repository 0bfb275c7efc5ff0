/**
 * A named service: its endpoints, who of them gets the next attempt, the budget that its retries share, the gate in front of it,
 * and what happens while none can be reached. A new plan changes it in place, so that nothing it knows is lost.
 */
import { evidence, type Failure, failure } from '../../causes/failure.ts'
import type { EndpointPlan, UpstreamPlan } from '../../config/plan.ts'
import type { Resolver } from '../../net/resolver.ts'
import type { Clock } from '../../std/clock.ts'
import { Quantile } from '../../std/quantile.ts'
import type { Random } from '../../std/random.ts'
import type { Wheel } from '../../std/wheel.ts'
import { Gate } from '../admit/gate.ts'
import type { Pool } from '../pool/pool.ts'
import { type Balancer, createBalancer } from './balance.ts'
import { RetryBudget } from './budget.ts'
import { Discovery } from './discovery.ts'
import { Endpoint, type EndpointOwner } from './endpoint.ts'
import { Loss } from './loss.ts'
import { Roster } from './roster.ts'
import type { Health } from './verdict.ts'

export type UpstreamOptions = {
  readonly plan: UpstreamPlan
  readonly clock: Clock
  readonly wheel: Wheel
  readonly random: Random
  readonly createPool: (endpoint: Endpoint, plan: UpstreamPlan) => Pool
  /** Looks up who is behind the names of endpoints. Without it each name is one endpoint. */
  readonly resolver?: Resolver
}

const NONE: ReadonlySet<string> = new Set()

export class Upstream implements EndpointOwner {
  readonly name: string
  readonly gate: Gate
  readonly loss: Loss
  /** What only one answer in twenty takes longer than, milliseconds; known where requests are hedged. */
  readonly slowness = new Quantile(0.95)
  plan: UpstreamPlan
  budget: RetryBudget
  readonly #options: UpstreamOptions
  readonly #roster: Roster
  readonly #discovery: Discovery | null
  #balancer: Balancer
  #endpoints: readonly Endpoint[]
  #drained = NONE
  #hasLimits = false
  /** A request's key is worth finding. */
  isKeyed = false

  constructor(options: UpstreamOptions) {
    const { plan, clock, wheel, random } = options
    this.#options = options
    this.plan = plan
    this.name = plan.name
    this.gate = new Gate({ upstream: plan.name, plan: plan.concurrency, clock, wheel, random })
    this.loss = new Loss({ plan: plan.hold, clock, wheel })
    this.#roster = new Roster(plan)
    this.#discovery = this.#createDiscovery()
    this.#endpoints = this.#discover(plan.endpoints).map((one) => this.#create(one))
    this.#roster.set(this.#endpoints)
    this.budget = this.#createBudget()
    this.#balancer = createBalancer(plan.balance, options.random)
    this.#note(plan)
    this.#measure()
  }

  /** As they are now; those that are leaving are not among them. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints
  }

  /** So few endpoints are usable that all are used. */
  get isPanicking(): boolean {
    return this.#roster.isPanicking
  }

  /** Puts another plan of the same name in force. Endpoints that stay keep their connections and all that is known of them. */
  update(plan: UpstreamPlan): void {
    const former = this.plan
    this.plan = plan
    if (plan.retry.budgetShare !== former.retry.budgetShare || plan.retry.budgetMinPerSecond !== former.retry.budgetMinPerSecond)
      this.budget = this.#createBudget()
    if (plan.balance !== former.balance) this.#balancer = createBalancer(plan.balance, this.#options.random)
    this.loss.update(plan.hold)
    this.#roster.update(plan)
    this.#note(plan)
    for (const endpoint of this.#endpoints) endpoint.update(endpoint.plan, plan)
    this.gate.update(plan.concurrency)
    this.replaceEndpoints(this.#discover(plan.endpoints))
  }

  /**
   * Same URL, same endpoint, unless it leads to another server now: its URL is then in `moved`. Others join with a small share first;
   * those that are not named finish what they have and are closed.
   */
  replaceEndpoints(plans: readonly EndpointPlan[], moved: ReadonlySet<string> = NONE): void {
    const now = this.#options.clock.now()
    const former = new Map(this.#endpoints.map((endpoint) => [endpoint.url, endpoint]))
    this.#endpoints = plans.map((plan) => {
      const kept = moved.has(plan.url) ? undefined : former.get(plan.url)
      if (kept !== undefined) former.delete(plan.url)
      if (kept === undefined) {
        const joined = this.#create(plan)
        if (former.size > 0 || plans.length > 1) joined.warmUp(now)
        return joined
      }
      if (kept.plan !== plan) kept.update(plan, this.plan)
      return kept
    })
    for (const endpoint of former.values()) {
      endpoint.isLeaving = true
      endpoint.pool.close()
    }
    this.#roster.set(this.#endpoints)
    this.loss.reconsider(this.#endpoints, now)
    this.#measure()
  }

  /** An endpoint for the next attempt, one that is not among `tried` if possible. Null: there is none, or all of them are full. */
  pick(now: number, tried: readonly Endpoint[] | null, key = '', boundTo = ''): Endpoint | null {
    let candidates = this.#roster.candidates(now)
    if (boundTo !== '' && tried === null) {
      const bound = candidates.find((endpoint) => endpoint.id === boundTo)
      if (bound !== undefined) return this.#begin(bound, now)
    }
    if (tried !== null) candidates = this.#roster.untried(tried, now)
    if (this.#hasLimits) candidates = candidates.filter((endpoint) => !endpoint.isFull)
    if (candidates.length <= 1) return candidates.length === 0 ? null : this.#begin(candidates[0] as Endpoint, now)
    return this.#begin(this.#balancer.pick(candidates, now, key), now)
  }

  /** Is there an endpoint besides those, and besides `last`, that may get an attempt? */
  hasUntried(tried: readonly Endpoint[], last: Endpoint | null = null): boolean {
    return this.#roster.hasUntried(tried, last, this.#options.clock.now())
  }

  setVerdict(url: string, health: Health): void {
    const endpoint = this.#endpoints.find((one) => one.url === url)
    endpoint?.setVerdict(health, this.#options.clock.now())
  }

  setDrained(urls: ReadonlySet<string>): void {
    this.#drained = urls
    for (const endpoint of this.#endpoints) endpoint.isDrained = urls.has(endpoint.url)
    this.changed()
    this.loss.reconsider(this.#endpoints, this.#options.clock.now())
    this.#measure()
  }

  get isPaused(): boolean {
    return this.loss.isPaused
  }

  set isPaused(isPaused: boolean) {
    this.loss.pause(isPaused, this.#options.clock.now())
  }

  /** There are endpoints, only that none takes more at the moment. */
  get isFull(): boolean {
    return this.#hasLimits && this.#endpoints.some((endpoint) => !endpoint.isDrained && endpoint.isFull)
  }

  /** Why there is no endpoint to pick. */
  explain(): Failure {
    if (this.#endpoints.length === 0) return failure('no-endpoints', 'pick', 'safe', { upstream: this.name })
    const now = this.#options.clock.now()
    const states = this.#endpoints.map((endpoint) => `${endpoint.url} ${endpoint.state(now)}`)
    return failure('no-healthy-upstream', 'pick', 'safe', { upstream: this.name, endpoints: states.join(', ') })
  }

  /** Why it cannot be reached, and since when: what is known of its endpoints, or what the attempt failed of. */
  explainLoss(now: number, own: Failure | null): Failure {
    if (this.isPaused) return failure('upstream-paused', 'admit', 'safe', { upstream: this.name })
    const { lostAt } = this.loss
    const outcome = this.#explainDown() ?? own ?? this.explain()
    const facts = { upstream: this.name, lost_for_ms: lostAt === null ? undefined : Math.round(now - lostAt) }
    return { ...outcome, evidence: [...outcome.evidence, ...evidence(facts)] }
  }

  /** What keeps its endpoints from being reached, when that is known of any: the one cause, or that there are several. */
  #explainDown(): Failure | null {
    const down = this.#endpoints.filter(({ downBy, isDrained }) => downBy !== null && !isDrained)
    const first = down[0]?.downBy ?? null
    if (down.every(({ downBy }) => downBy?.cause === first?.cause)) return first
    const causes = down.map(({ url, downBy }) => `${url} ${downBy?.cause}`)
    return failure('no-healthy-upstream', 'pick', 'safe', { endpoints: causes.join(', ') })
  }

  close(): void {
    this.loss.close()
    this.#discovery?.close()
    for (const endpoint of this.#endpoints) endpoint.pool.close()
  }

  changed(): void {
    this.#roster.review()
  }

  mayEject(endpoint: Endpoint, now: number): boolean {
    return this.#roster.maySpare(endpoint, now)
  }

  reached(now: number): void {
    this.changed()
    this.loss.reconsider(this.#endpoints, now)
  }

  #begin(endpoint: Endpoint, now: number): Endpoint {
    endpoint.beginAttempt(now)
    return endpoint
  }

  #create(plan: EndpointPlan): Endpoint {
    const { createPool } = this.#options
    const endpoint = new Endpoint({ plan, upstream: this.plan, owner: this, createPool: (one) => createPool(one, this.plan) })
    endpoint.isDrained = this.#drained.has(plan.url)
    return endpoint
  }

  #createDiscovery(): Discovery | null {
    const { resolver, wheel } = this.#options
    if (resolver === undefined) return null
    const isInUse = (): boolean => this.#endpoints.some(({ inflight, pool }) => inflight > 0 || pool.idle > 0)
    return new Discovery({ resolver, wheel, isInUse, onChange: (plans, moved) => this.replaceEndpoints(plans, moved) })
  }

  #discover(plans: readonly EndpointPlan[]): readonly EndpointPlan[] {
    return this.#discovery?.update(plans) ?? plans
  }

  #createBudget(): RetryBudget {
    const { budgetShare, budgetMinPerSecond } = this.plan.retry
    return new RetryBudget({ clock: this.#options.clock, share: budgetShare, minPerSecond: budgetMinPerSecond })
  }

  /** More than all endpoints together take need not come in. */
  #measure(): void {
    const { endpointInflightMax } = this.plan
    const serving = this.#endpoints.filter(({ isDrained, plan }) => !isDrained && !plan.isBackup).length
    this.gate.capacity = endpointInflightMax > 0 ? endpointInflightMax * Math.max(1, serving) : Number.POSITIVE_INFINITY
  }

  #note(plan: UpstreamPlan): void {
    this.#hasLimits = plan.endpointInflightMax > 0 || plan.endpointConnectionsMax > 0
    this.isKeyed = plan.balance === 'hash' || plan.sticky !== null
  }
}
