/** The schema of gatewell.yaml: every key with its meaning and default. The validator, the JSON Schema and the reference come from here. */
import * as z from 'zod'
import {
  ACCESS_LOG,
  ERRORS,
  LIMITS,
  LISTEN,
  NAME,
  REDIRECT_STATUS,
  RESOLVER,
  RESPOND,
  RETRY,
  TIMEOUTS,
  UPSTREAM,
  WEIGHT,
} from './defaults.ts'
import {
  adminAddress,
  anySize,
  block,
  contentType,
  count,
  duration,
  endpointUrl,
  filePath,
  host,
  listenAddress,
  location,
  name,
  nameServer,
  path,
  share,
  size,
  toggle,
  token,
  workers,
} from './scalar.ts'

/** Digits in quotes are what an environment variable gives. */
const toNumber = (input: unknown): unknown => (typeof input === 'string' && /^\d{3}$/.test(input) ? Number(input) : input)

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
    url: endpointUrl().describe('`http://host:port`, or `unix:/run/app.sock`.'),
    weight: count(WEIGHT, 1, 1_000).describe('Twice the weight, twice the share.'),
  })
  .transform(({ url, weight }) => ({ ...url, weight }))

const Upstream = z.strictObject({
  endpoints: z
    .array(z.union([endpointUrl(), WeightedEndpoint]).describe('Write a URL such as `http://10.0.0.1:3000`, or `{ url, weight }`.'))
    .min(1)
    .describe('Where the service runs, one or several addresses: `http://10.0.0.1:3000`, `unix:/run/app.sock`, or `{ url, weight }`.'),
  balance: z
    .enum(['peak-ewma', 'round-robin', 'least-requests'])
    .prefault(UPSTREAM.balance)
    .describe('Who gets the next request: the quicker of two by recent latency, each in turn, or the one with fewer requests under way.'),
  timeouts: Timeouts.prefault({}).describe('How long to wait, phase by phase. Each has a cause of its own when it runs out.'),
  retry: Retry.prefault({}).describe('When a failed request is sent again, to another endpoint first.'),
  keepAlive: KeepAlive.prefault({}).describe('Connections kept open for the next request.'),
  host: z
    .enum(['keep', 'endpoint'])
    .prefault(UPSTREAM.isHostKept ? 'keep' : 'endpoint')
    .describe("The Host that the endpoint sees: the client's, or the endpoint's own `host:port`."),
})

const Redirect = z.strictObject({
  redirect: location().describe('Where to send the client: a URL, or a path on the same host.'),
  status: z
    .preprocess(toNumber, z.literal([301, 302, 307, 308]))
    .prefault(REDIRECT_STATUS)
    .describe('301 and 308 are remembered by browsers; 307 and 308 keep the method.'),
})

const Respond = z.strictObject({
  respond: z
    .strictObject({
      status: count(RESPOND.status, 200, 599).describe('The status of the answer.'),
      body: z.string().prefault(RESPOND.body).describe('The text of the answer.'),
      contentType: contentType(RESPOND.contentType).describe('The Content-Type of the answer.'),
    })
    .describe('A fixed answer, given by Gatewell itself.'),
})

const OWN_PAGE =
  'An HTML file, read at start and on reload, in which `{{status}}`, `{{title}}`, `{{message}}`, `{{cause}}`, `{{request_id}}` and `{{retry_after}}` are filled in.'

const Route = z.strictObject({
  host: host().optional().describe('`shop.example.com`, or `*.example.com` for every name below it. Without it: every host.'),
  path: path().optional().describe('Exact (`/login`), or a prefix with one `*` at its end (`/api/*`). Without it: every path.'),
  to: z
    .union([z.string(), Redirect, Respond])
    .describe('The name of an upstream, `{ redirect: URL, status }`, or `{ respond: { status, body, contentType } }`.'),
  body: anySize().optional().describe('The largest request body taken. Without it: `limits.body`.'),
  errorPage: filePath().optional().describe(`A page of your own for errors on this route. ${OWN_PAGE} Without it: \`errors.page\`.`),
})

const Limits = z.strictObject({
  requestLine: size(LIMITS.requestLineBytesMax).describe('The longest request line. A longer one is answered with 414.'),
  head: size(LIMITS.headBytesMax).describe('The largest head of a request. A larger one is answered with 431.'),
  fields: count(LIMITS.fieldsMax, 1, 10_000).describe('The most fields in the head of a request.'),
  body: size(LIMITS.bodyBytesMax).describe('The largest request body, unless its route says otherwise. A larger one is answered with 413.'),
  headTimeout: duration(LIMITS.headerMs).describe(
    'How long a client may take to send the head of its request. 0 for no limit, here and below.',
  ),
  bodyIdle: duration(LIMITS.bodyIdleMs).describe('The longest pause between two pieces of a request body.'),
  keepAlive: duration(LIMITS.keepAliveMs).describe("How long a client's idle connection is kept open."),
  requests: count(LIMITS.requestsPerConnectionMax, 1, 1_000_000_000).describe(
    'The most requests on one connection, which then is closed politely.',
  ),
  connections: count(LIMITS.connectionsMax, 1, 1_000_000).describe('The most client connections open at a time, for each worker.'),
  replay: size(LIMITS.replayBytesMax).describe('Memory for request bodies kept in case they have to be sent again, for each worker.'),
})

const Admin = z.strictObject({
  listen: adminAddress().describe('Where health, metrics and the API are served. `off` for nowhere.'),
  token: token().optional().describe('What callers show as `Authorization: Bearer`. Needed as soon as `listen` is not a loopback address.'),
})

const ErrorAnswers = z.strictObject({
  details: toggle(ERRORS.isDetailed).describe('Names the cause in error answers: in `Proxy-Status` and in the body.'),
  page: filePath().optional().describe(`A page of your own for errors. ${OWN_PAGE} Without it: the built-in one.`),
})

const Resolver = z.strictObject({
  servers: z
    .array(nameServer())
    .prefault([...RESOLVER.servers])
    .describe("Name servers to ask. Without them: the machine's own resolver, with its hosts file."),
  timeout: duration(RESOLVER.timeoutMs, 1).describe('How long a lookup may take.'),
  ttlMin: duration(RESOLVER.ttlMinMs).describe('The shortest time for which an answer is kept, whatever its own time to live.'),
  ttlMax: duration(RESOLVER.ttlMaxMs).describe('The longest time for which an answer is kept.'),
})

const AccessLog = z.strictObject({
  file: filePath().optional().describe('A file to append to, reopened on SIGUSR1. Without it: standard output.'),
  format: z
    .enum(['json', 'combined'])
    .prefault(ACCESS_LOG.format)
    .describe('One JSON object a line, or the format that Apache and nginx call combined.'),
  what: z
    .enum(['all', 'errors', 'off'])
    .prefault(ACCESS_LOG.what)
    .describe('Every request; those that failed or took more than one attempt; or none.'),
})

const UPSTREAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export const ConfigSchema = z.strictObject({
  name: name(NAME).describe('What this gateway is called in `Via` and `Proxy-Status`.'),
  listen: z
    .union([listenAddress(), z.array(listenAddress()).min(1)])
    .prefault(LISTEN)
    .describe(
      'Where clients connect, one address or a list: `:80` (every interface), `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/gatewell.sock`.',
    ),
  admin: Admin.prefault({}).describe('The address for those who operate the gateway.'),
  upstreams: z
    .record(z.string().regex(UPSTREAM_NAME), Upstream)
    .prefault({})
    .describe('The services behind the gateway, each under a name of your choice.'),
  routes: z
    .array(Route)
    .prefault([])
    .describe('Which request goes where. The first route that matches wins; without a match the answer is 404.'),
  trustedProxies: z
    .array(block())
    .prefault([])
    .describe(
      'Proxies in front of this one, as addresses or blocks. Only from them are X-Forwarded-For, Forwarded and X-Request-Id believed.',
    ),
  limits: Limits.prefault({}).describe('What a client may ask of the gateway.'),
  errors: ErrorAnswers.prefault({}).describe('The error answers that Gatewell makes itself.'),
  resolver: Resolver.prefault({}).describe('How the names of endpoints are looked up.'),
  accessLog: AccessLog.prefault({}).describe('The record of requests.'),
  workers: workers().describe('Processes that carry traffic. `auto` is one for each core; 0 carries it in the control process.'),
})

/** A checked configuration: durations in milliseconds, sizes in bytes, shares as fractions, every default in place. */
export type Config = z.output<typeof ConfigSchema>
