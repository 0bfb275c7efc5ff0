import { expect, test } from 'vitest'
import { type EndpointReport, problemsOf, type UpstreamReport } from '../../../src/control/health/health-report.ts'
import { endpointStatus, upstreamStatus } from './monitored.ts'

const probe = { asks: 'GET /up', intervalMs: 2_000, since: 1, p50Ms: null, p99Ms: null, history: [] }

function upstream(...endpoints: readonly Partial<EndpointReport>[]): UpstreamReport {
  const reports = endpoints.map((changes, index) => ({ ...endpointStatus(index + 1), probe: null, ...changes }))
  return { ...upstreamStatus([]), endpoints: reports }
}

test('an upstream with an endpoint that is usable, or that rests a moment, is no problem', () => {
  expect(problemsOf([upstream({}, { state: 'ejected' }), upstream({ state: 'resting' })])).toEqual([])
})

test('one without any is a sentence that names each endpoint and its reason', () => {
  const refused = upstream(
    { health: 'unhealthy', probe: { ...probe, lastFailure: { at: 1, saw: 'connection refused by 127.0.0.1:1' } } },
    { state: 'drained' },
    { state: 'ejected', failure: { cause: 'response-timeout', at: 1 } },
    { isDown: true, failure: { cause: 'connect-refused', at: 1 } },
  )
  expect(problemsOf([refused, upstream()])).toEqual([
    'Upstream app has no usable endpoint: http://127.0.0.1:1 (connection refused by 127.0.0.1:1), ' +
      'http://127.0.0.1:2 (drained by an operator), http://127.0.0.1:3 (response-timeout), http://127.0.0.1:4 (connect-refused).',
    'Upstream app has no endpoints.',
  ])
})
