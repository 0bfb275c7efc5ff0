/** A named service: its endpoints, the policy of its plan, and the budget that its retries share. */
import type { UpstreamPlan } from '../../config/plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Random } from '../../std/random.ts'
import type { Pool } from '../pool/pool.ts'
import { type Balancer, createBalancer } from './balance.ts'
import { RetryBudget } from './budget.ts'
import { Endpoint } from './endpoint.ts'

export type UpstreamOptions = {
  readonly plan: UpstreamPlan
  readonly clock: Clock
  readonly random: Random
  readonly createPool: (endpoint: Endpoint, plan: UpstreamPlan) => Pool
}

export class Upstream {
  readonly plan: UpstreamPlan
  readonly name: string
  readonly endpoints: readonly Endpoint[]
  readonly budget: RetryBudget
  readonly #balancer: Balancer

  constructor(options: UpstreamOptions) {
    const { plan } = options
    this.plan = plan
    this.name = plan.name
    this.endpoints = plan.endpoints.map((one) => new Endpoint(one, (endpoint) => options.createPool(endpoint, plan)))
    this.budget = new RetryBudget({ clock: options.clock, share: plan.retry.budgetShare, minPerSecond: plan.retry.budgetMinPerSecond })
    this.#balancer = createBalancer(plan.balance, options.random)
  }

  /**
   * An endpoint for the next attempt: one that is not among `tried`, and that has not just failed, if there is one;
   * null when there is none at all.
   */
  pick(now: number, tried: readonly Endpoint[] | null): Endpoint | null {
    const all = this.endpoints
    if (all.length <= 1) return all[0] ?? null
    const endpoint = this.#balancer.pick(this.#candidates(now, tried), now)
    endpoint.beginAttempt(now)
    return endpoint
  }

  /** Is there an endpoint besides those, and besides `last`? */
  hasUntried(tried: readonly Endpoint[], last: Endpoint | null = null): boolean {
    return this.endpoints.some((endpoint) => endpoint !== last && !tried.includes(endpoint))
  }

  close(): void {
    for (const endpoint of this.endpoints) endpoint.pool.close()
  }

  #candidates(now: number, tried: readonly Endpoint[] | null): readonly Endpoint[] {
    const all = this.endpoints
    const isAnyResting = this.#isAnyResting(now)
    if (tried === null && !isAnyResting) return all
    const untried = tried === null ? all : all.filter((endpoint) => !tried.includes(endpoint))
    const rested = isAnyResting ? untried.filter((endpoint) => !endpoint.isResting(now)) : untried
    if (rested.length > 0) return rested
    return untried.length > 0 ? untried : all
  }

  /** A loop, for it runs for every request. */
  #isAnyResting(now: number): boolean {
    for (const endpoint of this.endpoints) if (endpoint.isResting(now)) return true
    return false
  }
}
