import { describe, expect, test } from 'vitest'
import { MetricLedger } from '../../src/control/metric-ledger.ts'
import { METRICS, type MetricName } from '../../src/gateway/observe/metric.ts'
import type { Series } from '../../src/gateway/observe/series.ts'

function counter(value: number, ...labels: string[]): Series {
  return { metric: 'gatewell.attempts', labels, values: Float64Array.of(value) }
}

function gauge(value: number, worker: string): Series {
  return { metric: 'gatewell.connections.open', labels: [worker], values: Float64Array.of(value) }
}

function valuesOf(ledger: MetricLedger, metric: MetricName): Record<string, number[]> {
  return Object.fromEntries((ledger.read().get(metric) ?? []).map(({ labels, values }) => [labels.join(), [...values]]))
}

describe('the ledger', () => {
  test('adds up what workers counted, by labels', () => {
    const ledger = new MetricLedger()
    ledger.add([counter(1, 'app', 'new'), counter(5, 'app', 'reused')])
    ledger.add([counter(2, 'app', 'new')])
    expect(valuesOf(ledger, 'gatewell.attempts')).toEqual({ 'app,new': [3], 'app,reused': [5] })
  })

  test('adds histograms bucket by bucket', () => {
    const ledger = new MetricLedger()
    const values = (...counts: number[]): Series => ({
      metric: 'gatewell.wait.duration',
      labels: ['app'],
      values: Float64Array.from(counts),
    })
    ledger.add([values(1, 0, 2, 0.5)])
    ledger.add([values(0, 3, 1, 0.25)])
    expect(valuesOf(ledger, 'gatewell.wait.duration')).toEqual({ app: [1, 3, 3, 0.75] })
  })

  test('keeps what a worker counted when it is gone, and forgets its values of now', () => {
    const ledger = new MetricLedger()
    ledger.add([counter(1, 'app', 'new')])
    ledger.setGauges(1, [gauge(7, '1')])
    ledger.forget(1)
    expect(valuesOf(ledger, 'gatewell.attempts')).toEqual({ 'app,new': [1] })
    expect(valuesOf(ledger, 'gatewell.connections.open')).toEqual({})
  })

  test('adds the values of now of a draining worker and its successor, who share a place', () => {
    const ledger = new MetricLedger()
    ledger.setGauges(1, [gauge(7, '1')])
    ledger.setGauges(2, [gauge(3, '1')])
    ledger.setGauges(3, [gauge(1, '2')])
    expect(valuesOf(ledger, 'gatewell.connections.open')).toEqual({ 1: [10], 2: [1] })
    ledger.setGauges(2, [gauge(4, '1')])
    expect(valuesOf(ledger, 'gatewell.connections.open')).toEqual({ 1: [11], 2: [1] })
  })

  test('does not change what it was given', () => {
    const ledger = new MetricLedger()
    const first = counter(1, 'app', 'new')
    ledger.add([first])
    ledger.add([counter(1, 'app', 'new')])
    expect([...first.values]).toEqual([1])
  })

  test('reads in the order of the table', () => {
    expect([...new MetricLedger().read().keys()]).toEqual(Object.keys(METRICS))
  })
})
