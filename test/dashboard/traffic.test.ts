import { describe, expect, test } from 'vitest'
import { NO_TOTALS, percentile, sampleOf, totalsOf } from '../../src/control/admin/traffic.ts'
import { MetricLedger } from '../../src/control/metric-ledger.ts'
import { DURATION_BOUNDS } from '../../src/gateway/observe/metric.ts'
import type { Series } from '../../src/gateway/observe/series.ts'
import { createHistogram, record } from '../../src/std/histogram.ts'

function requests(labels: readonly string[], ...seconds: number[]): Series {
  const values = createHistogram(DURATION_BOUNDS)
  for (const one of seconds) record(values, DURATION_BOUNDS, one)
  return { metric: 'http.server.request.duration', labels, values }
}

describe('a sample of the traffic', () => {
  test('has only what came since the reading before', () => {
    const ledger = new MetricLedger()
    ledger.add([requests(['GET', '200', '/*', ''], 0.2, 0.2)])
    const before = totalsOf(ledger.read())
    ledger.add([requests(['GET', '200', '/*', ''], 0.02), requests(['GET', '502', '/*', 'connection_refused'], 0.001)])
    ledger.count('gatewell.failures', 'connect-refused', 'upstream', 'shop')
    ledger.count('gatewell.rescued', 'truncated-body', 'shop')
    const sample = sampleOf(before, totalsOf(ledger.read()), 5_000, 1)
    expect(sample).toMatchObject({ requests: 2, statuses: { '2xx': 1, '5xx': 1 }, seen: 1 })
    expect(sample).toMatchObject({ errors: { 'connect-refused': 1 }, rescued: { 'truncated-body': 1 } })
  })

  test("counts an error of the server that was passed on as seen, and a client's own doing not", () => {
    const ledger = new MetricLedger()
    ledger.add([requests(['GET', '500', '/*', '500'], 0.1)])
    ledger.count('gatewell.failures', 'client-closed', 'downstream', 'shop')
    const { errors, seen } = sampleOf(NO_TOTALS, totalsOf(ledger.read()), 0, 1)
    expect(errors).toEqual({ 'upstream-5xx': 1, 'client-closed': 1 })
    expect(seen).toBe(1)
  })

  test('names the endpoints that had attempts, and those that failed', () => {
    const ledger = new MetricLedger()
    const attempt = (status: string, endpoint: string, errorType: string): Series => ({
      ...requests(['GET', status, 'shop', endpoint, errorType], 0.1),
      metric: 'http.client.request.duration',
    })
    ledger.add([attempt('200', 'http://one', ''), attempt('', 'http://one', 'connection_refused')])
    const { endpoints } = sampleOf(NO_TOTALS, totalsOf(ledger.read()), 0, 1)
    expect(endpoints).toEqual([{ upstream: 'shop', endpoint: 'http://one', attempts: 2, failed: 1 }])
  })
})

describe('a percentile', () => {
  const of = (...seconds: number[]): number[] => [...requests([], ...seconds).values].slice(0, DURATION_BOUNDS.length + 1)

  test('lies within the bucket that it falls into', () => {
    expect(percentile(of(0.06, 0.06, 0.2, 0.2), 0.5)).toBe(75)
    expect(percentile(of(0.06, 0.06, 0.2, 0.2), 0.75)).toBe(175)
  })

  test('is the last bound where nothing is above it, and nothing without requests', () => {
    expect(percentile(of(60), 0.5)).toBe(10_000)
    expect(percentile(of(), 0.5)).toBeNull()
  })
})
