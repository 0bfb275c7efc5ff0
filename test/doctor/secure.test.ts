/** TLS of a site, each way that it goes wrong, against real servers with real certificates. */
import { once } from 'node:events'
import { createServer as createPlain } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startNginx } from '../support/nginx.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { Authority, type Pair } from './authority.ts'
import { type Examined, examined, fact, hopCalled, inShort, namesAt } from './examined.ts'

const HOST = 'shop.example.test'
let authority: Authority
let good: Pair

beforeAll(() => {
  authority = new Authority()
  good = authority.site(HOST)
})
afterAll(() => authority.close())

type Listening = { listen(port: number, host: string): unknown; address(): unknown; close(): unknown; closeAllConnections?(): void }

async function portOf(server: Listening): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server as never, 'listening')
  closing({
    close: () => {
      server.closeAllConnections?.()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

function secure(options: ServerOptions): Promise<number> {
  return portOf(createServer(options, (_, response) => response.end('ok')))
}

async function visit(port: number, host = HOST, limits = {}): Promise<Examined> {
  const names = await namesAt({ [HOST]: ['127.0.0.1'], 'other.example.test': ['127.0.0.1'] })
  return examined(`https://${host}:${port}/`, { resolver: [names.address], authorities: [authority.root.cert], limits })
}

describe('the certificate', () => {
  test('that is as it should be', async () => {
    const report = await visit(await secure(good))
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'tls', 'names')).toBe(HOST)
    expect(fact(report, 'tls', 'chain')).toBe(`${HOST} ← Test Intermediate`)
    expect(fact(report, 'tls', 'versions')).toBe('TLSv1.3 TLSv1.2')
    expect(fact(report, 'tls', 'sni')).toBe('not needed')
    expect(fact(report, 'tls', 'days_left')).toBe(29)
  })

  test('that has expired', async () => {
    const report = await visit(await secure(authority.expired(HOST)))
    expect(inShort(report)).toEqual(['tls-cert-expired', 'tls', 1])
    expect(report.verdict.summary).toMatch(/^The certificate expired on \d{4}-\d\d-\d\d, 1 day ago\./)
    expect(report.advice.visitor[0]).toContain('Do not click the warning away')
  })

  test('that the site has signed itself', async () => {
    const report = await visit(await secure(authority.selfSigned(HOST)))
    expect(inShort(report)).toEqual(['tls-untrusted', 'tls', 1])
    expect(report.verdict.summary).toContain('signed itself')
  })

  test('that is for another name', async () => {
    const report = await visit(await secure(authority.site('www.elsewhere.test')))
    expect(inShort(report)).toEqual(['tls-hostname-mismatch', 'tls', 1])
    expect(report.verdict.summary).toContain('for www.elsewhere.test, and not for the name that was asked for')
  })

  test('that comes without its intermediate', async () => {
    const report = await visit(await secure(authority.bare(HOST)))
    expect(inShort(report)).toEqual(['tls-untrusted', 'tls', 1])
    expect(report.verdict.summary).toContain('without the one of Test Intermediate')
    expect(fact(report, 'tls', 'missing_intermediate')).toBe(true)
  })
})

test('the certificate that only one of two addresses still shows', async () => {
  const port = await secure(good)
  const old = createServer(authority.expired(HOST), (_, response) => response.end('ok'))
  old.listen(port, '127.0.0.2')
  await once(old, 'listening')
  closing({
    close: () => {
      old.closeAllConnections()
      old.close()
    },
  })
  const names = await namesAt({ [HOST]: ['127.0.0.1', '127.0.0.2'] })
  const report = await examined(`https://${HOST}:${port}/`, { resolver: [names.address], authorities: [authority.root.cert] })
  expect(inShort(report)).toEqual(['tls-cert-expired', 'tls', 1])
  expect(report.verdict.summary).toMatch(/^At 127\.0\.0\.2:\d+, one of several addresses of the site: The certificate expired/)
  expect(hopCalled(report, 'http').ok).toBe(true)
})

describe('the handshake', () => {
  test('that needs the name is well, and says so', async () => {
    const context = createSecureContext(good)
    const report = await visit(
      await secure({ SNICallback: (name, done) => (name === HOST ? done(null, context) : done(new Error('not here'))) }),
    )
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'tls', 'sni')).toMatch(/^needed/)
  })

  test('with a server that does not know the name', async () => {
    const [cert, key] = [authority.file(good.cert), authority.file(good.key)]
    const port = await unusedPort()
    const more = `} server { listen 127.0.0.1:${port} ssl default_server; ssl_reject_handshake on; }
      server { listen 127.0.0.1:${port} ssl; server_name ${HOST}; ssl_certificate ${cert}; ssl_certificate_key ${key}; return 200 ok;`
    closing(await startNginx({ root: '/nowhere', scratch: join(authority.folder, 'sni'), more }))
    expect(inShort(await visit(port))).toEqual([null, null, 0])
    const report = await visit(port, 'other.example.test')
    expect(inShort(report)).toEqual(['tls-sni-required', 'tls', 1])
    expect(report.verdict.summary).toContain('no site of the name other.example.test')
    expect(inShort(await examined(`https://127.0.0.1:${port}/`))).toEqual(['tls-sni-required', 'tls', 1])
  })

  test('with a server of long ago', async () => {
    const report = await visit(await secure({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }))
    expect(inShort(report)).toEqual(['tls-protocol-mismatch', 'tls', 1])
    expect(report.verdict.summary).toContain('nothing newer than TLS 1.1')
  })

  test('with a server that wants a certificate of the client', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const report = await visit(
        await secure({ ...good, requestCert: true, rejectUnauthorized: true, ca: authority.root.cert, maxVersion }),
      )
      expect(report.verdict.cause, maxVersion).toBe('tls-client-cert-required')
      expect(report.code).toBe(1)
    }
  })

  test('with a port that speaks plain HTTP', async () => {
    const report = await visit(await portOf(createPlain((_, response) => response.end('ok'))))
    expect(inShort(report)).toEqual(['tls-to-plaintext-port', 'tls', 1])
    expect(report.advice.owner[0]?.do).toContain('http://')
  })

  test('in plain HTTP with a port that speaks TLS', async () => {
    const port = await secure(good)
    const report = await examined(`http://127.0.0.1:${port}/`)
    expect(inShort(report)).toEqual(['plaintext-to-tls-port', 'http', 1])
  })

  test('with nginx that wants a certificate of the client, and speaks plain HTTP about TLS', async () => {
    const [cert, key, root] = [authority.file(good.cert), authority.file(good.key), authority.file(authority.root.cert)]
    const port = await unusedPort()
    const more = `} server { listen 127.0.0.1:${port} ssl; ssl_certificate ${cert}; ssl_certificate_key ${key};
      ssl_client_certificate ${root}; ssl_verify_client on; return 200 ok;`
    closing(await startNginx({ root: '/nowhere', scratch: join(authority.folder, 'client'), more }))
    expect(inShort(await visit(port))).toEqual(['tls-client-cert-required', 'http', 1])
    expect(inShort(await examined(`http://127.0.0.1:${port}/`))).toEqual(['plaintext-to-tls-port', 'http', 1])
  })

  test('that the server breaks off', async () => {
    const report = await visit(await portOf(createSocketServer((socket) => socket.once('data', () => socket.destroy()))))
    expect(inShort(report)).toEqual(['tls-handshake-failed', 'tls', 1])
  })

  test('that the server never answers', async () => {
    const report = await visit(await portOf(createSocketServer((socket) => socket.on('error', () => {}))), HOST, { handshakeMs: 300 })
    expect(inShort(report)).toEqual(['tls-handshake-failed', 'tls', 1])
    expect(report.verdict.summary).toContain('or says nothing')
  })
})

describe('HTTP/2', () => {
  test('beside HTTP/1.1 is chosen and works', async () => {
    const report = await visit(await portOf(createSecureServer({ ...good, allowHTTP1: true }, (_, response) => response.end('ok'))))
    expect(inShort(report)).toEqual([null, null, 0])
    expect(fact(report, 'tls', 'alpn')).toBe('h2')
    expect(hopCalled(report, 'http2')).toMatchObject({ ok: true, evidence: [{ name: 'status', value: 200 }] })
  })

  test('alone keeps out who speaks HTTP/1.1', async () => {
    const report = await visit(await portOf(createSecureServer(good, (_, response) => response.end('ok'))))
    expect(inShort(report)).toEqual(['http-protocol-mismatch', 'http', 1])
    expect(report.verdict.summary).toMatch(/^The server speaks HTTP\/2 only/)
  })

  test('that is offered and fails', async () => {
    const server = createSecureServer({ ...good, allowHTTP1: true }, (request, response) => {
      if (request.httpVersion === '2.0') (response as { stream?: { close(code: number): void } }).stream?.close(2)
      else response.end('ok')
    })
    const report = await visit(await portOf(server))
    expect(inShort(report)).toEqual(['http2-stream-reset', 'http2', 1])
  })
})
