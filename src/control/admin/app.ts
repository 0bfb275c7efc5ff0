/** What the admin address answers: probes, metrics and status, read-only. Who may ask is `guard.ts`; the server is `server.ts`. */
import { Hono } from 'hono'
import type { UpstreamStatus } from '../../gateway/gateway.ts'
import type { Guard } from './guard.ts'

export type Readiness = { readonly isReady: boolean; readonly problems: readonly string[] }

export type Status = {
  readonly version: string
  readonly state: 'starting' | 'serving' | 'draining'
  readonly uptimeMs: number
  readonly workers: readonly WorkerStatus[]
  readonly upstreams: readonly UpstreamStatus[]
}

export type WorkerStatus = { readonly place: number; readonly pid: number | null; readonly state: string; readonly uptimeMs: number }

export interface AdminSource {
  readiness(): Promise<Readiness>
  status(): Promise<Status>
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

export function createApp(options: { source: AdminSource; guard: Guard; onError: (error: Error) => void }): Hono {
  const { source, guard, onError } = options
  const app = new Hono()
  app.use(async (c, next) => {
    const refusal = guard(c.req.header('host') ?? '', c.req.header('authorization') ?? '')
    if (refusal === null) await next()
    else c.res = c.json({ error: refusal.reason }, refusal.status, refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {})
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  })
  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const { isReady, problems } = await source.readiness()
    return c.json({ status: isReady ? 'ok' : 'not ready', problems }, isReady ? 200 : 503)
  })
  app.get('/metrics', async (c) => c.body(await source.metrics(), 200, { 'content-type': PROMETHEUS_TYPE }))
  app.get('/api/status', async (c) => c.json(await source.status()))
  app.notFound((c) => c.json({ error: 'There is nothing here. Try /livez, /readyz, /metrics or /api/status.' }, 404))
  app.onError((error, c) => {
    onError(error)
    return c.json({ error: 'The gateway could not answer that; its log says why.' }, 500)
  })
  return app
}
