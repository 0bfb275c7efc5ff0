/**
 * The parts of a plan under the keys of gatewell.yaml, as text: what a person compares when something has changed. The way back from
 * `compile.ts`. Secrets and whole pages are not shown; who compares sees only that they differ.
 */
import { createHash } from 'node:crypto'
import { formatAddress } from './address.ts'
import type { AlertsPlan } from './alert-plan.ts'
import { STORE } from './defaults.ts'
import type { EndpointPlan, Plan, Responder, RoutePlan, UpstreamPlan } from './plan.ts'
import type { StatusPlan } from './status-plan.ts'
import type { TelemetryPlan } from './telemetry-plan.ts'
import { formatDuration, formatShare, formatSize } from './unit.ts'
import type { Worth, WorthPlan } from './worth-plan.ts'
import { formatWorth } from './worth-text.ts'

/** By key. */
export type Texts = Readonly<Record<string, string>>

/** Begins a text that may be compared and not shown. */
export const UNSHOWN = '\0'

const OFF = 'off'
const toggle = (isOn: boolean): string => (isOn ? 'on' : OFF)
const list = (values: readonly (string | number)[]): string => (values.length === 0 ? 'none' : values.join(', '))
const status = (min: number, max: number): string => (min === max ? `${min}` : `${min}-${max}`)

export function planTexts(plan: Plan): Texts {
  const { limits, errors, resolver, accessLog, admin, drain } = plan
  return {
    name: plan.name,
    workers: String(plan.workers),
    watch: toggle(plan.isWatched),
    trustedProxies: list(plan.trustedProxies),
    'admin.listen': admin.address === null ? OFF : formatAddress(admin.address),
    'admin.token': unshown(admin.token),
    'admin.mcp': admin.mcp,
    store: plan.store === STORE ? STORE : unshown(plan.store),
    'limits.requestLine': formatSize(limits.requestLineBytesMax),
    'limits.head': formatSize(limits.headBytesMax),
    'limits.fields': String(limits.fieldsMax),
    'limits.body': formatSize(limits.bodyBytesMax),
    'limits.headTimeout': formatDuration(limits.headerMs),
    'limits.bodyIdle': formatDuration(limits.bodyIdleMs),
    'limits.keepAlive': formatDuration(limits.keepAliveMs),
    'limits.requests': String(limits.requestsPerConnectionMax),
    'limits.connections': String(limits.connectionsMax),
    'limits.replay': formatSize(limits.replayBytesMax),
    'errors.details': toggle(errors.isDetailed),
    'errors.page': unshown(errors.page),
    'resolver.servers': list(resolver.servers),
    'resolver.timeout': formatDuration(resolver.timeoutMs),
    'resolver.ttlMin': formatDuration(resolver.ttlMinMs),
    'resolver.ttlMax': formatDuration(resolver.ttlMaxMs),
    'accessLog.file': accessLog.file ?? 'standard output',
    'accessLog.format': accessLog.format,
    'accessLog.what': accessLog.what,
    'drain.delay': formatDuration(drain.delayMs),
    'drain.grace': formatDuration(drain.graceMs),
    ...alertTexts(plan.alerts),
    ...statusTexts(plan.status),
    ...telemetryTexts(plan.telemetry),
    ...worthTexts(plan.worth),
  }
}

/** Where a channel leads is a secret. */
function alertTexts({ channels, rules, after, ...alerts }: AlertsPlan): Texts {
  const { quietHours } = alerts
  const minutes = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
  return {
    'alerts.channels': list(channels.map(({ name }) => name)),
    'alerts addresses': unshown(channels.length === 0 ? null : JSON.stringify(channels)),
    'alerts.rules': unshown(rules.length === 0 ? null : JSON.stringify(rules)),
    'alerts.after.failures': String(after.failures),
    'alerts.after.within': formatDuration(after.withinMs),
    'alerts.after.lasting': formatDuration(after.lastingMs),
    'alerts.quietHours': quietHours === null ? OFF : `${minutes(quietHours.fromMinute)}-${minutes(quietHours.toMinute)}`,
    'alerts.timezone': alerts.timeZone ?? "the machine's",
    'alerts.url': alerts.url ?? 'the admin address',
    'alerts.group': formatDuration(alerts.groupMs),
    'alerts.messages': String(alerts.messagesMax),
    'alerts.per': formatDuration(alerts.messagesMs),
    'alerts.resolved': toggle(alerts.isResolveTold),
    'alerts.remind': formatDuration(alerts.remindMs),
  }
}

function statusTexts(status: StatusPlan | null): Texts {
  if (status === null) return { status: OFF }
  const { host, title, services } = status
  const parts = services.map(
    ({ name, parts }) =>
      `${name} (${parts.map(({ upstream, route }) => (route === null ? upstream : `${route} at ${upstream}`)).join(', ')})`,
  )
  return { 'status.host': host, 'status.title': title, 'status.services': list(parts) }
}

function telemetryTexts({ otlp }: TelemetryPlan): Texts {
  if (otlp === null) return { telemetry: OFF }
  const { endpoint, headers, traces, metrics } = otlp
  return {
    telemetry: 'on',
    'telemetry.otlp.endpoint': endpoint,
    'telemetry.otlp.headers': unshown(Object.keys(headers).length === 0 ? null : JSON.stringify(headers)),
    'telemetry.otlp.traces': toggle(traces !== null),
    ...(traces !== null && {
      'telemetry.otlp.traces.sample': formatShare(traces.share),
      'telemetry.otlp.traces.failures': toggle(traces.isFailureKept),
    }),
    'telemetry.otlp.metrics': metrics === null ? OFF : `every ${formatDuration(metrics.intervalMs)}`,
  }
}

function worthTexts({ routes, upstreams, otherwise }: WorthPlan): Texts {
  const texts = (of: Readonly<Record<string, Worth>>): string =>
    list(Object.entries(of).map(([name, one]) => `${name} ${formatWorth(one)}`))
  return {
    worth: otherwise === null ? 'none' : formatWorth(otherwise),
    'worth of upstreams': texts(upstreams),
    'worth of routes': texts(routes),
  }
}

/** All but its name and its endpoints. */
export function upstreamTexts(upstream: UpstreamPlan): Texts {
  const { hash, sticky, hold, hedge, timeouts, retry } = upstream
  return {
    balance: upstream.balance,
    hash: hash.by === 'address' ? hash.by : `${hash.by} ${hash.name}`,
    sticky:
      sticky === null ? OFF : `cookie ${sticky.cookie} for ${sticky.maxAgeMs === 0 ? 'the session' : formatDuration(sticky.maxAgeMs)}`,
    ...healthTexts(upstream),
    ...ejectionTexts(upstream),
    panic: formatShare(upstream.panicShare),
    slowStart: formatDuration(upstream.slowStartMs),
    ...concurrencyTexts(upstream),
    'endpointLimits.connections': String(upstream.endpointConnectionsMax),
    'endpointLimits.requests': String(upstream.endpointInflightMax),
    'hold.window': formatDuration(hold.windowMs),
    'hold.get': formatDuration(hold.idempotentMs),
    'hold.post': formatDuration(hold.unsafeMs),
    'hold.requests': String(hold.requestsMax),
    hedge: hedge.isOn ? `after ${hedge.afterMs === 0 ? 'the 95th percentile' : formatDuration(hedge.afterMs)}` : OFF,
    'timeouts.connect': formatDuration(timeouts.connectMs),
    'timeouts.response': formatDuration(timeouts.responseMs),
    'timeouts.idle': formatDuration(timeouts.idleMs),
    'timeouts.tunnel': formatDuration(timeouts.tunnelMs),
    'timeouts.total': formatDuration(timeouts.totalMs),
    'retry.attempts': String(retry.attempts),
    'retry.on': list(retry.on),
    'retry.budget': formatShare(retry.budgetShare),
    'retry.hold': toggle(retry.isHolding),
    'keepAlive.idle': formatDuration(upstream.keepAliveMs),
    'keepAlive.max': String(upstream.keepAliveMax),
    host: upstream.isHostKept ? 'keep' : 'endpoint',
    dependencies: list(upstream.dependencies.map(({ url }) => url)),
    phpStatus: upstream.phpStatus ?? OFF,
  }
}

function healthTexts({ health }: UpstreamPlan): Texts {
  if (health.kind === 'off') return { health: OFF }
  const probe = { health: health.kind === 'tcp' ? 'a connection' : `GET ${health.path}` }
  const times = { 'health.interval': formatDuration(health.intervalMs), 'health.timeout': formatDuration(health.timeoutMs) }
  const counts = { 'health.unhealthyAfter': String(health.unhealthyAfter), 'health.healthyAfter': String(health.healthyAfter) }
  if (health.kind === 'tcp') return { ...probe, ...times, ...counts }
  const wanted = { 'health.status': status(health.statusMin, health.statusMax), 'health.body': health.body ?? 'any' }
  return { ...probe, 'health.host': health.host ?? "the endpoint's", ...wanted, ...times, ...counts }
}

function ejectionTexts({ ejection }: UpstreamPlan): Texts {
  if (!ejection.isOn) return { ejection: OFF }
  return {
    ejection: 'on',
    'ejection.failures': String(ejection.failures),
    'ejection.errors': String(ejection.errors),
    'ejection.time': formatDuration(ejection.baseMs),
    'ejection.timeMax': formatDuration(ejection.maxMs),
    'ejection.share': formatShare(ejection.shareMax),
  }
}

function concurrencyTexts({ concurrency }: UpstreamPlan): Texts {
  const { kind, limitMax, queueMax, queueMs } = concurrency
  return {
    'concurrency.limit': kind === 'adaptive' ? 'auto' : kind === 'off' ? OFF : String(limitMax),
    'concurrency.queue': String(queueMax),
    'concurrency.wait': formatDuration(queueMs),
  }
}

export function endpointTexts({ weight, isBackup }: EndpointPlan): Texts {
  return { weight: String(weight), backup: toggle(isBackup) }
}

/** All but its name and where it leads. */
export function routeTexts(route: RoutePlan): Texts {
  return { body: formatSize(route.bodyBytesMax), criticality: route.criticality, errorPage: unshown(route.errorPage) }
}

/** `goes to shop`, `is redirected to https://…`, `is answered with 200`. */
export function responderText(to: Responder): string {
  if (to.kind === 'upstream') return `goes to ${to.upstream}`
  if (to.kind === 'status-page') return 'is the status page'
  return to.kind === 'redirect' ? `is redirected to ${to.location} (${to.status})` : `is answered with ${to.status}`
}

function unshown(text: string | null): string {
  return text === null ? 'none' : `${UNSHOWN}${createHash('sha256').update(text).digest('hex')}`
}
