import { beforeEach, expect, test } from 'vitest'
import type { Balance } from '../../src/config/plan.ts'
import type { Pool } from '../../src/gateway/pool/pool.ts'
import type { Endpoint } from '../../src/gateway/upstream/endpoint.ts'
import { Upstream } from '../../src/gateway/upstream/upstream.ts'
import { Random } from '../../src/std/random.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { planOf } from '../support/gateway.ts'

let now = 1_000
let upstream: Upstream
let one: Endpoint
let other: Endpoint

beforeEach(() => {
  now = 1_000
  use('round-robin')
})

test('one that has just failed is passed over, for a tenth of a second at first', () => {
  one.observeFailure(now, 0)
  expect(picks(10)).toEqual(new Set([other]))
  now += 99
  expect(picks(10)).toEqual(new Set([other]))
  now += 1
  expect(picks(2)).toEqual(new Set([one, other]))
})

test('then one attempt at a time finds out whether it is well again', () => {
  one.observeFailure(now, 0)
  now += 100
  expect(firsts(20)).toBe(1)
  now += 100
  expect(firsts(20)).toBe(1)
})

test('an answer ends it at once', () => {
  one.observeFailure(now, 0)
  one.observeAnswer(now + 1, 1)
  expect(firsts(10)).toBe(5)
})

test('a quick one that was down for a moment has its share back with its first answer', () => {
  use('peak-ewma')
  one.observeAnswer(now, 5)
  other.observeAnswer(now, 5)
  one.observeFailure(now + 1, 0)
  now += 101
  other.inflight = 1
  expect(upstream.pick(now, null)).toBe(one)
  one.observeAnswer(now, 5)
  expect(picks(10)).toEqual(new Set([one]))
})

test('each further failure doubles the rest, to five seconds at most', () => {
  const rests: number[] = []
  for (let i = 0; i < 9; i++) {
    one.observeFailure(now, 0)
    const failedAt = now
    while (one.isResting(now)) now++
    rests.push(now - failedAt)
  }
  expect(rests).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
})

test('attempts that were under way as it failed count as one failure', () => {
  for (let i = 0; i < 9; i++) one.observeFailure(now + i, 50 + i)
  now += 108
  expect(one.isResting(now)).toBe(false)
})

test('where all have failed all are asked, and a second attempt goes to the one not asked yet', () => {
  one.observeFailure(now, 0)
  other.observeFailure(now, 0)
  expect(picks(10)).toEqual(new Set([one, other]))
  expect(upstream.pick(now, [one])).toBe(other)
  expect(upstream.pick(now, [one, other])).not.toBeNull()
})

test.each<Balance>(['peak-ewma', 'round-robin', 'least-requests'])(
  'with %s one in a hundred requests at most meets a dead endpoint',
  (balance) => {
    use(balance)
    let met = 0
    for (let i = 0; i < 10_000; i++) {
      now += 1
      const endpoint = upstream.pick(now, null) as Endpoint
      if (endpoint === other) other.observeAnswer(now, 20)
      else one.observeFailure(now, 0)
      if (endpoint === one) met++
    }
    expect(met).toBeGreaterThan(0)
    expect(met).toBeLessThan(20)
  },
)

function use(balance: Balance): void {
  const plan = { ...planOf({ endpoints: [1, 2] }).upstreams[0]!, balance }
  const clock = { now: () => now, recent: () => now, epoch: () => now }
  upstream = new Upstream({ plan, clock, wheel: new Wheel({ clock }), random: new Random(7), createPool: () => null as unknown as Pool })
  const [first, second] = upstream.endpoints
  one = first as Endpoint
  other = second as Endpoint
}

function picks(count: number): Set<Endpoint | null> {
  return new Set(Array.from({ length: count }, () => upstream.pick(now, null)))
}

/** How many of so many picks are `one`. */
function firsts(count: number): number {
  return Array.from({ length: count }, () => upstream.pick(now, null)).filter((picked) => picked === one).length
}
