import { describe, expect, test } from 'vitest'
import type { Attempt } from '../../src/gateway/exchange/attempt.ts'
import type { Exchange } from '../../src/gateway/exchange/exchange.ts'
import { Observer } from '../../src/gateway/observe/observer.ts'
import type { Series } from '../../src/gateway/observe/series.ts'
import { weigh } from '../../src/gateway/observe/weight.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { countOf } from '../../src/std/histogram.ts'
import { attemptOf, endpointOf, exchangeOf, routeOf } from './exchange.ts'

function observerOf(onRecord = (): void => {}): Observer {
  return new Observer({ clock: new ManualClock(), onRecord })
}

function finish(observer: Observer, ...exchanges: Exchange[]): void {
  for (const exchange of exchanges) {
    observer.began(exchange)
    observer.finish(exchange)
  }
}

/** Counts by metric and labels, as `metric{a,b}`: the value of a counter, the number of values in a histogram. */
function counted(series: readonly Series[]): Record<string, number> {
  const name = ({ metric, labels }: Series): string => `${metric}{${labels.join(',')}}`
  return Object.fromEntries(series.map((one) => [name(one), one.values.length === 1 ? (one.values[0] as number) : countOf(one.values)]))
}

function failedAttempt(port: number, ordinal: number): Attempt {
  return attemptOf({ endpoint: endpointOf(port), ordinal, cause: 'connect-refused' })
}

function succeeding(): Attempt {
  return attemptOf({ endpoint: endpointOf(3001), ordinal: 2 })
}

describe('a success', () => {
  test('counts by method, status and route, its attempt by upstream and endpoint, its phases by upstream', () => {
    const observer = observerOf()
    finish(
      observer,
      exchangeOf({ request: { method: 'PUT' }, status: 204, attempts: [attemptOf({ endpoint: endpointOf(3000), status: 204 })] }),
    )
    expect(counted(observer.takeSeries())).toEqual({
      'http.server.request.duration{PUT,204,all,}': 1,
      'http.client.request.duration{PUT,204,app,http://127.0.0.1:3000,}': 1,
      'gatewell.connect.duration{app}': 1,
      'gatewell.wait.duration{app}': 1,
      'gatewell.attempts{app,new}': 1,
    })
  })

  test('is timed in seconds', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ totalMs: 30 }))
    const { values } = observer.takeSeries().find(({ metric }) => metric === 'http.server.request.duration') as Series
    // 0.03 s lies between the bounds 0.025 and 0.05.
    expect([...values]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.03])
  })

  test('on a reused connection counts as one, and has no connect time', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ attempts: [attemptOf({ endpoint: endpointOf(), isReused: true })] }))
    const counts = counted(observer.takeSeries())
    expect(counts['gatewell.attempts{app,reused}']).toBe(1)
    expect(counts).not.toHaveProperty('gatewell.connect.duration{app}')
  })

  test('of a method that somebody made up does not make a series of its own', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ request: { method: 'BREW' } }), exchangeOf({ request: { method: 'STEEP' } }))
    expect(counted(observer.takeSeries())).toEqual({ 'http.server.request.duration{_OTHER,200,all,}': 2 })
  })

  test('with a status that nobody registered is counted under it', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ status: 299 }), exchangeOf({ status: 299 }), exchangeOf({ status: 99 }))
    expect(counted(observer.takeSeries())).toEqual({
      'http.server.request.duration{GET,299,all,}': 2,
      'http.server.request.duration{GET,99,all,}': 1,
    })
  })

  test('leaves no record', () => {
    const observer = observerOf(() => expect.fail('a success was told'))
    finish(observer, exchangeOf())
    expect(observer.takeRecords()).toEqual([])
  })

  test('of routes with one name, as before and after a reload, is one series', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ route: routeOf('shop') }), exchangeOf({ route: routeOf('shop') }))
    expect(counted(observer.takeSeries())).toEqual({ 'http.server.request.duration{GET,200,shop,}': 2 })
  })
})

describe('a failure', () => {
  test('counts by cause, side and upstream, with the RFC 9209 token as error.type', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ status: 502, cause: 'connect-refused', attempts: [failedAttempt(3000, 1)] }))
    expect(counted(observer.takeSeries())).toEqual({
      'http.server.request.duration{GET,502,all,connection_refused}': 1,
      'http.client.request.duration{GET,,app,http://127.0.0.1:3000,connection_refused}': 1,
      'gatewell.connect.duration{app}': 1,
      'gatewell.attempts{app,new}': 1,
      'gatewell.failures{connect-refused,upstream,app}': 1,
    })
  })

  test('of a request that no route matched has no route and no upstream', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ status: 404, cause: 'route-not-found', route: null }))
    expect(counted(observer.takeSeries())).toEqual({
      'http.server.request.duration{GET,404,,destination_not_found}': 1,
      'gatewell.failures{route-not-found,gateway,}': 1,
    })
  })

  test('leaves a record that outlives the exchange, and says so once until it is taken', () => {
    let told = 0
    const observer = observerOf(() => told++)
    const exchange = exchangeOf({ status: 502, cause: 'connect-refused', attempts: [failedAttempt(3000, 1)] })
    finish(observer, exchange, exchange)
    exchange.reset()
    exchange.request.target = '/another'
    expect(told).toBe(1)
    const records = observer.takeRecords()
    expect(records).toHaveLength(2)
    expect(records[0]).toMatchObject({
      id: 'id-1',
      method: 'GET',
      target: '/',
      upstream: 'app',
      status: 502,
      cause: 'connect-refused',
      phase: 'connect',
      evidence: [{ name: 'port', value: 3000 }],
      attempts: [{ endpoint: 'http://127.0.0.1:3000', cause: 'connect-refused', ms: 2 }],
      ms: 3,
    })
    finish(observer, exchange, exchangeOf({ status: 502, cause: 'connect-refused' }))
    expect(told).toBe(2)
  })

  test('can cross to another process', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ status: 502, cause: 'connect-refused', attempts: [failedAttempt(3000, 1)] }))
    const records = observer.takeRecords()
    expect(structuredClone(records)).toEqual(records)
  })

  test('records who asked, and when each attempt had come how far', () => {
    const observer = observerOf()
    const request = { userAgent: `Mozilla/5.0 (compatible; Googlebot/2.1) ${'x'.repeat(300)}` }
    const failed = attemptOf({ endpoint: endpointOf(3001), cause: 'connect-refused' })
    failed.connectedAt = failed.sentAt = 0
    finish(observer, exchangeOf({ request, attempts: [failed, attemptOf({ endpoint: endpointOf(), ordinal: 2 })] }))
    const [record] = observer.takeRecords()
    expect(record).toMatchObject({ isCrawler: true, userAgent: request.userAgent.slice(0, 200), queuedMs: 0 })
    expect(record?.attempts).toMatchObject([
      { beganMs: 0.5, connectedMs: null, sentMs: null, answeredMs: null, ms: 2 },
      { beganMs: 0.5, connectedMs: 1, sentMs: 1.25, answeredMs: 2, ms: 2 },
    ])
  })

  test('beyond a few hundred at once is only counted', () => {
    const observer = observerOf()
    for (let count = 0; count < 300; count++) finish(observer, exchangeOf({ status: 502, cause: 'connect-refused' }))
    expect(observer.takeRecords()).toHaveLength(152)
    const counts = counted(observer.takeSeries())
    expect(counts['gatewell.failures{connect-refused,upstream,app}']).toBe(300)
    expect(counts['gatewell.reports.dropped{seen}']).toBe(148)
  })

  test('takes no room of what matters more', () => {
    const observer = observerOf()
    for (let count = 0; count < 1_000; count++) finish(observer, exchangeOf({ status: 404, cause: 'route-not-found' }))
    for (let count = 0; count < 1_000; count++) finish(observer, exchangeOf({ attempts: [failedAttempt(3000, 1), succeeding()] }))
    for (let count = 0; count < 1_000; count++) finish(observer, exchangeOf({ status: 502, cause: 'connect-refused' }))
    const records = observer.takeRecords()
    const weights = Object.groupBy(records, weigh)
    expect(Object.entries(weights).map(([weight, all]) => [weight, all.length])).toEqual([
      ['provoked', 32],
      ['rescued', 64],
      ['seen', 152],
    ])
    finish(observer, exchangeOf({ status: 404, cause: 'route-not-found' }))
    expect(observer.takeRecords()).toHaveLength(1)
  })
})

describe('a success that took unusually long', () => {
  const usual = (observer: Observer, totalMs = 3): void => {
    for (let count = 0; count < 300; count++) finish(observer, exchangeOf({ totalMs }))
    observer.takeSeries()
  }

  test('is told, with what is usual', () => {
    const observer = observerOf()
    usual(observer)
    finish(observer, exchangeOf({ totalMs: 60 }))
    const [record] = observer.takeRecords()
    expect(record).toMatchObject({ cause: null, status: 200, ms: 60 })
    expect(record?.usualMs).toBeCloseTo(4.95)
    expect(record !== undefined && weigh(record)).toBe('slow')
  })

  test('is nothing as long as too little is known of the route', () => {
    const observer = observerOf()
    for (let count = 0; count < 100; count++) finish(observer, exchangeOf())
    observer.takeSeries()
    finish(observer, exchangeOf({ totalMs: 60 }))
    expect(observer.takeRecords()).toEqual([])
  })

  test('is nothing where all take about as long', () => {
    const observer = observerOf()
    usual(observer, 60)
    for (const totalMs of [61, 70, 100, 119]) finish(observer, exchangeOf({ totalMs }))
    expect(observer.takeRecords()).toEqual([])
  })

  test('is told only if it is slower than those before, and of few at a time', () => {
    const observer = observerOf()
    usual(observer)
    for (const totalMs of [60, 50, 60, 70, 65]) finish(observer, exchangeOf({ totalMs }))
    expect(observer.takeRecords().map(({ ms }) => ms)).toEqual([60, 70])
    for (let totalMs = 100; totalMs < 200; totalMs++) finish(observer, exchangeOf({ totalMs }))
    expect(observer.takeRecords()).toHaveLength(8)
  })

  test('is no tunnel and no stream of events', () => {
    const observer = observerOf()
    usual(observer)
    finish(observer, exchangeOf({ totalMs: 60_000, status: 101 }))
    finish(observer, exchangeOf({ totalMs: 60_000, request: { accept: 'text/event-stream' } }))
    expect(observer.takeRecords()).toEqual([])
  })

  test('is measured against its own route', () => {
    const observer = observerOf()
    usual(observer)
    finish(observer, exchangeOf({ totalMs: 60, route: routeOf('report') }))
    expect(observer.takeRecords()).toEqual([])
  })
})

describe('a traced exchange', () => {
  const trace = { id: 'a'.repeat(32), parent: '', span: `${'b'.repeat(14)}00`, scheme: 'http' } as const
  const traced = (wanted: Parameters<typeof exchangeOf>[0] = {}): Exchange => Object.assign(exchangeOf(wanted), { trace })

  test('that went well is told for its trace alone', () => {
    const observer = observerOf()
    finish(observer, traced(), exchangeOf())
    expect(observer.takeRecords()).toEqual([])
    expect(observer.takeTraced()).toMatchObject([{ trace, traceId: trace.id, cause: null }])
    expect(observer.takeTraced()).toEqual([])
  })

  test('that failed is told once, and its trace with it', () => {
    const observer = observerOf()
    finish(observer, traced({ status: 502, cause: 'connect-refused' }))
    expect(observer.takeRecords()).toMatchObject([{ trace, cause: 'connect-refused' }])
    expect(observer.takeTraced()).toEqual([])
  })

  test('that failed is told for its trace where there is no room for it otherwise', () => {
    const observer = observerOf()
    for (let count = 0; count < 40; count++) finish(observer, traced({ status: 404, cause: 'route-not-found' }))
    expect(observer.takeRecords()).toHaveLength(32)
    expect(observer.takeTraced()).toHaveLength(8)
  })

  test('beyond some hundreds at once is only counted', () => {
    const observer = observerOf()
    for (let count = 0; count < 520; count++) finish(observer, traced())
    expect(observer.takeTraced()).toHaveLength(512)
    expect(counted(observer.takeSeries())['gatewell.telemetry.dropped{}']).toBe(8)
  })

  test('of a trace that nobody wants recorded says where it stands in it', () => {
    const observer = observerOf()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'
    finish(observer, exchangeOf({ request: { traceparent }, status: 502, cause: 'connect-refused' }))
    const place = { id: '4bf92f3577b34da6a3ce929d0e0e4736', parent: '00f067aa0ba902b7', span: '' }
    expect(observer.takeRecords()).toMatchObject([{ trace: place, traceId: place.id }])
  })
})

describe('an answer after retries', () => {
  test('counts each attempt and retry, and as rescued from its first cause', () => {
    const observer = observerOf()
    const last = attemptOf({ endpoint: endpointOf(3002), ordinal: 3 })
    finish(observer, exchangeOf({ attempts: [failedAttempt(3000, 1), failedAttempt(3001, 2), last] }))
    const counts = counted(observer.takeSeries())
    expect(counts).toMatchObject({
      'http.server.request.duration{GET,200,all,}': 1,
      'gatewell.attempts{app,new}': 3,
      'gatewell.retries{connect-refused,app}': 2,
      'gatewell.rescued{connect-refused,app}': 1,
    })
    expect(Object.keys(counts).filter((name) => name.startsWith('gatewell.failures'))).toEqual([])
    expect(observer.takeRecords()[0]).toMatchObject({ cause: null, status: 200, attempts: [{}, {}, { status: 200 }] })
  })
})

describe('an error of the server that is relayed as it is', () => {
  test('has its status as error.type', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ status: 500, attempts: [attemptOf({ endpoint: endpointOf(), status: 500 })] }))
    expect(counted(observer.takeSeries())).toMatchObject({ 'http.server.request.duration{GET,500,all,500}': 1 })
  })
})

describe('numbers', () => {
  test('are taken as differences: what was taken is not told again', () => {
    const observer = observerOf()
    finish(observer, exchangeOf({ bytesIn: 5, bytesOut: 7 }))
    observer.accepted()
    expect(counted(observer.takeSeries())).toMatchObject({
      'gatewell.body.io{receive}': 5,
      'gatewell.body.io{transmit}': 7,
      'gatewell.connections.accepted{}': 1,
    })
    expect(observer.takeSeries()).toEqual([])
    finish(observer, exchangeOf({ bytesIn: 1 }))
    expect(counted(observer.takeSeries())).toMatchObject({
      'gatewell.body.io{receive}': 1,
      'http.server.request.duration{GET,200,all,}': 1,
    })
  })

  test('that were taken do not change any more', () => {
    const observer = observerOf()
    observer.accepted()
    const taken = observer.takeSeries()
    observer.accepted()
    expect(counted(taken)).toEqual({ 'gatewell.connections.accepted{}': 1 })
  })

  test('of now go up and down', () => {
    const observer = observerOf()
    const exchange = exchangeOf()
    observer.accepted()
    observer.accepted()
    observer.began(exchange)
    observer.tunnelOpened()
    observer.replayBytes = 9
    expect(counted(observer.gauges('2'))).toEqual({
      'http.server.active_requests{2}': 1,
      'gatewell.connections.open{2}': 2,
      'gatewell.tunnels.open{2}': 1,
      'gatewell.replay.held{2}': 9,
    })
    observer.tunnelClosed()
    observer.finish(exchange)
    observer.closed()
    expect(counted(observer.gauges('2'))).toMatchObject({
      'http.server.active_requests{2}': 0,
      'gatewell.connections.open{2}': 1,
      'gatewell.tunnels.open{2}': 0,
    })
  })
})
