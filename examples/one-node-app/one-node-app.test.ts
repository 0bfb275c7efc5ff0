import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Child } from '../../test/support/child.ts'
import { Gatewell } from '../../test/support/gatewell.ts'
import { answerTo } from '../../test/support/http-request.ts'
import { unusedPort } from '../../test/support/raw-origin.ts'
import { until } from '../../test/support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-example-'))
const stops: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  rmSync(folder, { recursive: true })
})

test('the app is served, waited for, its absence is explained, and its return is noticed', { timeout: 20_000 }, async () => {
  cpSync(import.meta.dirname, folder, { recursive: true })
  const env = { PORT: String(await unusedPort()) }
  const app = await start(env)
  const gatewell = await Gatewell.start(['run', '-c', join(folder, 'gatewell.yaml')], { env })
  stops.push(() => gatewell.stop())

  const served = await answerTo(gatewell.port)
  expect(String(served.body)).toBe('Hello 127.0.0.1, this is the app.\n')
  const line = await until(
    'the request is in the access log',
    () => readFileSync(join(folder, 'access.log'), 'utf8').split('\n')[0] || null,
  )
  expect(JSON.parse(line)).toMatchObject({ id: served.headers['x-request-id'], status: 200, upstream: 'app' })

  await app.stop()
  const waiting = answerTo(gatewell.port)
  const again = await start(env)
  expect((await waiting).status).toBe(200)

  await again.stop()
  const missed = await answerTo(gatewell.port, { headers: { accept: 'text/html' } })
  expect(missed).toMatchObject({
    status: 502,
    headers: { 'proxy-status': 'gatewell; error=connection_refused; details="connect-refused"' },
  })
  expect(String(missed.body)).toContain(`mention <code>${missed.headers['x-request-id']}</code>`)
  await gatewell.child.says(/gatewell why connect-refused/)
  expect(String((await answerTo(gatewell.port, { path: '/healthz' })).body)).toBe('fine\n')

  await start(env)
  await until('its return is noticed', async () => (await answerTo(gatewell.port)).status === 200)
})

async function start(env: Record<string, string>): Promise<Child> {
  const app = new Child([process.execPath, join(folder, 'server.js')], { env })
  stops.push(() => app.stop())
  await app.says(/the app listens/)
  return app
}
