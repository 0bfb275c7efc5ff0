/** nginx and origins that speak TLS, or do not. */
import type { Case } from './case.ts'
import { NAME } from './certificate.ts'
import { startNginx } from './nginx-front.ts'
import { ORIGIN, ROOT, type Scene } from './scene.ts'
import { TLS_FAULTS } from './tls-origin.ts'

const CHECKED = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${ROOT}/ca.pem; proxy_ssl_server_name on; proxy_ssl_name ${NAME};`
const MORE: Readonly<Record<string, string>> = {
  'tls-client-cert-required': 'proxy_ssl_protocols TLSv1.2 TLSv1.3;',
  'tls-version': 'proxy_ssl_protocols TLSv1.2;',
  'tls-handshake-timeout': 'proxy_connect_timeout 300ms;',
}

export const NGINX_TLS_CASES: readonly Case[] = [
  ...TLS_FAULTS.map(
    ({ name, cause, how, open }): Case => ({
      name,
      cause,
      how,
      marks: { 'error.log': { [cause]: /upstream: "/ } },
      play: async (scene) => {
        await open(scene)
        await start(scene, `${CHECKED} ${MORE[name] ?? ''}`)
        await scene.ask()
      },
    }),
  ),
  {
    name: 'tls-cipher',
    cause: 'tls-protocol-mismatch',
    how: 'The two have no cipher in common.',
    marks: { 'error.log': { 'tls-protocol-mismatch': /upstream: "/ } },
    play: async (scene) => {
      await fault('tls-client-cert-required').open(scene)
      await start(scene, `${CHECKED} proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;`)
      await scene.ask()
    },
  },
  {
    name: 'tls-no-version-left',
    cause: 'tls-protocol-mismatch',
    how: 'proxy_ssl_protocols allows only TLS 1.0, which the security level of OpenSSL forbids.',
    marks: { 'error.log': { 'tls-protocol-mismatch': /upstream: "/ } },
    play: async (scene) => {
      await fault('tls-client-cert-required').open(scene)
      await start(scene, `${CHECKED} proxy_ssl_protocols TLSv1;`)
      await scene.ask()
    },
  },
  {
    name: 'tls-client-cert-required-tls12',
    cause: 'tls-client-cert-required',
    alike: 'tls-protocol-mismatch',
    how: 'The origin wants a certificate of the proxy, which has none (TLS 1.2, where it says no more than that the handshake failed).',
    marks: { 'error.log': { 'tls-client-cert-required': /upstream: "/ } },
    play: async (scene) => {
      await fault('tls-client-cert-required').open(scene)
      await start(scene, `${CHECKED} proxy_ssl_protocols TLSv1.2;`)
      await scene.ask()
    },
  },
]

function fault(name: string): (typeof TLS_FAULTS)[number] {
  const found = TLS_FAULTS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no fault ${name}`)
  return found
}

async function start(scene: Scene, location: string): Promise<void> {
  await startNginx(scene, { location: `proxy_pass https://127.0.0.1:${ORIGIN}; ${location}` })
}
