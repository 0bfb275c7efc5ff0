/** Which endpoint gets the next attempt. */
import { describe, expect, it } from 'vitest'
import type { Balance, UpstreamPlan } from '../../src/config/plan.ts'
import type { Pool } from '../../src/gateway/pool/pool.ts'
import type { Endpoint } from '../../src/gateway/upstream/endpoint.ts'
import { Upstream } from '../../src/gateway/upstream/upstream.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Random } from '../../src/std/random.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { planOf } from '../support/gateway.ts'

/** An upstream whose endpoints are called a, b, c, … by their place. */
function create(balance: Balance, weights: readonly number[]): Upstream {
  const [first] = planOf({ endpoints: [1] }).upstreams as [UpstreamPlan]
  const endpoints = weights.map((weight, index) => ({
    url: 'abcdefghij'[index] as string,
    address: { kind: 'tcp', host: '127.0.0.1', port: index + 1 } as const,
    weight,
    isBackup: false,
  }))
  const plan = { ...first, balance, endpoints }
  const clock = new ManualClock()
  return new Upstream({ plan, clock, wheel: new Wheel({ clock }), random: new Random(5), createPool: () => null as unknown as Pool })
}

function pickMany(upstream: Upstream, count: number, now = 1_000): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let i = 0; i < count; i++) {
    const { url } = upstream.pick(now, null) as Endpoint
    counts[url] = (counts[url] ?? 0) + 1
  }
  return counts
}

describe('any balancing', () => {
  it.each(['round-robin', 'least-requests', 'peak-ewma'] as const)(
    '%s passes over what was tried, as long as there is something else',
    (balance) => {
      const upstream = create(balance, [1, 1, 1])
      const [a, b, c] = upstream.endpoints as [Endpoint, Endpoint, Endpoint]
      for (let i = 0; i < 20; i++) {
        expect(upstream.pick(1_000, [a, c])).toBe(b)
        expect(upstream.pick(1_000, [b])).not.toBe(b)
      }
      expect(upstream.endpoints).toContain(upstream.pick(1_000, [a, b, c]))
      expect(upstream.hasUntried([a, b])).toBe(true)
      expect(upstream.hasUntried([a, b, c])).toBe(false)
    },
  )

  it('has nothing to choose with one endpoint, and nothing at all with none', () => {
    expect(create('peak-ewma', [1]).pick(1_000, null)?.url).toBe('a')
    expect(create('peak-ewma', []).pick(1_000, null)).toBe(null)
  })
})

describe('round robin', () => {
  it('takes turns', () => {
    const upstream = create('round-robin', [1, 1, 1])
    expect(Array.from({ length: 6 }, () => upstream.pick(0, null)?.url).join('')).toBe('abcabc')
  })

  it('gives weights their share without giving it in a row', () => {
    const upstream = create('round-robin', [5, 1, 1])
    expect(Array.from({ length: 7 }, () => upstream.pick(0, null)?.url).join('')).toBe('aabacaa')
  })
})

describe('least requests', () => {
  it('picks the endpoint with the fewest in flight for its weight', () => {
    const upstream = create('least-requests', [1, 1, 4])
    const [a, b, c] = upstream.endpoints as [Endpoint, Endpoint, Endpoint]
    a.inflight = 1
    b.inflight = 2
    c.inflight = 5
    expect(pickMany(upstream, 10)).toEqual({ c: 10 })
    c.inflight = 9
    expect(pickMany(upstream, 10)).toEqual({ a: 10 })
  })

  it('spreads over equals', () => {
    const counts = pickMany(create('least-requests', [1, 1, 1]), 300)
    for (const url of ['a', 'b', 'c']) expect(counts[url]).toBeGreaterThan(60)
  })
})

describe('peak EWMA of two choices', () => {
  it('prefers the faster one, and does not forget the slower', () => {
    const upstream = create('peak-ewma', [1, 1])
    const [a, b] = upstream.endpoints as [Endpoint, Endpoint]
    a.observeAnswer(1_000, 100)
    b.observeAnswer(1_000, 10)
    expect(pickMany(upstream, 20)).toEqual({ b: 20 })
    b.inflight = 20
    expect(pickMany(upstream, 20)).toEqual({ a: 20 })
  })

  it('avoids one that fails, however fast it does', () => {
    const upstream = create('peak-ewma', [1, 1])
    const [a, b] = upstream.endpoints as [Endpoint, Endpoint]
    a.observeFailure(1_000, 1)
    b.observeAnswer(1_000, 200)
    expect(pickMany(upstream, 20)).toEqual({ b: 20 })
  })

  it('comes back to one that failed when the failure is long ago', () => {
    const upstream = create('peak-ewma', [1, 1])
    const [a, b] = upstream.endpoints as [Endpoint, Endpoint]
    a.observeFailure(1_000, 1)
    b.observeAnswer(1_000, 200)
    b.observeAnswer(100_000, 200)
    // Once, to see; until it has answered the others go on.
    expect(upstream.pick(100_000, null)).toBe(a)
    expect(pickMany(upstream, 5, 100_000)).toEqual({ b: 5 })
    a.observeAnswer(100_001, 1)
    expect(pickMany(upstream, 5, 100_001)).toEqual({ a: 5 })
  })

  it('never takes the worst of three', () => {
    const upstream = create('peak-ewma', [1, 1, 1])
    const [a, b, c] = upstream.endpoints as [Endpoint, Endpoint, Endpoint]
    a.observeAnswer(1_000, 10)
    b.observeAnswer(1_000, 20)
    c.observeAnswer(1_000, 500)
    expect(Object.keys(pickMany(upstream, 100)).sort()).toEqual(['a', 'b'])
  })

  it('tries one without history, but with one request at a time', () => {
    const upstream = create('peak-ewma', [1, 1])
    const [a, b] = upstream.endpoints as [Endpoint, Endpoint]
    a.observeAnswer(1_000, 10)
    expect(upstream.pick(1_000, null)).toBe(b)
    b.inflight = 1
    expect(pickMany(upstream, 20)).toEqual({ a: 20 })
  })

  it('spreads over those that are about as quick', () => {
    const upstream = create('peak-ewma', [1, 1, 1])
    const [a, b, c] = upstream.endpoints as [Endpoint, Endpoint, Endpoint]
    a.observeAnswer(1_000, 10)
    b.observeAnswer(1_000, 12)
    c.observeAnswer(1_000, 11)
    const counts = pickMany(upstream, 300)
    for (const url of ['a', 'b', 'c']) expect(counts[url]).toBeGreaterThan(60)
  })

  it('gives weights their share of equals', () => {
    const upstream = create('peak-ewma', [1, 3])
    const [a, b] = upstream.endpoints as [Endpoint, Endpoint]
    a.observeAnswer(1_000, 10)
    b.observeAnswer(1_000, 10)
    const { b: picks = 0 } = pickMany(upstream, 1_000)
    expect(picks).toBeGreaterThan(700)
    expect(picks).toBeLessThan(800)
  })
})
