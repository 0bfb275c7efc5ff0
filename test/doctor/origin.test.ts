/** The way that visitors take against the way straight to the server behind: which of the two is broken? */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { startNginx } from '../support/nginx.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { examined, fact, hopCalled, inShort } from './examined.ts'

async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

async function nginxBefore(port: number): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'gatewell-doctor-origin-'))
  const nginx = await startNginx({ root: scratch, scratch, more: `location / { proxy_pass http://127.0.0.1:${port}; }` })
  closing({ close: () => nginx.close().then(() => rmSync(scratch, { recursive: true })) })
  return nginx.port
}

/** As Cloudflare answers when it cannot connect. */
const CLOUDFLARE_522: RequestListener = (_, response) =>
  response.writeHead(522, { server: 'cloudflare', 'cf-ray': '8f0a1b2c3d4e5f60-FRA' }).end('error code: 522')

test('nginx says 502, for the server behind it refuses', async () => {
  const port = await unusedPort()
  const report = await examined(`http://127.0.0.1:${await nginxBefore(port)}/`, { origin: `127.0.0.1:${port}` })
  expect(inShort(report)).toEqual(['connect-refused', 'origin-tcp', 1])
  expect(report.verdict.summary).toMatch(
    /^nginx says 502, and it is the server behind it\. The machine at 127\.0\.0\.1:\d+ is there, but nothing listens/,
  )
})

test('nginx says 502, for the header of the answer is more than it takes', async () => {
  const port = await serving((_, response) => response.writeHead(200, { 'content-security-policy': 'x'.repeat(9_000) }).end('ok'))
  const report = await examined(`http://127.0.0.1:${await nginxBefore(port)}/`, { origin: `127.0.0.1:${port}` })
  expect(inShort(report)).toEqual(['header-too-large', 'origin-http', 1])
  expect(report.advice.owner.some(({ do: deed }) => deed.includes('cookies'))).toBe(true)
})

test('the CDN says 522, and the server answers from here: something keeps the CDN out', async () => {
  const [front, back] = [await serving(CLOUDFLARE_522), await serving((_, response) => response.end('ok'))]
  const report = await examined(`http://127.0.0.1:${front}/`, { origin: `127.0.0.1:${back}` })
  expect(inShort(report)).toEqual(['connect-timeout', 'http', 1])
  expect(report.verdict.summary).toMatch(
    /^Cloudflare says 522: it cannot connect to the server behind it\. That server \(127\.0\.0\.1:\d+\) does answer from here/,
  )
  expect(fact(report, 'http', 'edge')).toBe('Cloudflare')
})

test('the CDN says 522 alone', async () => {
  const report = await examined(`http://127.0.0.1:${await serving(CLOUDFLARE_522)}/`)
  expect(inShort(report)).toEqual(['connect-timeout', 'http', 1])
  expect(report.verdict.summary).toContain('the server behind it does not take its connections')
})

test('the site works, and the server behind lets nobody else in: that is well', async () => {
  const front = await serving((_, response) => response.end('ok'))
  const report = await examined(`http://127.0.0.1:${front}/`, { origin: `127.0.0.1:${await unusedPort()}` })
  expect(inShort(report)).toEqual([null, null, 0])
  expect(hopCalled(report, 'origin-tcp').ok).toBe(false)
  expect(report.verdict.summary).toContain('which need not be')
})

test('the server behind speaks plain HTTP on a port of its own, though the site is https', async () => {
  const back = await serving((_, response) => response.end('ok'))
  const report = await examined(`https://127.0.0.1:${await unusedPort()}/`, { origin: `127.0.0.1:${back}` })
  expect(inShort(report)).toEqual(['connect-refused', 'tcp', 1])
  expect(report.hops.filter(({ name }) => name.startsWith('origin-')).map(({ name, ok }) => [name, ok])).toEqual([
    ['origin-tcp', true],
    ['origin-http', true],
    ['origin-idle', true],
  ])
})

test('a Gatewell in front says itself what it met', async () => {
  const gateway = closing(await startGateway({ endpoints: [await unusedPort()] }))
  const report = await examined(`http://127.0.0.1:${gateway.port}/`, { limits: { answerMs: 5_000 } })
  expect(inShort(report)).toEqual(['connect-refused', 'http', 1])
  expect(report.verdict.summary).toBe(
    'Another Gatewell answers, but only to say 502 itself: nothing listens where it looks for the server behind it.',
  )
})
