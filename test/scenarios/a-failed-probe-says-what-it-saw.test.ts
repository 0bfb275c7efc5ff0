/** "Target failed to become healthy", and then hours of guessing. The status, readiness and the log say what the probe saw. */
import { afterEach, expect, test } from 'vitest'
import type { HealthPlan } from '../../src/config/plan.ts'
import { RunningControl } from '../control/running.ts'
import { answering, CheckedApp, sitePlan } from '../support/checked-app.ts'
import { closing } from '../support/closing.ts'
import { startOrigin, unusedPort } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

let running: RunningControl | null = null

afterEach(() => running?.control.kill())

type Complaint = { readonly port: number; readonly saw: string; readonly health?: Partial<HealthPlan> }

async function app(up: CheckedApp['up']): Promise<number> {
  const one = closing(await CheckedApp.start())
  one.up = up
  return one.port
}

async function complaints(): Promise<Record<string, Complaint>> {
  const refused = await unusedPort()
  const strict = await app(answering(400, {}, 'Invalid HTTP_HOST header'))
  const tls = closing(await startOrigin((connection) => connection.send(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]))))
  return {
    'redirects to https': {
      port: await app(answering(301, { location: 'https://shop.example.com/up' })),
      saw: '301 to https://shop.example.com/up on /up; wanted 200-299',
    },
    'wrong port': { port: refused, saw: `connection refused by 127.0.0.1:${refused}` },
    'tls on a plain port': { port: tls.port, saw: 'answered in TLS on a plain port' },
    'wrong host': { port: strict, saw: `400: it does not know the host 127.0.0.1:${strict}; set health.host` },
    'wrong body': {
      port: await app(answering(200, {}, 'maintenance')),
      saw: '200, but the body does not contain OK',
      health: { body: 'OK' },
    },
    hangs: { port: await app(() => {}), saw: 'no answer within 200ms' },
  }
}

test('each of the ways in which a check is wrong has a sentence of its own, wherever one looks', async () => {
  const wrong = await complaints()
  const upstreams = Object.entries(wrong).flatMap(([name, { port, health }]) => {
    const plan = sitePlan([{ port } as CheckedApp], { timeoutMs: 200, ...health })
    return plan.upstreams.map((upstream) => ({ ...upstream, name }))
  })
  running = await RunningControl.start({ ...sitePlan([]), upstreams, routes: [] })
  const { control, said } = running
  await until('all are known', async () =>
    (await control.status()).upstreams.every(({ endpoints }) => endpoints[0]?.health === 'unhealthy'),
  )
  const status = await control.status()
  const { problems } = JSON.parse((await running.admin('/readyz')).body)
  for (const [name, { port, saw }] of Object.entries(wrong)) {
    const [endpoint] = status.upstreams.find((upstream) => upstream.name === name)?.endpoints ?? []
    expect(endpoint?.probe?.lastFailure?.saw).toBe(saw)
    expect(problems).toContain(`Upstream ${name} has no usable endpoint: http://127.0.0.1:${port} (${saw}).`)
    expect(said.map(({ msg }) => msg)).toContain(`${name}: http://127.0.0.1:${port} is unhealthy: ${saw}. It is the only endpoint.`)
  }
})
