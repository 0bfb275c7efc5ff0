/**
 * The plan: what a checked configuration compiles to. Plain frozen data, so it can cross to another process as it is.
 * Durations are milliseconds, sizes are bytes, shares are fractions of one. 0 for a limit in time means none.
 */

import type { Address } from '../net/address.ts'
import type { ResolverOptions } from '../net/resolver.ts'

export type { Address }

export type ListenerPlan = {
  /** As people write it, for logs: `127.0.0.1:8080`. */
  readonly name: string
  readonly address: Address
}

export type EndpointPlan = {
  /** As configured and shown: `http://10.0.0.1:3000` or `http://unix:/run/app.sock`. Unique within its upstream. */
  readonly url: string
  readonly address: Address
  /** 1 is normal; twice the weight, twice the share. */
  readonly weight: number
}

export type Balance = 'peak-ewma' | 'round-robin' | 'least-requests'

export type TimeoutsPlan = {
  readonly connectMs: number
  /** From the request sent to the head of the answer. */
  readonly responseMs: number
  /** Between two pieces of a body. */
  readonly idleMs: number
  /** Silence on a WebSocket or another tunnel, and on an event stream. */
  readonly tunnelMs: number
  /** The whole exchange with all its attempts, until the head of the answer goes out. */
  readonly totalMs: number
}

export type RetryOn = 'connect' | 'reset' | 'timeout' | 502 | 503 | 504

export type RetryPlan = {
  /** Tries in all: 3 means two more after the first. 1 switches retries off. */
  readonly attempts: number
  readonly on: readonly RetryOn[]
  /** Retries allowed as a fraction of the requests of the last 10 s, above a floor of `budgetMinPerSecond`. */
  readonly budgetShare: number
  readonly budgetMinPerSecond: number
  /** Holds an answer of declared length up to `holdBytesMax` until it is whole, so that a truncated one can be tried again. */
  readonly isHolding: boolean
  readonly holdBytesMax: number
  readonly holdMs: number
  /** The most of a request body kept for sending it again. */
  readonly replayBytesMax: number
}

export type UpstreamPlan = {
  readonly name: string
  readonly endpoints: readonly EndpointPlan[]
  readonly balance: Balance
  readonly timeouts: TimeoutsPlan
  readonly retry: RetryPlan
  /** The longest an idle connection is kept for reuse; what an endpoint announces or teaches shortens it. */
  readonly keepAliveMs: number
  /** Idle connections kept for each endpoint. */
  readonly keepAliveMax: number
  /** Sends the client's Host on; otherwise the endpoint's own `host:port`. */
  readonly isHostKept: boolean
}

export type Responder =
  | { readonly kind: 'upstream'; readonly upstream: string }
  | { readonly kind: 'redirect'; readonly status: 301 | 302 | 307 | 308; readonly location: string }
  | { readonly kind: 'respond'; readonly status: number; readonly contentType: string; readonly body: string }

export type RoutePlan = {
  /** Stable and readable, for metrics and logs: `shop.example.com/api/*`. */
  readonly name: string
  /** Lower case: exact, `*.example.com`, or '' for any. */
  readonly host: string
  /** Exact, a prefix with a trailing `*`, or '' for any. */
  readonly path: string
  readonly to: Responder
  readonly bodyBytesMax: number
  /** The text of an own error page (HTML with placeholders), or null for the built-in one. */
  readonly errorPage: string | null
}

export type LimitsPlan = {
  readonly requestLineBytesMax: number
  readonly headBytesMax: number
  readonly fieldsMax: number
  /** For a request that no route has matched yet, and the default of every route. */
  readonly bodyBytesMax: number
  /** From the first byte of a head, or from the connection's beginning, to its last byte. */
  readonly headerMs: number
  /** Between two pieces of a request's body. */
  readonly bodyIdleMs: number
  readonly keepAliveMs: number
  /** After so many requests a connection is closed politely. */
  readonly requestsPerConnectionMax: number
  readonly connectionsMax: number
  /** All bodies kept for replay, together. */
  readonly replayBytesMax: number
}

export type ErrorsPlan = {
  /** Shows the cause id in `Proxy-Status` details and in the bodies. */
  readonly isDetailed: boolean
  readonly page: string | null
}

export type AccessLogPlan = {
  readonly format: 'json' | 'combined'
  /** `all`: every request. `errors`: those that ended in a failure or took more than one attempt. `off`: none. */
  readonly what: 'all' | 'errors' | 'off'
  /** A file to append to, or null for standard output. */
  readonly file: string | null
}

export type ResolverPlan = ResolverOptions

export type AdminPlan = { readonly address: Address | null; readonly token: string | null }

export type Plan = {
  /** What `Via` and `Proxy-Status` call this gateway. */
  readonly name: string
  /** Tells this running gateway from every other in `Via`, so that a loop is recognised. */
  readonly instance: string
  readonly listeners: readonly ListenerPlan[]
  readonly upstreams: readonly UpstreamPlan[]
  readonly routes: readonly RoutePlan[]
  readonly limits: LimitsPlan
  readonly errors: ErrorsPlan
  /** Peers whose forwarding fields are believed: CIDR blocks. */
  readonly trustedProxies: readonly string[]
  readonly resolver: ResolverPlan
  readonly accessLog: AccessLogPlan
  readonly admin: AdminPlan
  readonly workers: number
}
