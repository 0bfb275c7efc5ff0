/**
 * Consistent hashing with bounded loads: the same key comes to the same endpoint, an endpoint that goes takes only its own keys along,
 * and none gets more than a quarter above its share at a time (Mirrokni, Thorup, Zadimoghaddam 2016).
 * Weighted rendezvous hashing: no ring to keep, and exact shares.
 */
import type { Balancer } from './balance.ts'
import type { Endpoint } from './endpoint.ts'

/** Of the mean load for its weight. */
const LOAD_MAX = 1.25

export class Rendezvous implements Balancer {
  readonly #seeds = new WeakMap<Endpoint, number>()

  pick(candidates: readonly Endpoint[], now: number, key: string): Endpoint {
    const hash = hashOf(key)
    let inflight = 1
    let weights = 0
    for (const endpoint of candidates) {
      inflight += endpoint.inflight
      weights += endpoint.weight(now)
    }
    let best: Endpoint | null = null
    let bestScore = Number.NEGATIVE_INFINITY
    for (const endpoint of candidates) {
      const weight = endpoint.weight(now)
      if (endpoint.inflight + 1 > Math.ceil((LOAD_MAX * inflight * weight) / weights)) continue
      const score = weight / -Math.log(fraction(hash ^ this.#seedOf(endpoint)))
      if (score <= bestScore) continue
      bestScore = score
      best = endpoint
    }
    return best ?? (candidates[0] as Endpoint)
  }

  #seedOf(endpoint: Endpoint): number {
    let seed = this.#seeds.get(endpoint)
    if (seed === undefined) {
      seed = hashOf(endpoint.url)
      this.#seeds.set(endpoint, seed)
    }
    return seed
  }
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Between 0 and 1, both excluded: the bits well mixed (the finaliser of MurmurHash3). */
function fraction(bits: number): number {
  let x = bits
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  x ^= x >>> 16
  return ((x >>> 0) + 0.5) / 0x1_0000_0000
}
