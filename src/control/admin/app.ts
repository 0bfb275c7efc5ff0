/** What the admin address answers: probes, metrics, the operations of `api.ts`. Who may ask is `guard.ts`; the server is `server.ts`. */
import { type Context, Hono } from 'hono'
import type { AdminPlan } from '../../config/plan.ts'
import { systemClock } from '../../std/clock.ts'
import type { Logger } from '../log.ts'
import { createApi, peerOf } from './api.ts'
import { addAssetRoutes } from './asset-route.ts'
import { Audit } from './audit.ts'
import { EventHub, type Sight } from './event-hub.ts'
import { addEventRoute } from './event-route.ts'
import type { AdminRefusal, Guard } from './guard.ts'
import type { Operable } from './operation-table.ts'

export type Readiness = { readonly isReady: boolean; readonly problems: readonly string[] }

export interface AdminSource {
  /** Of this program. */
  readonly version: string
  readonly operator: Operable
  readonly oversight: Sight
  readiness(): Promise<Readiness>
  /** Prometheus text. */
  metrics(): Promise<string>
}

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

const PATH_SHOWN_MAX = 100
/** What programs ask for; all else is there for people to look at. */
const DATA = /^\/(?:api|mcp|metrics|livez|readyz)(?:\/|$)/

export type AppOptions = {
  readonly source: AdminSource
  readonly guard: Guard
  readonly log: Logger
  /** What assistants may do now. */
  readonly mcp: () => AdminPlan['mcp']
}

export function createApp({ source, guard, log, mcp }: AppOptions): Hono {
  const app = new Hono()
  const audit = new Audit({ log, now: () => performance.now() })
  const refuse = ({ req }: Context): AdminRefusal | null =>
    guard({ field: (name) => req.header(name) ?? '', isPage: req.method === 'GET' && !DATA.test(req.path) })
  addAssetRoutes(app, refuse)
  app.use(async (c, next) => {
    const { method, path } = c.req
    const refusal = refuse(c)
    if (refusal === null) await next()
    else {
      c.res = c.json({ error: refusal.reason }, refusal.status, refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {})
      if (method === 'POST') audit.turnAway(peerOf(c), `POST ${path.slice(0, PATH_SHOWN_MAX)}`, refusal.reason)
    }
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  })
  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const { isReady, problems } = await source.readiness()
    return c.json({ status: isReady ? 'ok' : 'not ready', problems }, isReady ? 200 : 503)
  })
  app.get('/metrics', async (c) => c.body(await source.metrics(), 200, { 'content-type': PROMETHEUS_TYPE }))
  addEventRoute(app, new EventHub({ sight: source.oversight, status: () => source.operator.status(), clock: systemClock }))
  addMcp(app, { source, audit, mcp })
  app.route('/api', createApi({ gateway: source.operator, version: source.version, audit }))
  app.notFound((c) => c.json({ error: 'There is nothing here. Try /, /livez, /readyz, /metrics, /api/status or /api/openapi.json.' }, 404))
  app.onError((error, c) => {
    log.error({ stack: error.stack }, `A request to the admin address failed: ${error.message}`)
    return c.json({ error: 'The gateway could not answer that; its log says why.' }, 500)
  })
  return app
}

/** Loaded when the first assistant comes: most gateways never see one. */
function addMcp(app: Hono, { source, audit, mcp }: { source: AdminSource; audit: Audit; mcp: AppOptions['mcp'] }): void {
  app.all('/mcp', async (c, next) => {
    const may = mcp()
    if (may === 'off') return next()
    const { answerMcp } = await import('./mcp-route.ts')
    const { operator: gateway, version } = source
    return answerMcp(c.req.raw, { gateway, version, mayChange: may === 'change', audit, address: peerOf(c) })
  })
}
