/** From a checked configuration to the plan that workers run: frozen plain data, every name resolved, every default in place. */
import { resolve } from 'node:path'
import { parseListen } from './address.ts'
import { compileAlerts } from './compile-alerts.ts'
import { compileStatus, statusRoute } from './compile-status.ts'
import { compileTelemetry } from './compile-telemetry.ts'
import { compileUpstream } from './compile-upstream.ts'
import { compileWorth } from './compile-worth.ts'
import { ADMIN_LISTEN, CRITICALITY, LIMITS, LISTEN, MCP, PLAN, RETRY, TIMEOUTS, UPSTREAM } from './defaults.ts'
import { parseTarget } from './endpoint-url.ts'
import { certain, misread, type Parsed, parsed } from './parsed.ts'
import type { EndpointPlan, LimitsPlan, Plan, Responder, RoutePlan } from './plan.ts'
import type { Config } from './schema.ts'

export type CompileContext = {
  /** Stays the same while a gateway runs, over all its reloads. */
  readonly instance: string
  /** What `workers: auto` means. */
  readonly parallelism: number
  /** Where relative paths begin. */
  readonly directory: string
  /** The texts of the error pages, by their paths as written. */
  readonly pages: ReadonlyMap<string, string>
}

export function compile(config: Config, context: CompileContext): Plan {
  const page = (path: string | undefined): string | null => (path === undefined ? null : (context.pages.get(path) ?? null))
  const { errors, resolver, accessLog } = config
  const routes = config.routes.map((route) => ({
    name: nameRoute(route.host, route.path),
    host: route.host ?? '',
    path: route.path ?? '',
    to: compileResponder(route.to),
    bodyBytesMax: route.body ?? config.limits.body,
    criticality: route.criticality,
    errorPage: page(route.errorPage),
  }))
  const status = compileStatus(config.status, routes)
  return freeze({
    name: config.name,
    instance: context.instance,
    listeners: [config.listen].flat(),
    upstreams: Object.entries(config.upstreams).map(([name, upstream]) => compileUpstream(name, upstream)),
    routes: [...statusRoute(status, { bodyBytesMax: config.limits.body }), ...routes],
    limits: compileLimits(config.limits),
    errors: { isDetailed: errors.details, page: page(errors.page) },
    trustedProxies: config.trustedProxies,
    resolver: { servers: resolver.servers, timeoutMs: resolver.timeout, ttlMinMs: resolver.ttlMin, ttlMaxMs: resolver.ttlMax },
    accessLog: {
      format: accessLog.format,
      what: accessLog.what,
      file: accessLog.file === undefined ? null : resolve(context.directory, accessLog.file),
    },
    admin: { address: config.admin.listen?.address ?? null, token: config.admin.token ?? null, mcp: config.admin.mcp },
    drain: { delayMs: config.drain.delay, graceMs: config.drain.grace },
    alerts: compileAlerts(config.alerts),
    status,
    telemetry: compileTelemetry(config.telemetry),
    worth: compileWorth(config, ({ host, path }) => nameRoute(host, path)),
    store: config.store,
    isWatched: config.watch,
    workers: config.workers ?? context.parallelism,
  })
}

function compileResponder(to: Config['routes'][number]['to']): Responder {
  if (typeof to === 'string') return { kind: 'upstream', upstream: to }
  if ('redirect' in to) return { kind: 'redirect', status: to.status, location: to.redirect }
  return { kind: 'respond', ...to.respond }
}

function compileLimits(limits: Config['limits']): LimitsPlan {
  return {
    requestLineBytesMax: limits.requestLine,
    headBytesMax: limits.head,
    fieldsMax: limits.fields,
    bodyBytesMax: limits.body,
    headerMs: limits.headTimeout,
    bodyIdleMs: limits.bodyIdle,
    keepAliveMs: limits.keepAlive,
    requestsPerConnectionMax: limits.requests,
    connectionsMax: limits.connections,
    replayBytesMax: limits.replay,
  }
}

/** `shop.example.com/api/*`; for any host and path `/*`. */
function nameRoute(host = '', path = '/*'): RoutePlan['name'] {
  return host + path
}

/**
 * The plan of `gatewell TARGET…`: one upstream named `app`, every request goes there, all else by default.
 * TARGET is a port, `host:port`, `http://host:port` or `unix:/path`; several are balanced.
 */
export function planForTargets(
  targets: readonly string[],
  { instance, parallelism }: Pick<CompileContext, 'instance' | 'parallelism'>,
): Parsed<Plan> {
  const endpoints: EndpointPlan[] = []
  for (const target of targets) {
    const endpoint = parseTarget(target)
    if (!endpoint.ok) return endpoint
    if (endpoints.some(({ url }) => url === endpoint.value.url)) return misread(`${endpoint.value.url} is named twice.`)
    endpoints.push(endpoint.value)
  }
  return parsed(
    freeze({
      ...PLAN,
      instance,
      listeners: [certain(parseListen(LISTEN))],
      upstreams: [{ name: 'app', endpoints, timeouts: TIMEOUTS, retry: RETRY, ...UPSTREAM }],
      routes: [
        {
          name: nameRoute(),
          host: '',
          path: '',
          to: { kind: 'upstream', upstream: 'app' },
          bodyBytesMax: LIMITS.bodyBytesMax,
          criticality: CRITICALITY,
          errorPage: null,
        },
      ],
      admin: { ...PLAN.admin, address: certain(parseListen(ADMIN_LISTEN)).address, mcp: MCP },
      workers: parallelism,
    }),
  )
}

export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
