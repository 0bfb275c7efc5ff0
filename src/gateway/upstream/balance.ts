/** Which of the candidates gets the next attempt. Who is a candidate is the upstream's to say. */
import type { Balance } from '../../config/plan.ts'
import type { Random } from '../../std/random.ts'
import type { Endpoint } from './endpoint.ts'
import { Rendezvous } from './hash.ts'

export interface Balancer {
  /** `candidates` are two at least. `key`: what belongs together, or ''. */
  pick(candidates: readonly Endpoint[], now: number, key: string): Endpoint
}

export function createBalancer(balance: Balance, random: Random): Balancer {
  switch (balance) {
    case 'round-robin':
      return new RoundRobin()
    case 'least-requests':
      return new LeastRequests(random)
    case 'peak-ewma':
      return new TwoChoices(random)
    case 'hash':
      return new Rendezvous()
  }
}

/** Costs that differ by a factor below this differ by chance. */
const ABOUT_EQUAL = 1.25

/** Smooth weighted round robin, as in nginx: of weights 5, 1, 1 no endpoint gets its five in a row. */
class RoundRobin implements Balancer {
  readonly #current = new WeakMap<Endpoint, number>()

  pick(candidates: readonly Endpoint[], now: number): Endpoint {
    let best = candidates[0] as Endpoint
    let total = 0
    let most = Number.NEGATIVE_INFINITY
    for (const endpoint of candidates) {
      const weight = endpoint.weight(now)
      const current = (this.#current.get(endpoint) ?? 0) + weight
      this.#current.set(endpoint, current)
      total += weight
      if (current > most) {
        most = current
        best = endpoint
      }
    }
    this.#current.set(best, most - total)
    return best
  }
}

/** The fewest requests in flight for its weight. Equals are drawn by weight, so that an idle upstream is not one endpoint. */
class LeastRequests implements Balancer {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  pick(candidates: readonly Endpoint[], now: number): Endpoint {
    let best = candidates[0] as Endpoint
    let least = Number.POSITIVE_INFINITY
    let equals = 0
    for (const endpoint of candidates) {
      const weight = endpoint.weight(now)
      const load = endpoint.inflight === 0 ? 0 : (endpoint.inflight + 1) / weight
      if (load > least) continue
      equals = load < least ? weight : equals + weight
      least = load
      if (this.#random.fraction() * equals < weight) best = endpoint
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
    const total = differingTotal(candidates, now)
    if (total > 0) return cheaper(this.#draw(candidates, now, total), this.#draw(candidates, now, total), now)
    const first = this.#random.below(candidates.length)
    let second = this.#random.below(candidates.length - 1)
    if (second >= first) second++
    return cheaper(candidates[first] as Endpoint, candidates[second] as Endpoint, now)
  }

  #draw(candidates: readonly Endpoint[], now: number, total: number): Endpoint {
    let rest = this.#random.fraction() * total
    for (const endpoint of candidates) {
      rest -= endpoint.weight(now)
      if (rest < 0) return endpoint
    }
    return candidates[candidates.length - 1] as Endpoint
  }
}

/** `one`, unless the other is clearly cheaper: of two that are about as quick, the one that was a little quicker must not get it all. */
function cheaper(one: Endpoint, other: Endpoint, now: number): Endpoint {
  return one.cost(now) <= other.cost(now) * ABOUT_EQUAL ? one : other
}

/** The sum of the weights, or 0 when all are the same, as they mostly are. */
function differingTotal(candidates: readonly Endpoint[], now: number): number {
  const first = (candidates[0] as Endpoint).weight(now)
  let total = 0
  let isDiffering = false
  for (const endpoint of candidates) {
    const weight = endpoint.weight(now)
    total += weight
    if (weight !== first) isDiffering = true
  }
  return isDiffering ? total : 0
}
