import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { MetricLedger } from '../../src/control/metric-ledger.ts'
import { LedgerProducer, prometheusText } from '../../src/control/prometheus.ts'
import { METRICS, type Metric, type MetricName } from '../../src/gateway/observe/metric.ts'
import { Observer } from '../../src/gateway/observe/observer.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { attemptOf, endpointOf, exchangeOf, routeOf } from '../observe/exchange.ts'
import { readExposition } from './exposition.ts'

function textOf(ledger: MetricLedger): Promise<string> {
  return prometheusText(new LedgerProducer({ ledger, version: '1.2.3', startedAt: 0 }))
}

/** A value for every metric of the table, with labels that need escaping. */
function fullLedger(): MetricLedger {
  const ledger = new MetricLedger()
  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    const labels = metric.labels.map((label) => `${label} "quoted" \\ and\nbroken`)
    const values = metric.kind === 'histogram' ? new Float64Array(16).fill(1) : Float64Array.of(1.5)
    const series = { metric: name as MetricName, labels, values }
    if (metric.kind === 'gauge') ledger.setGauges(ledger.read().size + Object.keys(METRICS).indexOf(name), [series])
    else ledger.add([series])
  }
  return ledger
}

describe('the exposition', () => {
  test('is well-formed for every metric of the table', async () => {
    const families = readExposition(await textOf(fullLedger()))
    expect(families.size).toBe(Object.keys(METRICS).length)
  })

  test.runIf(spawnSync('promtool', ['--version']).status === 0)('has nothing that promtool would criticise', async () => {
    const said = execFileSync('promtool', ['check', 'metrics'], { input: await textOf(fullLedger()), encoding: 'utf8' })
    expect(said).toBe('')
  })

  test('has the names, labels and buckets that OpenTelemetry gives, as Prometheus writes them', async () => {
    const observer = new Observer({ clock: new ManualClock() })
    for (const totalMs of [3, 30, 30_000]) {
      const exchange = exchangeOf({ route: routeOf('shop/*'), totalMs, attempts: [attemptOf({ endpoint: endpointOf(3000) })] })
      observer.began(exchange)
      observer.finish(exchange)
    }
    const ledger = new MetricLedger()
    ledger.add(observer.takeSeries())
    const family = readExposition(await textOf(ledger)).get('http_server_request_duration_seconds')
    const labels = { http_request_method: 'GET', http_response_status_code: '200', http_route: 'shop/*' }
    expect(family?.samples.get('http_server_request_duration_seconds_count')).toEqual([{ labels, value: 3 }])
    expect(family?.samples.get('http_server_request_duration_seconds_sum')).toEqual([{ labels, value: 30.033 }])
    const buckets = family?.samples.get('http_server_request_duration_seconds_bucket') ?? []
    const counts = buckets.map((bucket) => [bucket.labels.le, bucket.value])
    expect(Object.fromEntries(counts)).toEqual({
      ...{ '0.005': 1, '0.01': 1, '0.025': 1, '0.05': 2, '0.075': 2, '0.1': 2, '0.25': 2, '0.5': 2, '0.75': 2, '1': 2 },
      ...{ '2.5': 2, '5': 2, '7.5': 2, '10': 2, '+Inf': 3 },
    })
  })

  test('leaves out labels that do not apply', async () => {
    const ledger = new MetricLedger()
    ledger.add([{ metric: 'gatewell.failures', labels: ['route-not-found', 'gateway', ''], values: Float64Array.of(1) }])
    const family = readExposition(await textOf(ledger)).get('gatewell_failures_total')
    expect(family?.samples.get('gatewell_failures_total')).toEqual([{ labels: { cause: 'route-not-found', side: 'gateway' }, value: 1 }])
  })
})
