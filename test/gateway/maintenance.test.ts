/** Maintenance, as visitors, programs, crawlers and those who are let through see it. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { RoutePlan } from '../../src/config/plan.ts'
import { type MaintenanceSwitch, NO_SWITCHES } from '../../src/gateway/switches.ts'
import { closing } from '../support/closing.ts'
import { planOf, type RunningGateway, startGateway } from '../support/gateway.ts'
import { ask, type RawAnswer } from '../support/raw-client.ts'
import { serving, startOrigin } from '../support/raw-origin.ts'

const EVERYTHING: MaintenanceSwitch = { upstream: null, route: null, message: '', allow: [], retryAfterMs: 600_000 }

let gateway: RunningGateway

beforeEach(async () => {
  const origin = closing(await startOrigin(serving('hello')))
  const [route] = planOf({ endpoints: [] }).routes as [RoutePlan]
  const routes: readonly RoutePlan[] = [
    { ...route, name: '/old', path: '/old', to: { kind: 'redirect', status: 308, location: '/new' } },
    { ...route, name: '/api/*', path: '/api/*' },
    { ...route, name: '/*' },
  ]
  gateway = closing(await startGateway({ endpoints: [origin.port], routes, plan: { trustedProxies: ['127.0.0.1/32'] } }))
})

function maintain(...maintenance: readonly MaintenanceSwitch[]): void {
  gateway.gateway.operate({ ...NO_SWITCHES, maintenance })
}

async function get(path = '/', fields = ''): Promise<RawAnswer> {
  return (await ask(gateway.port, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`)) as RawAnswer
}

const BROWSER = 'Accept: text/html\r\n'

describe('under maintenance', () => {
  test('a browser gets the page in its language, with 503 and Retry-After', async () => {
    maintain(EVERYTHING)
    const { status, fields, body } = await get('/', `${BROWSER}Accept-Language: de\r\n`)
    expect(status).toBe(503)
    expect(fields.get('retry-after')).toBe('600')
    expect(fields.get('x-robots-tag')).toBe('noindex')
    expect(fields.get('cache-control')).toBe('no-store')
    expect(fields.get('proxy-status')).toBe('gatewell; error=proxy_internal_response; details="maintenance-mode"')
    expect(body.toString()).toContain('<html lang="de">')
    expect(body.toString()).toContain('An dieser Website wird gerade gearbeitet')
  })

  test('the page says what the operator says, as text', async () => {
    maintain({ ...EVERYTHING, message: 'Back at <b>9:00</b> & better.\nSee you!' })
    const { body } = await get('/', BROWSER)
    expect(body.toString()).toContain('dir="auto">Back at &lt;b&gt;9:00&lt;/b&gt; &amp; better.\nSee you!</p>')
    expect(body.toString()).not.toContain('<b>9:00')
  })

  test('the page comes back to a visitor sooner than the end was promised', async () => {
    maintain(EVERYTHING)
    const [, refresh] = /http-equiv="refresh" content="(\d+)"/.exec((await get('/', BROWSER)).body.toString()) ?? []
    expect(Number(refresh)).toBeGreaterThanOrEqual(60)
    expect(Number(refresh)).toBeLessThanOrEqual(90)
  })

  test('a program gets the message and the wait as JSON, a terminal as text', async () => {
    maintain({ ...EVERYTHING, message: 'Moving house.' })
    const { body } = await get('/', 'Accept: application/json\r\n')
    expect(JSON.parse(body.toString())).toMatchObject({ status: 503, detail: 'Moving house.', cause: 'maintenance-mode', retry_after: 600 })
    expect((await get('/', 'Accept: text/plain\r\n')).body.toString()).toContain('Moving house.\n')
  })

  test('a crawler is told when to come back, and not sent round', async () => {
    maintain(EVERYTHING)
    const { status, fields, body } = await get('/', `${BROWSER}User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n`)
    expect([status, fields.get('retry-after')]).toEqual([503, '600'])
    expect(body.toString()).not.toContain('http-equiv="refresh"')
  })

  test('who is let through is served, also behind a proxy, and nobody else', async () => {
    maintain({ ...EVERYTHING, allow: ['203.0.113.0/24'] })
    expect((await get('/', 'X-Forwarded-For: 203.0.113.7\r\n')).status).toBe(200)
    expect((await get('/', 'X-Forwarded-For: ::ffff:203.0.113.7\r\n')).status).toBe(200)
    expect((await get('/', 'X-Forwarded-For: 198.51.100.7\r\n')).status).toBe(503)
    expect((await get('/', 'X-Forwarded-For: unknown\r\n')).status).toBe(503)
    expect((await get()).status).toBe(503)
  })

  test('what leads to no upstream goes on, unless it is named', async () => {
    maintain(EVERYTHING)
    expect((await get('/old')).status).toBe(308)
    maintain({ ...EVERYTHING, route: '/old' })
    expect((await get('/old')).status).toBe(503)
    expect((await get('/')).status).toBe(200)
  })

  test('a route has its own, which goes before that of everything', async () => {
    maintain(EVERYTHING, { ...EVERYTHING, route: '/api/*', allow: ['127.0.0.0/8'] })
    expect((await get('/api/1')).status).toBe(200)
    expect((await get('/')).status).toBe(503)
  })

  test('it outlives a new plan and ends when it is switched off', async () => {
    maintain({ ...EVERYTHING, upstream: 'app' })
    gateway.gateway.apply({ ...gateway.plan, name: 'renamed' })
    expect((await get()).status).toBe(503)
    maintain()
    expect((await get()).status).toBe(200)
  })
})

test('a pause lets requests wait, and resuming lets them go', async () => {
  gateway.gateway.operate({ ...NO_SWITCHES, paused: ['app'] })
  const waiting = get()
  await expect.poll(() => gateway.gateway.status()[0]?.held).toBe(1)
  gateway.gateway.operate(NO_SWITCHES)
  expect((await waiting).status).toBe(200)
})
