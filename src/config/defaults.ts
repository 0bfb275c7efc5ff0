/** The defaults, written once: the schema documents them, the zero-config command starts from them, tests override them. */
import type { AlertsPlan } from './alert-plan.ts'
import type {
  AccessLogPlan,
  ConcurrencyPlan,
  DrainPlan,
  EjectionPlan,
  ErrorsPlan,
  HashPlan,
  HealthPlan,
  HedgePlan,
  HoldPlan,
  LimitsPlan,
  Plan,
  ResolverPlan,
  RetryPlan,
  TimeoutsPlan,
} from './plan.ts'
import type { MetricsPlan, TelemetryPlan, TracesPlan } from './telemetry-plan.ts'
import type { WorthPlan } from './worth-plan.ts'

const KIB = 1024
const MIB = 1024 * KIB

export const TIMEOUTS: TimeoutsPlan = { connectMs: 3_000, responseMs: 30_000, idleMs: 60_000, tunnelMs: 3_600_000, totalMs: 60_000 }

export const RETRY: RetryPlan = {
  attempts: 3,
  on: ['connect', 'reset', 'timeout', 502, 503, 504],
  budgetShare: 0.2,
  budgetMinPerSecond: 10,
  isHolding: true,
  holdBytesMax: 64 * KIB,
  holdMs: 1_000,
  replayBytesMax: 64 * KIB,
}

export const LIMITS: LimitsPlan = {
  requestLineBytesMax: 8 * KIB,
  headBytesMax: 32 * KIB,
  fieldsMax: 100,
  bodyBytesMax: 10 * 1024 * MIB,
  headerMs: 10_000,
  bodyIdleMs: 60_000,
  keepAliveMs: 75_000,
  requestsPerConnectionMax: 10_000,
  connectionsMax: 20_000,
  replayBytesMax: 64 * MIB,
}

export const ERRORS: ErrorsPlan = { isDetailed: true, page: null }

export const RESOLVER: ResolverPlan = { servers: [], timeoutMs: 2_000, ttlMinMs: 1_000, ttlMaxMs: 30_000 }

export const ACCESS_LOG: AccessLogPlan = { format: 'json', what: 'errors', file: null }

const HASH: HashPlan = { by: 'address', name: '' }

export const STICKY = { cookie: 'gatewell', maxAgeMs: 0 } as const

/** Without a path only the connection is tried: what it takes for an app to be well is the app's to say. */
export const HEALTH: HealthPlan = {
  kind: 'tcp',
  path: '',
  host: null,
  statusMin: 200,
  statusMax: 299,
  body: null,
  intervalMs: 2_000,
  timeoutMs: 5_000,
  unhealthyAfter: 3,
  healthyAfter: 2,
}

export const EJECTION: EjectionPlan = { isOn: true, failures: 5, errors: 5, baseMs: 10_000, maxMs: 300_000, shareMax: 0.5 }

export const CONCURRENCY: ConcurrencyPlan = {
  kind: 'adaptive',
  limitMax: 1_000,
  limitMin: 20,
  limitInitial: 100,
  queueMax: 1_000,
  queueMs: 5_000,
}

export const HOLD: HoldPlan = { windowMs: 10_000, idempotentMs: 10_000, unsafeMs: 5_000, requestsMax: 1_000 }

export const HEDGE: HedgePlan = { isOn: false, afterMs: 0 }

export const UPSTREAM = {
  balance: 'peak-ewma',
  hash: HASH,
  sticky: null,
  health: HEALTH,
  ejection: EJECTION,
  panicShare: 0.5,
  slowStartMs: 10_000,
  concurrency: CONCURRENCY,
  endpointConnectionsMax: 0,
  endpointInflightMax: 0,
  hold: HOLD,
  hedge: HEDGE,
  keepAliveMs: 60_000,
  keepAliveMax: 1_024,
  isHostKept: true,
  dependencies: [],
  phpStatus: null,
} as const

export const CRITICALITY = 'auto'

/** In the data folder. */
export const STORE = 'sqlite'

export const DRAIN: DrainPlan = { delayMs: 0, graceMs: 30_000 }

/** Nobody is told as long as no channel is configured. */
export const ALERTS: AlertsPlan = {
  channels: [],
  rules: [],
  after: { failures: 3, withinMs: 60_000, lastingMs: 30_000 },
  quietHours: null,
  timeZone: null,
  url: null,
  groupMs: 2_500,
  messagesMax: 10,
  messagesMs: 600_000,
  isResolveTold: true,
  remindMs: 0,
}

/** Nothing is sent as long as nobody says where to. */
export const TELEMETRY: TelemetryPlan = { otlp: null }

export const OTLP: { readonly traces: TracesPlan; readonly metrics: MetricsPlan } = {
  traces: { share: 0.1, isFailureKept: true },
  metrics: { intervalMs: 15_000 },
}

/** No incident is said to have cost anything. */
export const WORTH: WorthPlan = { routes: {}, upstreams: {}, otherwise: null }

export const WEIGHT = 1

/** Keeps the method, and no browser remembers it for ever. */
export const REDIRECT_STATUS = 307

export const RESPOND = { status: 200, contentType: 'text/plain; charset=utf-8', body: '' } as const

export const NAME = 'gatewell'
export const LISTEN = '127.0.0.1:8080'
export const ADMIN_LISTEN = '127.0.0.1:8502'
export const MCP = 'read' as const

/** All of a plan but the sites themselves: a gateway that nobody operates, in this process. */
export const PLAN: Omit<Plan, 'instance' | 'listeners' | 'upstreams' | 'routes'> = {
  name: NAME,
  limits: LIMITS,
  errors: ERRORS,
  trustedProxies: [],
  resolver: RESOLVER,
  accessLog: ACCESS_LOG,
  admin: { address: null, token: null, mcp: 'off' },
  drain: DRAIN,
  store: STORE,
  alerts: ALERTS,
  status: null,
  telemetry: TELEMETRY,
  worth: WORTH,
  isWatched: false,
  workers: 0,
}
