/** Consistent hashing with bounded loads. */
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../src/gateway/upstream/endpoint.ts'
import { hashOf, Rendezvous } from '../../src/gateway/upstream/hash.ts'

const KEYS = Array.from({ length: 2_000 }, (_, index) => `client-${index}`)

function endpoints(...weights: number[]): Endpoint[] {
  return weights.map(
    (weight, index) => ({ url: `http://10.0.0.${index + 1}:80`, inflight: 0, weight: () => weight }) as unknown as Endpoint,
  )
}

function spread(balancer: Rendezvous, candidates: readonly Endpoint[]): Map<string, Endpoint> {
  return new Map(KEYS.map((key) => [key, balancer.pick(candidates, 0, key)]))
}

function counts(spread: Map<string, Endpoint>, candidates: readonly Endpoint[]): number[] {
  const picked = [...spread.values()]
  return candidates.map((endpoint) => picked.filter((one) => one === endpoint).length)
}

describe('the same key', () => {
  test('comes to the same endpoint, in whatever order they are', () => {
    const candidates = endpoints(1, 1, 1, 1)
    const balancer = new Rendezvous()
    expect(spread(new Rendezvous(), [...candidates].reverse())).toEqual(spread(balancer, candidates))
  })

  test('goes elsewhere only when its endpoint is gone', () => {
    const candidates = endpoints(1, 1, 1, 1, 1)
    const balancer = new Rendezvous()
    const before = spread(balancer, candidates)
    const after = spread(balancer, candidates.slice(1))
    const moved = KEYS.filter((key) => before.get(key) !== after.get(key))
    expect(moved).toEqual(KEYS.filter((key) => before.get(key) === candidates[0]))
  })
})

describe('keys', () => {
  test('are shared evenly, and by weight', () => {
    const even = endpoints(1, 1, 1, 1)
    for (const count of counts(spread(new Rendezvous(), even), even)) expect(Math.abs(count - 500)).toBeLessThan(75)
    const heavy = endpoints(1, 3)
    expect(Math.abs((counts(spread(new Rendezvous(), heavy), heavy)[1] as number) - 1_500)).toBeLessThan(75)
  })

  test('that are all the same do not load one endpoint beyond a quarter above its share', () => {
    const candidates = endpoints(1, 1, 1, 1)
    const balancer = new Rendezvous()
    for (let i = 0; i < 400; i++) balancer.pick(candidates, 0, 'everybody').inflight++
    const loads = candidates.map(({ inflight }) => inflight)
    expect(Math.max(...loads)).toBeLessThanOrEqual(126)
    expect(loads.reduce((sum, load) => sum + load)).toBe(400)
  })
})

test('similar texts have unlike hashes', () => {
  expect(new Set(KEYS.map(hashOf)).size).toBe(KEYS.length)
})
