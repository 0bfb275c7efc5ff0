/** The schema of one upstream: where the service runs, and all that keeps its failures away from visitors. */
import * as z from 'zod'
import { CONCURRENCY, EJECTION, HEALTH, HEDGE, HOLD, RETRY, STICKY, TIMEOUTS, UPSTREAM, WEIGHT } from '../defaults.ts'
import {
  cookieName,
  count,
  dependencyUrl,
  duration,
  endpointUrl,
  fieldName,
  hostPort,
  phpStatusUrl,
  share,
  statusRange,
  targetPath,
  toggle,
  toNumber,
  worth,
} from '../scalar.ts'

const Timeouts = z.strictObject({
  connect: duration(TIMEOUTS.connectMs).describe('To look up the name and to open a connection. 0 for no limit, here and below.'),
  response: duration(TIMEOUTS.responseMs).describe('From the request sent to the head of the answer.'),
  idle: duration(TIMEOUTS.idleMs).describe('Between two pieces of a body, either way.'),
  tunnel: duration(TIMEOUTS.tunnelMs).describe('Silence on a WebSocket, another tunnel, or an event stream.'),
  total: duration(TIMEOUTS.totalMs).describe('All attempts together, until the head of the answer goes out.'),
})

const Retry = z.strictObject({
  attempts: count(RETRY.attempts, 1, 10).describe('Tries in all. 1 switches retries off.'),
  on: z
    .array(z.preprocess(toNumber, z.literal(['connect', 'reset', 'timeout', 502, 503, 504])))
    .prefault([...RETRY.on])
    .describe(
      'What is tried again: a failed connection, one that broke before its answer, an answer that did not come in time, or these statuses. A request is never sent twice where that could be unsafe, whatever stands here.',
    ),
  budget: share(RETRY.budgetShare).describe(
    `Retries as a share of the requests of the last 10 s, above a floor of ${RETRY.budgetMinPerSecond} a second.`,
  ),
  hold: toggle(RETRY.isHolding).describe(
    'Holds a short answer (up to 64KiB, at most 1s) until it is whole, so that one that breaks off can be tried again. Streams are never held.',
  ),
})

const KeepAlive = z.strictObject({
  idle: duration(UPSTREAM.keepAliveMs, 1).describe(
    'The longest an idle connection is kept. Shorter wherever the endpoint says so, or closes earlier: Gatewell learns that by itself.',
  ),
  max: count(UPSTREAM.keepAliveMax, 0, 65_535).describe('Idle connections kept for each endpoint. 0 opens a new one for every request.'),
})

const WeightedEndpoint = z
  .strictObject({
    url: endpointUrl().describe('`http://host:port`, `http+srv://_http._tcp.host` for what SRV records say, or `unix:/run/app.sock`.'),
    weight: count(WEIGHT, 1, 1_000).describe('Twice the weight, twice the share.'),
    backup: toggle(false).describe('Gets requests only while no other endpoint is usable.'),
  })
  .transform(({ url, weight, backup }) => ({ ...url, weight, isBackup: backup }))

const HealthCheck = z.strictObject({
  path: targetPath().optional().describe('What is asked for with GET. Without it only a connection is opened.'),
  host: hostPort().optional().describe("What the probe says in Host. Without it: the endpoint's own `host:port`."),
  status: statusRange(HEALTH.statusMin, HEALTH.statusMax).describe('Statuses that pass: one (`204`) or a range (`200-399`).'),
  body: z.string().min(1).optional().describe('Text that the body must contain.'),
  interval: duration(HEALTH.intervalMs, 100).describe(
    'From one probe of an endpoint to the next, give or take a tenth; a quarter of it while no endpoint is healthy.',
  ),
  timeout: duration(HEALTH.timeoutMs, 10).describe('How long one probe may take.'),
  unhealthyAfter: count(HEALTH.unhealthyAfter, 1, 100).describe('So many failed probes in a row take an endpoint out.'),
  healthyAfter: count(HEALTH.healthyAfter, 1, 100).describe(
    'So many good probes in a row bring it back; one is enough while no endpoint is healthy.',
  ),
})

const Ejection = z.strictObject({
  failures: count(EJECTION.failures, 1, 1_000).describe(
    'Failures in a row that Gatewell saw itself: no connection, a reset, no answer in time.',
  ),
  errors: count(EJECTION.errors, 1, 1_000).describe('Answers in a row with 502, 503 or 504.'),
  time: duration(EJECTION.baseMs, 1).describe('How long the endpoint is left out, times how often in a row.'),
  timeMax: duration(EJECTION.maxMs, 1).describe('The longest it is left out.'),
  share: share(EJECTION.shareMax).describe('The most endpoints of the upstream that may be out at a time. The last one always stays.'),
})

const Concurrency = z.strictObject({
  limit: z
    .union([z.literal(['auto', 'off']), z.int().min(1).max(1_000_000)])
    .prefault('auto')
    .describe('Requests in flight to this upstream, for each worker. `auto` finds the limit from how latency grows; `off` sets none.'),
  queue: count(CONCURRENCY.queueMax, 0, 1_000_000).describe('Requests that may wait behind the limit. 0: none waits.'),
  wait: duration(CONCURRENCY.queueMs).describe('The longest one may wait.'),
})

const EndpointLimits = z.strictObject({
  connections: count(UPSTREAM.endpointConnectionsMax, 0, 1_000_000).describe('Connections to one endpoint, for each worker. 0: no limit.'),
  requests: count(UPSTREAM.endpointInflightMax, 0, 1_000_000).describe('Requests in flight at one endpoint, for each worker. 0: no limit.'),
})

const Hold = z.strictObject({
  window: duration(HOLD.windowMs).describe('How long after the loss of the last usable endpoint requests still wait. 0 switches it off.'),
  get: duration(HOLD.idempotentMs).describe('The longest that GET and others wait that are safe to repeat.'),
  post: duration(HOLD.unsafeMs).describe('The longest that any other waits. It is sent once, when there is an endpoint.'),
  requests: count(HOLD.requestsMax, 0, 1_000_000).describe('Requests that may wait at a time, for each worker.'),
})

const Hash = z
  .union([
    z.literal('address'),
    z.strictObject({ header: fieldName().describe('The field whose value decides.') }),
    z.strictObject({ cookie: cookieName().describe('The cookie whose value decides.') }),
  ])
  .prefault('address')
  .describe("With `balance: hash`, what decides: the client's `address`, `{ header: NAME }` or `{ cookie: NAME }`.")

const Sticky = z.strictObject({
  cookie: cookieName().prefault(STICKY.cookie).describe('The name of the cookie.'),
  maxAge: duration(STICKY.maxAgeMs).describe('How long browsers keep it. 0: until they are closed.'),
})

export const Upstream = z.strictObject({
  endpoints: z
    .array(z.union([endpointUrl(), WeightedEndpoint]).describe('Write a URL such as `http://10.0.0.1:3000`, or `{ url, weight }`.'))
    .min(1)
    .describe(
      'Where the service runs, one or several: `http://10.0.0.1:3000`, `unix:/run/app.sock`, or `{ url, weight }`. A name with several addresses is as many endpoints.',
    ),
  balance: z
    .enum(['peak-ewma', 'round-robin', 'least-requests', 'hash'])
    .prefault(UPSTREAM.balance)
    .describe(
      'Who gets the next request: the quicker of two by recent latency, each in turn, or the one with fewer requests under way; `hash` keeps what belongs together on one endpoint.',
    ),
  hash: Hash,
  sticky: z
    .union([z.boolean(), Sticky])
    .prefault(false)
    .describe('A cookie brings a client back to the endpoint that it came from, while that is usable.'),
  health: z
    .union([z.literal(['off', false]), HealthCheck])
    .prefault({})
    .describe('Probes of the endpoints, apart from the traffic. `off`: endpoints are judged by their traffic alone.'),
  ejection: z
    .union([z.literal(['off', false]), Ejection])
    .prefault({})
    .describe('What makes traffic leave an endpoint out for a while.'),
  panic: share(UPSTREAM.panicShare).describe(
    'Below this share of usable endpoints all of them are used: too few would only fall over, too.',
  ),
  slowStart: duration(UPSTREAM.slowStartMs).describe('How long an endpoint that came back takes to get its full share.'),
  concurrency: Concurrency.prefault({}).describe('How much of it at a time: more waits, and what waited too long is turned away.'),
  endpointLimits: EndpointLimits.prefault({}).describe('What one endpoint takes.'),
  hold: Hold.prefault({}).describe('Requests wait while no endpoint is usable, as during a restart.'),
  hedge: z
    .union([z.boolean(), z.strictObject({ after: duration(HEDGE.afterMs).describe('0: after the recent 95th percentile.') })])
    .prefault(HEDGE.isOn)
    .describe('Asks a second endpoint while the first is silent for unusually long: only requests that are safe to repeat.'),
  timeouts: Timeouts.prefault({}).describe('How long to wait, phase by phase. Each has a cause of its own when it runs out.'),
  retry: Retry.prefault({}).describe('When a failed request is sent again, to another endpoint first.'),
  keepAlive: KeepAlive.prefault({}).describe('Connections kept open for the next request.'),
  dependencies: z
    .array(dependencyUrl())
    .prefault([])
    .describe(
      'What the service cannot do without, such as `postgres://db.internal`. Asked only after a failure, so that its diagnosis can say that the site is down because the database is. User and password are dropped.',
    ),
  phpStatus: phpStatusUrl()
    .optional()
    .describe(
      'Where the pool of PHP-FPM behind it tells of itself (`pm.status_path`). Asked only after a failure, so that its diagnosis can say that all PHP workers are busy.',
    ),
  worth: worth().optional().describe('What requests to it are worth. Without it: `worth` of the whole.'),
  host: z
    .enum(['keep', 'endpoint'])
    .prefault(UPSTREAM.isHostKept ? 'keep' : 'endpoint')
    .describe("The Host that the endpoint sees: the client's, or the endpoint's own `host:port`."),
})
