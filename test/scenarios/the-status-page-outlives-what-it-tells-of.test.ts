/** Every server is down, and then the process that makes the page as well. Visitors still learn that it is not just them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Gatewell } from '../support/gatewell.ts'
import { type Answered, answerTo } from '../support/http-request.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

const HOST = 'status.example.com'

let folder: string
let origin: Server
let gatewell: Gatewell

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-scenario-'))
  origin = createServer((_, response) => response.end('hello'))
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  const { port } = origin.address() as AddressInfo
  const file = join(folder, 'gatewell.yaml')
  const shop = `{ endpoints: ["http://127.0.0.1:${port}"], hold: { window: 0s } }`
  writeFileSync(file, `upstreams: { shop-7: ${shop} }\nroutes: [{ to: shop-7 }]\nstatus: { host: ${HOST}, services: { Shop: shop-7 } }\n`)
  gatewell = await Gatewell.start(['run', '-c', file, '--workers', '1', '--data', join(folder, 'data')], { cwd: folder })
})

afterEach(async () => {
  origin.closeAllConnections()
  origin.close()
  rmSync(folder, { recursive: true, force: true })
})

function ask(path = '/', headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answered> {
  return answerTo(gatewell.port, { path, method, headers: { host: HOST, ...headers } })
}

const stateShown = async (): Promise<string> => {
  const { status, body } = await ask('/status.json')
  return status === 200 ? JSON.parse(body.toString()).state : ''
}

test('visitors learn that it is not just them, whatever is down', { timeout: 40_000 }, async () => {
  const load = new SteadyLoad(gatewell.port, { keeping: 1, connecting: 1 })
  await load.flows()
  await until('the page says that all is well', async () => (await stateShown()) === 'up')
  await load.stop()
  expect(load.failed).toEqual([])

  const [{ pid: first }] = (await gatewell.status()).workers as [{ pid: number }]
  process.kill(first, 'SIGKILL')
  const worker = await until('another worker has the page at once', async () => {
    const serving = (await gatewell.status()).workers.find(({ pid }) => pid !== first)?.pid
    return serving !== undefined && (await stateShown().catch(() => '')) === 'up' ? serving : null
  })

  const failing = new SteadyLoad(gatewell.port, { keeping: 1, connecting: 1 })
  origin.closeAllConnections()
  origin.close()
  await until('the page says that it is down', async () => (await stateShown()) === 'down')
  await failing.stop()
  expect(failing.failed.length).toBeGreaterThan(10)

  gatewell.child.kill('SIGKILL')
  await until('control is dead', () =>
    answerTo(gatewell.adminPort).then(
      () => false,
      () => true,
    ),
  )
  const error = await answerTo(gatewell.port, { headers: { accept: 'text/html' } })
  expect([error.status >= 502, error.body.toString()]).toEqual([true, expect.stringContaining(`href="//${HOST}`)])
  const page = await ask()
  expect(page.status).toBe(200)
  expect(page.body.toString()).toMatch(/Shop is down for everyone[\s\S]*As of <time datetime="20/)
  expect(page.body.toString()).not.toMatch(/127\.0\.0\.1|shop-7|connect-refused/)
  expect(page.headers).toMatchObject({
    'cache-control': expect.stringContaining('stale-if-error'),
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  })

  expect((await ask('/', { 'if-none-match': String(page.headers.etag) })).status).toBe(304)
  expect((await ask('/', {}, 'HEAD')).body.length).toBe(0)
  expect((await ask('/', {}, 'POST')).status).toBe(405)
  expect((await ask('/admin')).status).toBe(404)
  expect((await ask('/rss.xml')).body.toString()).toContain('<title>Shop is unreachable</title>')
  process.kill(worker, 'SIGTERM')
  await until('the worker is gone', () =>
    ask().then(
      () => false,
      () => true,
    ),
  )
})
