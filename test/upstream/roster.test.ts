/** Who may get attempts: what probes, traffic, operators and time make of each endpoint. */
import { beforeEach, describe, expect, test } from 'vitest'
import { failure } from '../../src/causes/failure.ts'
import type { EndpointPlan, UpstreamPlan } from '../../src/config/plan.ts'
import type { Pool } from '../../src/gateway/pool/pool.ts'
import type { Endpoint } from '../../src/gateway/upstream/endpoint.ts'
import { Upstream } from '../../src/gateway/upstream/upstream.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Random } from '../../src/std/random.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { planOf } from '../support/gateway.ts'

let clock: ManualClock
let upstream: Upstream
const closed: string[] = []

function endpointPlan(url: string, more: Partial<EndpointPlan> = {}): EndpointPlan {
  return { url, address: { kind: 'tcp', host: '127.0.0.1', port: 1 }, weight: 1, isBackup: false, ...more }
}

function use(plans: readonly EndpointPlan[], more: Partial<UpstreamPlan> = {}): void {
  clock = new ManualClock()
  closed.length = 0
  const plan = { ...(planOf({ endpoints: [1] }).upstreams[0] as UpstreamPlan), balance: 'round-robin', endpoints: plans, ...more } as const
  const createPool = ({ url }: Endpoint): Pool => ({ close: () => closed.push(url), update: () => {}, busy: 0 }) as unknown as Pool
  upstream = new Upstream({ plan, clock, wheel: new Wheel({ clock, isDriven: false }), random: new Random(3), createPool })
}

function one(url: string): Endpoint {
  return upstream.endpoints.find((endpoint) => endpoint.url === url) as Endpoint
}

/** Who gets the next so many attempts. */
function picked(count = 60): string {
  const urls = Array.from({ length: count }, () => upstream.pick(clock.now(), null)?.url)
  return [...new Set(urls)].sort().join('')
}

/** So many failures, one after the other. */
function fail(url: string, times: number): void {
  for (let i = 0; i < times; i++) {
    clock.advance(1)
    one(url).observeFailure(clock.now(), 0, failure('reset-before-response', 'await-head', 'if-idempotent'))
  }
}

beforeEach(() => use(['a', 'b', 'c', 'd'].map((url) => endpointPlan(url))))

describe('probes', () => {
  test('take an endpoint out and bring it back, and what is unknown counts as usable', () => {
    upstream.setVerdict('a', 'unhealthy')
    upstream.setVerdict('b', 'healthy')
    expect(picked()).toBe('bcd')
    upstream.setVerdict('a', 'healthy')
    expect(picked()).toBe('abcd')
  })

  test('that find fewer than half well are not believed: all are used', () => {
    for (const url of ['a', 'b']) upstream.setVerdict(url, 'unhealthy')
    expect([picked(), upstream.isPanicking]).toEqual(['cd', false])
    upstream.setVerdict('c', 'unhealthy')
    expect([picked(), upstream.isPanicking]).toEqual(['abcd', true])
    upstream.setVerdict('c', 'healthy')
    expect([picked(), upstream.isPanicking]).toEqual(['cd', false])
  })

  test('alone never take a whole site away', () => {
    use([endpointPlan('a')])
    upstream.setVerdict('a', 'unhealthy')
    expect(picked()).toBe('a')
  })
})

describe('a backup', () => {
  beforeEach(() => use([endpointPlan('a'), endpointPlan('b'), endpointPlan('z', { isBackup: true })]))

  test('stands in when none of the others can be reached, before any is ejected', () => {
    for (const url of ['a', 'b']) {
      expect(picked()).not.toContain('z')
      clock.advance(1)
      one(url).observeFailure(clock.now(), 0, failure('connect-refused', 'connect', 'safe'))
    }
    expect(picked()).toBe('z')
  })

  test('gets the retry that has tried all others', () => {
    expect(upstream.pick(clock.now(), [one('a')])?.url).toBe('b')
    expect(upstream.pick(clock.now(), [one('a'), one('b')])?.url).toBe('z')
    expect(upstream.pick(clock.now(), [one('a'), one('b'), one('z')])?.url).not.toBe('z')
  })
})

describe('failures in a row', () => {
  test('take an endpoint out for ten seconds, and for twenty the next time', () => {
    fail('a', 5)
    expect(one('a').state(clock.now())).toBe('ejected')
    clock.advance(9_990)
    expect(picked()).toBe('bcd')
    clock.advance(10)
    expect(picked()).toBe('abcd')
    fail('a', 1)
    clock.advance(19_990)
    expect(picked()).toBe('bcd')
    clock.advance(10)
    expect(picked()).toBe('abcd')
  })

  test('count anew after an answer', () => {
    fail('a', 4)
    one('a').observeAnswer(clock.now(), 1)
    fail('a', 4)
    expect(one('a').state(clock.now())).not.toBe('ejected')
  })

  test('of its own making and of the gateway are counted apart', () => {
    for (let i = 0; i < 4; i++) {
      fail('a', 1)
      clock.advance(1)
      one('a').observeFailure(clock.now(), 0, failure('upstream-overloaded', 'await-head', 'if-idempotent'), 'error')
    }
    expect(one('a').state(clock.now())).not.toBe('ejected')
    fail('a', 1)
    expect(one('a').state(clock.now())).toBe('ejected')
  })

  test('take out at most half, and never the last', () => {
    for (const url of ['a', 'b', 'c', 'd']) fail(url, 20)
    const states = upstream.endpoints.map((endpoint) => endpoint.state(clock.now()))
    expect(states.filter((state) => state === 'ejected')).toHaveLength(2)
    use([endpointPlan('a')])
    fail('a', 50)
    expect(one('a').state(clock.now())).not.toBe('ejected')
    expect(picked()).toBe('a')
  })

  test('of two take out one', () => {
    use([endpointPlan('a'), endpointPlan('b')])
    fail('a', 5)
    fail('b', 5)
    expect(upstream.endpoints.map((endpoint) => endpoint.state(clock.now()))).toEqual(['ejected', 'resting'])
  })

  test('are forgotten when a probe finds it well', () => {
    fail('a', 5)
    upstream.setVerdict('a', 'healthy')
    expect(one('a').state(clock.now())).toBe('usable')
  })
})

describe('backups', () => {
  beforeEach(() => use([endpointPlan('a'), endpointPlan('b'), endpointPlan('z', { isBackup: true })]))

  test('get nothing while others are usable', () => {
    expect(picked()).toBe('ab')
    upstream.setVerdict('a', 'unhealthy')
    expect(picked()).toBe('b')
  })

  test('step in when no other is', () => {
    upstream.setVerdict('a', 'unhealthy')
    upstream.setVerdict('b', 'unhealthy')
    expect([picked(), upstream.isPanicking]).toEqual(['z', false])
    upstream.setVerdict('z', 'unhealthy')
    expect([picked(), upstream.isPanicking]).toEqual(['ab', true])
  })
})

describe('an endpoint that cannot be reached', () => {
  const refused = failure('connect-refused', 'connect', 'safe')

  test('gets nothing, and does not count for panic', () => {
    for (const url of ['a', 'b', 'c']) one(url).observeFailure(clock.now(), 0, refused)
    expect([picked(), upstream.isPanicking]).toEqual(['d', false])
    expect(one('a').state(clock.now())).toBe('down')
    expect(upstream.hasUntried([one('d')])).toBe(false)
  })

  test('has its full share back at once when it was a blip, and slowly when it was started anew', () => {
    for (const url of ['a', 'b']) one(url).observeFailure(clock.now(), 0, refused)
    one('a').observeConnected(clock.now())
    clock.advance(2_000)
    one('b').observeConnected(clock.now())
    expect(['a', 'b'].map((url) => one(url).weight(clock.now()))).toEqual([1, 0.1])
  })

  test('that answered since the attempt began is only slow to take connections', () => {
    clock.advance(3_000)
    one('a').observeAnswer(clock.now(), 5)
    one('a').observeFailure(clock.now(), 3_000, failure('connect-timeout', 'connect', 'safe'))
    expect(one('a').state(clock.now())).toBe('resting')
  })
})

test('a second attempt goes to a backup when there is nobody else', () => {
  use([endpointPlan('a'), endpointPlan('z', { isBackup: true })])
  expect(upstream.pick(clock.now(), [one('a')])?.url).toBe('z')
  expect(upstream.hasUntried([one('a')])).toBe(true)
  expect(upstream.hasUntried([one('a'), one('z')])).toBe(false)
})

describe('slow start', () => {
  test('gives an endpoint that came back a small share that grows', () => {
    upstream.setVerdict('a', 'unhealthy')
    upstream.setVerdict('a', 'healthy')
    const weights = [0, 1_000, 5_000, 10_000].map((ms) => one('a').weight(clock.now() + ms))
    expect(weights).toEqual([0.1, 0.1, 0.5, 1])
    const shareOfA = Array.from({ length: 310 }, () => upstream.pick(clock.now(), null)?.url).filter((url) => url === 'a').length
    expect(shareOfA).toBeGreaterThan(5)
    expect(shareOfA).toBeLessThan(15)
  })
})

describe('operators', () => {
  test('drain an endpoint: it gets nothing more', () => {
    upstream.setDrained(new Set(['a', 'b', 'c']))
    expect(picked()).toBe('d')
    upstream.setDrained(new Set())
    expect(picked()).toBe('abcd')
  })

  test('may drain them all: then there is none', () => {
    upstream.setDrained(new Set(['a', 'b', 'c', 'd']))
    expect(upstream.pick(clock.now(), null)).toBe(null)
    const { cause, evidence } = upstream.explain()
    expect(cause).toBe('no-healthy-upstream')
    expect(evidence).toContainEqual({ name: 'endpoints', value: 'a drained, b drained, c drained, d drained' })
  })
})

describe('another plan', () => {
  test('keeps endpoints by their URL, with all that is known of them', () => {
    const kept = one('b')
    kept.observeAnswer(clock.now(), 7)
    upstream.replaceEndpoints(['b', 'e'].map((url) => endpointPlan(url)))
    expect(one('b')).toBe(kept)
    expect(closed).toEqual(['a', 'c', 'd'])
    expect(picked()).toBe('be')
    expect(one('e').weight(clock.now())).toBe(0.1)
  })
})
