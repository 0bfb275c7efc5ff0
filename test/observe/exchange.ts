/** A finished exchange as the data plane hands it over, with what a test cares about set. */

import type { CauseId } from '../../src/causes/catalogue.ts'
import { failure } from '../../src/causes/failure.ts'
import type { EndpointPlan, UpstreamPlan } from '../../src/config/plan.ts'
import { Attempt } from '../../src/gateway/exchange/attempt.ts'
import { Exchange } from '../../src/gateway/exchange/exchange.ts'
import { Mark } from '../../src/gateway/observe/mark.ts'
import type { Pool } from '../../src/gateway/pool/pool.ts'
import { Route } from '../../src/gateway/route/route.ts'
import { Endpoint } from '../../src/gateway/upstream/endpoint.ts'
import { RequestHead } from '../../src/http/message.ts'
import { planOf } from '../support/gateway.ts'

export type Wanted = {
  readonly request?: Partial<RequestHead>
  readonly route?: Route | null
  readonly status?: number
  readonly cause?: CauseId
  readonly client?: string
  readonly bytesIn?: number
  readonly bytesOut?: number
  /** From the first byte of the request to the last of the answer. */
  readonly totalMs?: number
  /** Oldest first. */
  readonly attempts?: readonly Attempt[]
}

export function exchangeOf(wanted: Wanted = {}): Exchange {
  const exchange = new Exchange(Object.assign(new RequestHead(), { method: 'GET', target: '/', host: 'example.com' }, wanted.request))
  exchange.id = 'id-1'
  exchange.client = wanted.client ?? '192.0.2.1'
  exchange.route = wanted.route === undefined ? routeOf('all') : wanted.route
  exchange.status = wanted.status ?? 200
  exchange.failure = wanted.cause === undefined ? null : failure(wanted.cause, 'connect', 'safe', { port: 3000 })
  exchange.bytesIn = wanted.bytesIn ?? 0
  exchange.bytesOut = wanted.bytesOut ?? 0
  const attempts = [...(wanted.attempts ?? [])]
  exchange.attempt = attempts.pop() ?? null
  exchange.earlier = attempts.length === 0 ? null : attempts
  const { marks } = exchange
  marks[Mark.begin] = 1000
  marks[Mark.head] = 1000.25
  marks[Mark.end] = 1000 + (wanted.totalMs ?? 3)
  if (exchange.attempt !== null) {
    marks[Mark.pick] = exchange.attempt.beganAt
    marks[Mark.connected] = exchange.attempt.connectedAt
    marks[Mark.sent] = exchange.attempt.sentAt
    marks[Mark.answer] = exchange.attempt.answeredAt
  }
  return exchange
}

export function routeOf(name: string, upstream = 'app'): Route {
  return new Route(
    { name, host: '', path: '', to: { kind: 'upstream', upstream }, bodyBytesMax: 1, criticality: 'auto', errorPage: null },
    0,
  )
}

export function endpointOf(port = 3000): Endpoint {
  const plan: EndpointPlan = {
    url: `http://127.0.0.1:${port}`,
    address: { kind: 'tcp', host: '127.0.0.1', port },
    weight: 1,
    isBackup: false,
  }
  // Nothing here connects, so nothing asks for the pool.
  const [upstream] = planOf({ endpoints: [port] }).upstreams as [UpstreamPlan]
  const owner = { changed: () => {}, mayEject: () => false, reached: () => {} }
  return new Endpoint({ plan, upstream, owner, createPool: () => null as unknown as Pool })
}

/** One that was answered with `status`, or failed of `cause`; 2 ms long. */
export function attemptOf(options: {
  endpoint: Endpoint
  ordinal?: number
  status?: number
  cause?: CauseId
  isReused?: boolean
}): Attempt {
  const attempt = new Attempt()
  attempt.endpoint = options.endpoint
  attempt.ordinal = options.ordinal ?? 1
  attempt.isReused = options.isReused ?? false
  attempt.idleMs = attempt.isReused ? 12.5 : 0
  attempt.beganAt = 1000.5
  attempt.connectedAt = 1001
  attempt.sentAt = 1001.25
  attempt.answeredAt = options.cause === undefined ? 1002 : 0
  attempt.endedAt = 1002.5
  attempt.status = options.status ?? (options.cause === undefined ? 200 : 0)
  attempt.failure = options.cause === undefined ? null : failure(options.cause, 'connect', 'safe')
  return attempt
}
