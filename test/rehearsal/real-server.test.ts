/** Servers as people run them, misconfigured as people do it: named by what they really say. */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import { program } from '../setup/program.ts'
import { run } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { startNginx } from '../support/nginx.ts'
import { ask } from '../support/raw-client.ts'
import { unusedPort } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

async function causeOf(port: number): Promise<string | null> {
  const gateway = closing(await startGateway({ endpoints: [port], retry: { attempts: 1 } }))
  const answer = await ask(gateway.port, GET)
  const [finished] = await gateway.finishedCount(1)
  expect(answer?.fields.get('proxy-status')).toContain(finished?.cause)
  return finished?.cause ?? null
}

function port(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port
}

test('nginx with TLS on that port', { timeout: 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-nginx-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const names = ['-keyout', key, '-out', certificate, '-subj', '/CN=a.test']
  await run([
    program('openssl'),
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
    ...names,
  ])
  const tls = await unusedPort()
  const more = `listen 127.0.0.1:${tls} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key};`
  const nginx = closing(await startNginx({ root: folder, scratch: join(folder, 'nginx'), more }))
  expect(await causeOf(tls)).toBe('plaintext-to-tls-port')
  // Its own port for plain HTTP is a different thing.
  const gateway = closing(await startGateway({ endpoints: [nginx.port] }))
  expect((await ask(gateway.port, GET))?.status).toBe(403)
})

test('nginx that expects the PROXY protocol', { timeout: 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-nginx-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const proxied = await unusedPort()
  closing(await startNginx({ root: folder, scratch: join(folder, 'nginx'), more: `listen 127.0.0.1:${proxied} proxy_protocol;` }))
  expect(await causeOf(proxied)).toBe('closed-before-response')
})

test('Node with TLS on that port, which hangs up without a word', async () => {
  const server = createTlsServer()
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing(server)
  expect(await causeOf(port(server))).toBe('closed-before-response')
})

test('a Node app that crashes over the request', async () => {
  const server = createHttpServer((request) => request.socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing(server)
  expect(await causeOf(port(server))).toBe('closed-before-response')
})

test('a Node app that dies in the middle of its answer', async () => {
  const server = createHttpServer((request, response) => {
    response.writeHead(200, { 'Content-Length': 10_000 })
    response.write('the beginning', () => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing(server)
  expect(await causeOf(port(server))).toBe('truncated-body')
})

test('a Node app that sets too large a cookie', async () => {
  const server = createHttpServer((_, response) => response.setHeader('Set-Cookie', `session=${'x'.repeat(80_000)}`).end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing(server)
  expect(await causeOf(port(server))).toBe('header-too-large')
})
