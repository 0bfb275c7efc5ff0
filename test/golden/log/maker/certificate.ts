/** Certificates of origins: good ones, and each kind of bad one. */
import type { Scene } from './scene.ts'

export type Certificate = { readonly key: string; readonly certificate: string }

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
export const NAME = 'app.internal'

/** An authority of one's own: `ca.pem` is what proxies are told to trust. */
export function makeAuthority(scene: Scene): string {
  scene.run('openssl', 'req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650', '-subj', '/CN=Shop CA')
  return scene.path('ca.pem')
}

/** Signed by the authority. `days` may be -1: it has expired. */
export function makeCertificate(scene: Scene, { name = NAME, days = 825 }: { name?: string; days?: number } = {}): Certificate {
  scene.write('san.cnf', `subjectAltName=DNS:${name}\n`)
  scene.run('openssl', 'req', '-new', ...KEY, '-keyout', 'app.key', '-out', 'app.csr', '-subj', `/CN=${name}`)
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', `${days}`, '-extfile', 'san.cnf']
  scene.run('openssl', 'x509', '-req', '-in', 'app.csr', '-out', 'app.pem', ...signed)
  return taken(scene)
}

export function makeSelfSigned(scene: Scene, name = NAME): Certificate {
  const named = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=CA:FALSE']
  scene.run('openssl', 'req', '-x509', ...KEY, '-keyout', 'app.key', '-out', 'app.pem', '-days', '825', ...named)
  return taken(scene)
}

function taken(scene: Scene): Certificate {
  return { key: scene.read('app.key'), certificate: scene.read('app.pem') }
}
