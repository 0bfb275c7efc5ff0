/**
 * "Drain a backend before it goes" (traefik#41, open since 2015) and maintenance as a switch (kamal-proxy#4): from the command line of a
 * real gateway, under load, and still so after a restart.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { App } from '../support/app.ts'
import { Child, type Ended } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

let one: App
let other: App
let folder: string

beforeEach(async () => {
  one = closing(await App.start(0, 20))
  other = closing(await App.start(0, 20))
  folder = mkdtempSync(join(tmpdir(), 'gatewell-drain-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
})

async function start(hold = ''): Promise<Gatewell> {
  const file = join(folder, 'gatewell.yaml')
  const endpoints = [one, other].map(({ port }) => `"http://127.0.0.1:${port}"`)
  const upstream = `app: { endpoints: [${endpoints}]${hold} }`
  writeFileSync(file, `upstreams: { ${upstream} }\nroutes: [{ to: app }]\naccessLog: { what: off }\nworkers: 2\n`)
  const gatewell = await Gatewell.start(['run', '-c', file, '--data', join(folder, 'data')])
  closing({ close: () => gatewell.stop() })
  return gatewell
}

/** What the command line says to a gateway. */
async function command(gatewell: Gatewell, ...words: string[]): Promise<Ended> {
  return new Child([process.execPath, MAIN, ...words, '--admin', `127.0.0.1:${gatewell.adminPort}`]).ended
}

test('an endpoint that is drained can be killed, and nobody notices', { timeout: 30_000 }, async () => {
  const gatewell = await start()
  const load = new SteadyLoad(gatewell.port)
  await load.flows()
  const { code, stdout, stderr } = await command(gatewell, 'drain', String(one.port), '--wait', '5s')
  expect([code, String(stdout)]).toEqual([
    0,
    `Endpoint http://127.0.0.1:${one.port} of upstream app is drained: it gets no new requests.\n`,
  ])
  expect(stderr).toContain('No request is under way there any more.')
  await one.kill('SIGKILL')
  await load.flows()
  await one.startAgain()
  expect((await command(gatewell, 'resume', String(one.port))).code).toBe(0)
  await until('it gets requests again', async () => (await answerTo(gatewell.port)).body.toString().includes(String(one.port)))
  await load.stop()
  expect(load.failed).toEqual([])
})

test('a pause lets everything be restarted, and nobody notices', { timeout: 30_000 }, async () => {
  const gatewell = await start()
  const load = new SteadyLoad(gatewell.port)
  await load.flows()
  expect((await command(gatewell, 'pause', 'app')).code).toBe(0)
  await Promise.all([one.kill('SIGTERM'), other.kill('SIGTERM')])
  await Promise.all([one.startAgain(), other.startAgain()])
  expect((await command(gatewell, 'resume', 'app')).code).toBe(0)
  await load.flows()
  await load.stop()
  expect(load.failed).toEqual([])
})

test('what waits for too long is told why', { timeout: 30_000 }, async () => {
  const gatewell = await start(', hold: { get: 200ms }')
  await command(gatewell, 'pause', 'app')
  const { status, headers } = await answerTo(gatewell.port)
  expect([status, headers['proxy-status']]).toEqual([503, 'gatewell; error=destination_unavailable; details="upstream-paused"'])
})

test('what is switched stays so after a restart, and the gateway says so', { timeout: 30_000 }, async () => {
  // Only now it says its port.
  await other.kill('SIGTERM')
  await other.startAgain()
  const first = await start()
  await command(first, 'drain', `http://127.0.0.1:${one.port}`)
  await command(first, 'maintenance', 'on', '--message', 'Back at 9.', '--retry-after', '30m')
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  await first.stop()

  const second = await start()
  expect(second.child.output).toMatch(/is drained since 20/)
  expect(second.child.output).toMatch(/Maintenance is on for everything that leads to an upstream since 20/)
  const { status, headers, body } = await answerTo(second.port)
  expect([status, headers['retry-after']]).toEqual([503, '1800'])
  expect(body.toString()).toContain('Back at 9.')
  expect((await answerTo(second.adminPort, { path: '/readyz' })).status).toBe(200)
  expect((await command(second, 'maintenance', 'off')).code).toBe(0)
  for (let i = 0; i < 10; i++) expect((await answerTo(second.port)).body.toString()).toBe(`app on ${other.port}\n`)
})

test('a drained gateway is not ready, and serves on', { timeout: 30_000 }, async () => {
  const gatewell = await start()
  expect((await command(gatewell, 'drain')).code).toBe(0)
  expect((await answerTo(gatewell.adminPort, { path: '/readyz' })).status).toBe(503)
  expect((await answerTo(gatewell.port)).status).toBe(200)
  expect((await command(gatewell, 'resume')).code).toBe(0)
  expect((await answerTo(gatewell.adminPort, { path: '/readyz' })).status).toBe(200)
})
