/** The schema of gatewell.yaml: every key with its meaning and default. The validator, the JSON Schema and the reference come from here. */
import * as z from 'zod'
import { ACCESS_LOG, CRITICALITY, DRAIN, ERRORS, LIMITS, LISTEN, MCP, NAME, REDIRECT_STATUS, RESOLVER, RESPOND } from './defaults.ts'
import {
  adminAddress,
  anySize,
  block,
  contentType,
  count,
  duration,
  filePath,
  host,
  listenAddress,
  location,
  name,
  nameServer,
  path,
  size,
  storePlace,
  toggle,
  token,
  toNumber,
  workers,
  worth,
} from './scalar.ts'
import { Alerts } from './schema/alerts.ts'
import { Status } from './schema/status.ts'
import { Telemetry } from './schema/telemetry.ts'
import { Upstream } from './schema/upstream.ts'

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
  criticality: z
    .enum(['auto', 'low', 'normal', 'high'])
    .prefault(CRITICALITY)
    .describe(
      'Under overload `low` waits and is turned away first, `high` last. `auto`: crawlers low, POST and other unsafe methods high, the rest normal.',
    ),
  worth: worth().optional().describe('What its requests are worth. Without it: `worth` of the upstream, then of the whole.'),
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
  mcp: z
    .enum(['off', 'read', 'change'])
    .prefault(MCP)
    .describe('What AI assistants may do at `/mcp`: nothing, look, or change what operators can change.'),
})

const ErrorAnswers = z.strictObject({
  details: toggle(ERRORS.isDetailed).describe('Names the cause in error answers: in `Proxy-Status` and in the body.'),
  page: filePath().optional().describe(`A page of your own for errors. ${OWN_PAGE} Without it: the built-in one.`),
})

const Resolver = z.strictObject({
  servers: z
    .array(nameServer())
    .prefault([...RESOLVER.servers])
    .describe("Name servers to ask. Without them: the machine's hosts file and resolv.conf, then whatever else it has."),
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

const Drain = z.strictObject({
  delay: duration(DRAIN.delayMs).describe('How long /readyz fails before connections are refused, for a load balancer in front to notice.'),
  grace: duration(DRAIN.graceMs).describe('What requests in flight are given to finish.'),
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
  drain: Drain.prefault({}).describe('How it ends, on SIGTERM.'),
  alerts: Alerts.prefault({}).describe('Who is told of incidents. `gatewell alerts test` shows whether it works.'),
  worth: worth()
    .optional()
    .describe(
      'What requests are worth, to estimate what an incident cost: `0.05 EUR per request`; `80 EUR per order`, where each POST is an order; or `80 EUR per order, 2% of requests`. Counted is each request that failed before the eyes of a visitor.',
    ),
  status: Status.optional().describe(
    'A public page that answers "is it down for everyone or just me", also while everything else is down.',
  ),
  telemetry: Telemetry.prefault({}).describe('What is told to OpenTelemetry.'),
  store: storePlace().describe(
    'Where failures and incidents are kept: `sqlite`, in the folder of `--data`, or a Postgres database, for which the package `pg` is installed. Another place takes a restart.',
  ),
  watch: toggle(false).describe('Reloads by itself when this file changes. Without it: on SIGHUP and `gatewell reload`.'),
  workers: workers().describe('Processes that carry traffic. `auto` is one for each core; 0 carries it in the control process.'),
})

/** A checked configuration: durations in milliseconds, sizes in bytes, shares as fractions, every default in place. */
export type Config = z.output<typeof ConfigSchema>
