/**
 * Reloads drop requests, reset what waits and cut WebSockets (haproxy/haproxy#1506, traefik#10932, kubernetes/ingress-nginx#3639), so
 * people put them off. Here a gateway is reloaded a hundred times under load, each time with something else in it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { App } from '../support/app.ts'
import { Child } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { KeptVisitors, TalkingSite } from '../support/kept-visitors.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

const RELOADS = 100
const WEB_SOCKETS = 6
const PAUSES_MS = [...Array(8).fill(2), ...Array(4).fill(100)]

let site: TalkingSite
let other: App
let folder: string
let file: string

beforeEach(async () => {
  site = closing(await TalkingSite.open())
  other = closing(await App.start())
  folder = mkdtempSync(join(tmpdir(), 'gatewell-reload-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  file = join(folder, 'gatewell.yaml')
})

function write(settings: { more?: string; routes?: string; workers?: number } = {}): void {
  const { more = '', routes = '', workers = 2 } = settings
  writeFileSync(
    file,
    `upstreams:
  site: { endpoints: ["http://127.0.0.1:${site.port}"]${more} }
  other: { endpoints: ["http://127.0.0.1:${other.port}"] }
routes: [${routes}{ path: /other, to: other }, { to: site }]
accessLog: { what: off }
workers: ${workers}
`,
  )
}

/** Another one each time: timeouts, health, routes, and what the reload has to keep. */
function writeRound(round: number): void {
  const more = [`, timeouts: { response: ${10 + (round % 7)}s }`, ', health: off', ', slowStart: 0', ', concurrency: { limit: 500 }'][
    round % 4
  ] as string
  write({ more, routes: round % 2 === 0 ? '{ path: /old, to: { redirect: /new } }, ' : '' })
}

async function start(): Promise<Gatewell> {
  write()
  const gatewell = await Gatewell.start(['run', '-c', file, '--data', join(folder, 'data')])
  closing({ close: () => gatewell.stop() })
  return gatewell
}

async function post(port: number, path: string): Promise<{ status: number; body: string }> {
  const { status, body } = await answerTo(port, { path, method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
  return { status, body: body.toString() }
}

test('a hundred reloads lose no request and cut no WebSocket', { timeout: 60_000 }, async () => {
  const gatewell = await start()
  const before = (await gatewell.status()).workers.map(({ pid }) => pid)
  const visitors = closing(await KeptVisitors.come({ port: gatewell.port, pausesMs: PAUSES_MS, webSockets: WEB_SOCKETS }))
  const load = new SteadyLoad(gatewell.port, { keeping: 2, connecting: 4 })
  for (let round = 0; round < RELOADS; round++) {
    writeRound(round)
    const { status, body } = await post(gatewell.adminPort, '/api/reload')
    expect(status, body).toBe(200)
    if (round % 10 === 0) await load.flows(20)
  }
  await load.stop()
  const seen = await visitors.leave()
  expect(load.failed).toEqual([])
  expect(seen.failed).toEqual([])
  expect(seen.closes).toEqual({})
  // Workers even out what they have open, now and then and politely. Reloads that ended connections would have ended all, each time.
  expect(seen.lastAnswers + seen.quietEnds).toBeLessThan(RELOADS / 2)
  expect(seen.answers).toBeGreaterThan(RELOADS)
  expect(seen.messages).toBeGreaterThan(RELOADS)
  expect((await gatewell.status()).workers.map(({ pid }) => pid)).toEqual(before)
})

test('another number of workers loses no request', { timeout: 60_000 }, async () => {
  const gatewell = await start()
  const visitors = closing(await KeptVisitors.come({ port: gatewell.port, pausesMs: [2, 2, 2, 100, 100], webSockets: 4 }))
  const load = new SteadyLoad(gatewell.port, { keeping: 2, connecting: 4 })
  for (const workers of [3, 1, 2]) {
    write({ workers })
    expect((await post(gatewell.adminPort, '/api/reload')).status).toBe(200)
    await load.flows(100)
  }
  await load.stop()
  const seen = await visitors.leave()
  expect(load.failed).toEqual([])
  expect(seen.failed).toEqual([])
  // Those of a worker that has left were told so.
  expect(Object.keys(seen.closes).filter((code) => code !== '1012')).toEqual([])
})

test('a bad file changes nothing, and `gatewell reload` says where it is wrong', { timeout: 30_000 }, async () => {
  const gatewell = await start()
  writeFileSync(file, 'upstreams:\n  site: { endpoints: ["http://127.0.0.1:1"], balnce: hash }\nroutes: [{ to: site }]\n')
  const command = [process.execPath, join(import.meta.dirname, '../../src/cli/main.ts'), 'reload'] as const
  const reload = (): Child => new Child([...command, '--admin', `127.0.0.1:${gatewell.adminPort}`])
  const refused = await reload().ended
  expect(refused.code).toBe(1)
  expect(String(refused.stdout)).toContain(`${file}:2:46: upstreams.site.balnce: unknown key`)
  expect(refused.stderr).toContain('The configuration was not reloaded, the former one goes on: it is not valid.')
  expect((await answerTo(gatewell.port)).body.toString()).toBe('hello')

  write({ more: ', timeouts: { response: 10s }' })
  const done = await reload().ended
  expect([done.code, String(done.stdout)]).toEqual([0, 'upstream site: timeouts.response 30s → 10s\n'])
  await until('the log says it, too', () =>
    gatewell.child.output.includes('upstream site: timeouts.response 30s → 10s; nothing else changes.'),
  )
})

test('with `watch` the file is enough', { timeout: 30_000 }, async () => {
  const gatewell = await start()
  writeFileSync(file, `watch: true\nupstreams: { site: { endpoints: ["http://127.0.0.1:${site.port}"] } }\nroutes: [{ to: site }]\n`)
  gatewell.child.kill('SIGHUP')
  await until('the file is watched', () => gatewell.child.output.includes('watch off → on'))
  writeFileSync(file, `watch: true\nupstreams: { site: { endpoints: ["http://127.0.0.1:${other.port}"] } }\nroutes: [{ to: site }]\n`)
  await until('the other app answers', async () => (await answerTo(gatewell.port)).body.toString().startsWith('app on'))
})
