/** What metrics tell of upstreams that are full, of who was shed, and of connections that were turned away. */
import { expect, it } from 'vitest'
import { failure } from '../../src/causes/failure.ts'
import { CONCURRENCY } from '../../src/config/defaults.ts'
import { Observer } from '../../src/gateway/observe/observer.ts'
import type { Series } from '../../src/gateway/observe/series.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { exchangeOf } from '../observe/exchange.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

function numberOf(series: readonly Series[], metric: string, ...labels: string[]): number | undefined {
  return series.find((one) => one.metric === metric && labels.every((label) => one.labels.includes(label)))?.values[0]
}

it('tells the limit of an upstream, how many are inside, and how many wait', async () => {
  const origin = closing(await startOrigin(() => {}))
  const concurrency = { ...CONCURRENCY, kind: 'fixed', limitMax: 2 } as const
  const { gateway, port } = closing(await startGateway({ endpoints: [origin.port], upstream: { concurrency } }))
  for (let i = 0; i < 3; i++) closing(await RawClient.open(port)).send(GET)
  await until('one waits', () => numberOf(gateway.gauges('1'), 'gatewell.upstream.queued', 'app', '1') === 1)
  expect(numberOf(gateway.gauges('1'), 'gatewell.upstream.limit', 'app')).toBe(2)
  expect(numberOf(gateway.gauges('1'), 'gatewell.upstream.inflight', 'app')).toBe(2)
  expect(numberOf(gateway.gauges('1'), 'gatewell.pressure', 'event-loop')).toBe(0)
})

it('tells no limit where there is none', async () => {
  const upstream = { concurrency: { ...CONCURRENCY, kind: 'off' } } as const
  const { gateway } = closing(await startGateway({ endpoints: [1], upstream }))
  expect(numberOf(gateway.gauges('1'), 'gatewell.upstream.limit', 'app')).toBe(undefined)
})

it('counts who was shed by criticality, and how long others waited', () => {
  const observer = new Observer({ clock: new ManualClock() })
  const shed = exchangeOf({ status: 503 })
  shed.failure = failure('overload-shed', 'admit', 'safe', { criticality: 'low', monitor: 'memory' })
  observer.finish(shed)
  const waited = exchangeOf()
  waited.queuedMs = 400
  observer.finish(waited)
  const series = observer.takeSeries()
  expect(numberOf(series, 'gatewell.shed', 'low', 'app', 'memory')).toBe(1)
  expect(series.find(({ metric }) => metric === 'gatewell.queue.duration')?.values.at(-1)).toBe(0.4)
})

it('counts every connection that was turned away, and records one of each cause at a time', () => {
  const observer = new Observer({ clock: new ManualClock() })
  const turnAway = (): void => {
    for (let i = 0; i < 1_000; i++) observer.refused(failure('fd-exhaustion', 'receive', 'never', { connections: 5, limit: 5 }))
    observer.refused(failure('local-resource-exhausted', 'receive', 'never', { connections: 5, limit: 5 }))
  }
  turnAway()
  expect(observer.takeRecords().map(({ cause, status }) => [cause, status])).toEqual([
    ['fd-exhaustion', 503],
    ['local-resource-exhausted', 503],
  ])
  turnAway()
  expect(observer.takeRecords()).toHaveLength(2)
  expect(numberOf(observer.takeSeries(), 'gatewell.connections.refused')).toBe(2_002)
})
