/** How the page and its files are served, and to whom. */
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AdminServer } from '../../src/control/admin/server.ts'
import { createLog } from '../../src/control/log.ts'
import { type Answered, answerTo } from '../support/http-request.ts'
import { buildDashboard } from './watched.ts'

const TOKEN = 'a-token-that-is-long-enough'
const log = createLog({ isTerminal: false, destination: { write: () => {} } })
const source = {
  version: '1',
  operator: {} as never,
  oversight: { numbers: new Map(), hearIncidents: () => () => {} },
  readiness: async () => ({ isReady: true, problems: [] }),
  metrics: async () => '',
}

let local: AdminServer
let open: AdminServer

beforeAll(async () => {
  await buildDashboard()
  local = (await AdminServer.open({ address: { kind: 'tcp', host: '127.0.0.1', port: 0 }, token: null, source, log })) as AdminServer
  open = (await AdminServer.open({ address: { kind: 'tcp', host: '0.0.0.0', port: 0 }, token: TOKEN, source, log })) as AdminServer
}, 60_000)

afterAll(async () => {
  await Promise.all([local.close(), open.close()])
})

function ask(server: AdminServer, path: string, headers: Record<string, string> = {}): Promise<Answered> {
  return answerTo(server.address.kind === 'tcp' ? server.address.port : 0, { path, headers })
}

async function filesOf(server: AdminServer): Promise<string[]> {
  const { body } = await ask(server, '/')
  return [...String(body).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string)
}

describe('the page', () => {
  test('may load what is its own and nothing else, and no script within it', async () => {
    const { status, headers, body } = await ask(local, '/')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'/,
    )
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*|data:/)
    expect(String(body)).not.toMatch(/<script(?! type="module" crossorigin src="\/assets\/)|<style|style=|https?:\/\//)
  })

  test('is asked for anew each time, and not sent again where it is known', async () => {
    const { headers } = await ask(local, '/')
    expect(headers['cache-control']).toBe('no-cache')
    const again = await ask(local, '/', { 'if-none-match': String(headers.etag) })
    expect([again.status, again.body.length]).toEqual([304, 0])
  })

  test('and its files come without the token, for they ask for it', async () => {
    for (const path of ['/', ...(await filesOf(open))]) expect((await ask(open, path)).status, path).toBe(200)
    expect((await ask(open, '/api/status')).status).toBe(401)
    expect((await ask(open, '/api/events')).status).toBe(401)
  })

  test('is no page under another name', async () => {
    expect((await ask(local, '/', { host: 'evil.example' })).status).toBe(421)
    const [file = ''] = await filesOf(local)
    expect((await ask(local, file, { host: 'evil.example' })).status).toBe(421)
    expect((await ask(local, file, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(403)
  })
})

describe('its files', () => {
  test('have their type, are kept for ever, and come compressed to who takes that', async () => {
    const files = await filesOf(local)
    expect(files.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg'])
    for (const path of files) {
      const plain = await ask(local, path)
      expect(plain.headers['content-type']).toMatch(/^text\/(?:javascript|css); charset=utf-8$|^image\/svg\+xml$/)
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(plain.headers['x-content-type-options']).toBe('nosniff')
      const packed = await ask(local, path, { 'accept-encoding': 'br, gzip' })
      expect(packed.headers.vary).toBe('accept-encoding')
      const isPacked = packed.headers['content-encoding'] === 'gzip'
      expect(isPacked ? gunzipSync(packed.body) : packed.body).toEqual(plain.body)
      if (path.endsWith('.js')) expect(packed.body.length).toBeLessThan(plain.body.length / 2)
    }
  })

  test.for(['/assets/none.js', '/assets/../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/index.html', '/dashboard'])(
    '%s is none of them',
    async (path) => {
      const { status, headers } = await ask(local, path)
      expect(status).toBe(404)
      expect(headers['content-type']).toMatch(/^application\/json/)
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
    },
  )
})
