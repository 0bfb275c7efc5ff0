/** Which endpoint gets the next attempt. Among those not tried yet for this exchange, if there are any. */
import type { Balance } from '../../config/plan.ts'
import type { Random } from '../../std/random.ts'
import type { Endpoint } from './endpoint.ts'

export interface Balancer {
  /** `candidates` is not empty. */
  pick(candidates: readonly Endpoint[], now: number): Endpoint
}

export function createBalancer(balance: Balance, random: Random): Balancer {
  switch (balance) {
    case 'round-robin':
      return new RoundRobin()
    case 'least-requests':
      return new LeastRequests(random)
    case 'hash':
    case 'peak-ewma':
      return new TwoChoices(random)
  }
}

/** Smooth weighted round robin, as in nginx: of weights 5, 1, 1 no endpoint gets its five in a row. */
class RoundRobin implements Balancer {
  readonly #current = new Map<Endpoint, number>()

  pick(candidates: readonly Endpoint[]): Endpoint {
    let best = candidates[0] as Endpoint
    let total = 0
    let most = Number.NEGATIVE_INFINITY
    for (const endpoint of candidates) {
      const current = (this.#current.get(endpoint) ?? 0) + endpoint.plan.weight
      this.#current.set(endpoint, current)
      total += endpoint.plan.weight
      if (current > most) {
        most = current
        best = endpoint
      }
    }
    this.#current.set(best, most - total)
    return best
  }
}

/** The fewest requests in flight for its weight; equals take turns by chance, so that an idle upstream is not one endpoint. */
class LeastRequests implements Balancer {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const from = this.#random.below(candidates.length)
    let best = candidates[from] as Endpoint
    for (let i = 1; i < candidates.length; i++) {
      const endpoint = candidates[(from + i) % candidates.length] as Endpoint
      if ((endpoint.inflight + 1) / endpoint.plan.weight < (best.inflight + 1) / best.plan.weight) best = endpoint
    }
    return best
  }
}

/** The cheaper of two drawn at random: nearly as good as looking at all, and no herd runs to the one that looks best. */
class TwoChoices implements Balancer {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  pick(candidates: readonly Endpoint[], now: number): Endpoint {
    const first = this.#random.below(candidates.length)
    let second = this.#random.below(candidates.length - 1)
    if (second >= first) second++
    const one = candidates[first] as Endpoint
    const other = candidates[second] ?? one
    return one.cost(now) <= other.cost(now) ? one : other
  }
}
