/** An origin that speaks TLS, in the ways that proxies stumble over. Each proxy is led to it by its own configuration. */
import { once } from 'node:events'
import { createServer, type TlsOptions } from 'node:tls'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { makeAuthority, makeCertificate, makeSelfSigned } from './certificate.ts'
import { ORIGIN, type Scene } from './scene.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

export type TlsFault = {
  readonly name: string
  readonly cause: KnownCauseId
  readonly how: string
  readonly open: (scene: Scene) => Promise<void>
}

/** The proxy trusts `ca.pem`, checks for the name app.internal and asks for it, unless a case says otherwise. */
export const TLS_FAULTS: readonly TlsFault[] = [
  {
    name: 'tls-cert-expired',
    cause: 'tls-cert-expired',
    how: 'The certificate of the origin expired yesterday.',
    open: (scene) => secure(scene, () => makeCertificate(scene, { days: -1 })),
  },
  {
    name: 'tls-self-signed',
    cause: 'tls-untrusted',
    how: 'The certificate of the origin is self-signed.',
    open: (scene) => secure(scene, () => makeSelfSigned(scene)),
  },
  {
    name: 'tls-unknown-authority',
    cause: 'tls-untrusted',
    how: 'The certificate of the origin is from an authority that the proxy does not trust.',
    open: async (scene) => {
      await secure(scene, () => makeCertificate(scene))
      makeAuthority(scene)
    },
  },
  {
    name: 'tls-hostname-mismatch',
    cause: 'tls-hostname-mismatch',
    how: 'The certificate of the origin is for another name.',
    open: (scene) => secure(scene, () => makeCertificate(scene, { name: 'other.internal' })),
  },
  {
    name: 'tls-to-plaintext-port',
    cause: 'tls-to-plaintext-port',
    how: 'The origin speaks plain HTTP.',
    open: async (scene) => {
      makeAuthority(scene)
      await scene.origin(async (one) => {
        await one.more()
        one.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
        one.end()
      })
    },
  },
  {
    name: 'tls-version',
    cause: 'tls-protocol-mismatch',
    how: 'The origin speaks TLS 1.3 only, and the proxy at most TLS 1.2.',
    open: (scene) => secure(scene, () => makeCertificate(scene), { minVersion: 'TLSv1.3' }),
  },
  {
    name: 'tls-sni-unknown',
    cause: 'tls-sni-required',
    how: 'The origin does not know the name that the proxy asks for, and says so (unrecognized_name).',
    open: async (scene) => {
      makeAuthority(scene)
      makeCertificate(scene)
      const files = '-cert app.pem -key app.key -cert2 app.pem -key2 app.key -servername www.shop.example.com -servername_fatal'
      // It ends with its standard input.
      scene.start('s_server.log', 'sh', ['-c', `tail -f /dev/null | openssl s_server -accept 127.0.0.1:${ORIGIN} ${files}`])
      await scene.listening(ORIGIN)
    },
  },
  {
    name: 'tls-client-cert-required',
    cause: 'tls-client-cert-required',
    how: 'The origin wants a certificate of the proxy, which has none (TLS 1.3).',
    open: (scene) => secure(scene, () => makeCertificate(scene), { requestCert: true, rejectUnauthorized: true }),
  },
  {
    name: 'tls-handshake-closed',
    cause: 'tls-handshake-failed',
    how: 'The origin closes the connection in the middle of the handshake.',
    open: async (scene) => {
      makeAuthority(scene)
      await scene.origin((one) => void one.more().then(() => one.end()))
    },
  },
  {
    name: 'tls-handshake-reset',
    cause: 'tls-handshake-failed',
    how: 'The origin resets the connection in the middle of the handshake.',
    open: async (scene) => {
      makeAuthority(scene)
      await scene.origin((one) => void one.more().then(() => one.reset()))
    },
  },
  {
    name: 'tls-handshake-timeout',
    cause: 'tls-handshake-failed',
    how: 'The origin says nothing in the handshake, until the proxy gives up.',
    open: async (scene) => {
      makeAuthority(scene)
      await scene.origin(() => {})
    },
  },
]

async function secure(scene: Scene, make: () => { key: string; certificate: string }, options: TlsOptions = {}): Promise<void> {
  makeAuthority(scene)
  const { key, certificate: cert } = make()
  const server = createServer({ key, cert, ca: scene.read('ca.pem'), ...options }, (socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(ANSWER))
  })
  server.on('tlsClientError', () => {})
  server.listen(ORIGIN, '127.0.0.1')
  await once(server, 'listening')
  scene.keep(() => void server.close())
}
