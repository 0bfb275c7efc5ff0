/**
 * The plan: what a checked configuration compiles to. Plain frozen data, so it can cross to another process as it is.
 * Durations are milliseconds, sizes are bytes, shares are fractions of one. 0 for a limit in time means none.
 */

import type { Address, EndpointAddress } from '../net/address.ts'
import type { ResolverOptions } from '../net/resolver.ts'
import type { AlertsPlan } from './alert-plan.ts'
import type { StatusPlan } from './status-plan.ts'
import type { TelemetryPlan } from './telemetry-plan.ts'
import type { WorthPlan } from './worth-plan.ts'

export type { Address }

export type ListenerPlan = {
  /** As people write it, for logs: `127.0.0.1:8080`. */
  readonly name: string
  readonly address: Address
}

export type EndpointPlan = {
  /** As configured and shown: `http://10.0.0.1:3000` or `http://unix:/run/app.sock`. Unique within its upstream. */
  readonly url: string
  /** One that has to be looked up may come to stand for several endpoints. */
  readonly address: EndpointAddress
  /** 1 is normal; twice the weight, twice the share. */
  readonly weight: number
  /** Gets requests only while no other endpoint is usable. */
  readonly isBackup: boolean
}

export type Balance = 'peak-ewma' | 'round-robin' | 'least-requests' | 'hash'

/** What `balance: hash` tells clients apart by. A request without that field or cookie goes by its client's address. */
export type HashPlan = { readonly by: 'address' | 'header' | 'cookie'; readonly name: string }

/** A cookie that brings a client back to the endpoint that it came from. `maxAgeMs` 0: until the browser is closed. */
export type StickyPlan = { readonly cookie: string; readonly maxAgeMs: number }

export type HealthPlan = {
  /** `tcp`: a connection opens. `http`: a GET of `path` is answered as wanted. `off`: endpoints are judged by their traffic alone. */
  readonly kind: 'tcp' | 'http' | 'off'
  readonly path: string
  /** What the probe says in Host, or null for the endpoint's own `host:port`. */
  readonly host: string | null
  /** Statuses that pass, both ends included. */
  readonly statusMin: number
  readonly statusMax: number
  /** What the first 64 KiB of the body must contain, or null. */
  readonly body: string | null
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Probes in a row that make an endpoint unhealthy, and healthy again. */
  readonly unhealthyAfter: number
  readonly healthyAfter: number
}

/** Learning from traffic: after failures in a row an endpoint is left out for a while, longer each time. */
export type EjectionPlan = {
  readonly isOn: boolean
  /** Failures in a row that the gateway saw itself (connect, reset, timeout), and error answers in a row (502, 503, 504). */
  readonly failures: number
  readonly errors: number
  /** For the first time, and the longest; each time in a row adds `baseMs`. */
  readonly baseMs: number
  readonly maxMs: number
  /** Of the endpoints that may be out at a time. Never the last one. */
  readonly shareMax: number
}

export type ConcurrencyPlan = {
  /** `adaptive`: found from latency, at most `limitMax`. `fixed`: `limitMax`. `off`: none. */
  readonly kind: 'adaptive' | 'fixed' | 'off'
  /** Requests in flight to the whole upstream, for each worker: the most, and for `adaptive` the least and the first limit. */
  readonly limitMax: number
  readonly limitMin: number
  readonly limitInitial: number
  /** Requests that may wait behind the limit, and for how long. */
  readonly queueMax: number
  readonly queueMs: number
}

/** Waiting for an upstream that has lost its last usable endpoint. */
export type HoldPlan = {
  /** From the loss; who comes later fails at once. 0 switches holding off. */
  readonly windowMs: number
  /** The longest for a request that is safe to repeat, and for any other that has not been sent. */
  readonly idempotentMs: number
  readonly unsafeMs: number
  /** Requests that may wait at a time, for each worker. */
  readonly requestsMax: number
}

/** A second attempt at another endpoint while the first is still silent, for idempotent requests without a body. */
export type HedgePlan = {
  readonly isOn: boolean
  /** After so long; 0: after the upstream's recent 95th percentile. */
  readonly afterMs: number
}

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
  readonly hash: HashPlan
  readonly sticky: StickyPlan | null
  readonly health: HealthPlan
  readonly ejection: EjectionPlan
  /** Below this share of usable endpoints all of them are used. */
  readonly panicShare: number
  /** How long an endpoint that comes (back) takes to get its full share. */
  readonly slowStartMs: number
  readonly concurrency: ConcurrencyPlan
  /** For each endpoint and worker; 0: no limit. */
  readonly endpointConnectionsMax: number
  readonly endpointInflightMax: number
  readonly hold: HoldPlan
  readonly hedge: HedgePlan
  readonly timeouts: TimeoutsPlan
  readonly retry: RetryPlan
  /** The longest an idle connection is kept for reuse; what an endpoint announces or teaches shortens it. */
  readonly keepAliveMs: number
  /** Idle connections kept for each endpoint. */
  readonly keepAliveMax: number
  /** Sends the client's Host on; otherwise the endpoint's own `host:port`. */
  readonly isHostKept: boolean
  /** What the service cannot do without; asked only after a failure. */
  readonly dependencies: readonly DependencyPlan[]
  /** Where its pool of PHP-FPM tells of itself, or null; asked only after a failure. */
  readonly phpStatus: string | null
}

/** `url` without user and password. */
export type DependencyPlan = {
  readonly url: string
  readonly kind: 'tcp' | 'postgres' | 'mysql' | 'redis'
  readonly host: string
  readonly port: number
}

export type Responder =
  | { readonly kind: 'upstream'; readonly upstream: string }
  | { readonly kind: 'redirect'; readonly status: 301 | 302 | 307 | 308; readonly location: string }
  | { readonly kind: 'respond'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'status-page' }

export type Criticality = 'low' | 'normal' | 'high'

export type RoutePlan = {
  /** Stable and readable, for metrics and logs: `shop.example.com/api/*`. */
  readonly name: string
  /** Lower case: exact, `*.example.com`, or '' for any. */
  readonly host: string
  /** Exact, a prefix with a trailing `*`, or '' for any. */
  readonly path: string
  readonly to: Responder
  readonly bodyBytesMax: number
  /** Who waits last and is turned away last. `auto`: crawlers low, unsafe methods high, all else normal. */
  readonly criticality: Criticality | 'auto'
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

export type AdminPlan = {
  readonly address: Address | null
  readonly token: string | null
  /** What assistants may do there. */
  readonly mcp: 'off' | 'read' | 'change'
}

export type DrainPlan = {
  /** Between readiness failing and the end of accepting, for a load balancer in front to notice. */
  readonly delayMs: number
  /** What exchanges in flight get. */
  readonly graceMs: number
}

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
  readonly drain: DrainPlan
  readonly alerts: AlertsPlan
  /** Null: there is no status page. */
  readonly status: StatusPlan | null
  readonly telemetry: TelemetryPlan
  readonly worth: WorthPlan
  /** `sqlite`, or the URL of a Postgres database, with its password. */
  readonly store: string
  /** Reloads when the configuration file changes. */
  readonly isWatched: boolean
  readonly workers: number
}
