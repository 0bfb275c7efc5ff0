/** Debian's Apache as a gateway, made to fail in every way that mod_proxy has a number for. */
import { execFileSync } from 'node:child_process'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { program } from '../../../setup/program.ts'
import { startApache } from './apache-front.ts'
import { APACHE_OWN_CASES } from './apache-own.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { NAME } from './certificate.ts'
import { ORIGIN_FAULTS, QUESTIONS } from './origin-fault.ts'
import { ORIGIN, ROOT, type Scene } from './scene.ts'
import { TLS_FAULTS } from './tls-origin.ts'

/** Which lines tell what was injected: the first of those that Apache writes about it. What it is silent about has no marks. */
const MARKS: Readonly<Record<string, Marks>> = {
  'connect-refused': { 'connect-refused': /AH00957/ },
  'connect-timeout': { 'connect-timeout': /AH00957/ },
  'connect-unreachable': { 'connect-unreachable': /AH00957/ },
  'connect-no-route': { 'connect-unreachable': /AH00957/ },
  'firewall-blocked': { 'firewall-blocked': /AH00957/ },
  'response-timeout': { 'response-timeout': /AH01102/ },
  'reset-before-response': { 'reset-before-response': /AH01102/ },
  'closed-before-response': { 'closed-before-response': /AH01102/ },
  'idle-timeout': { 'idle-timeout': /AH01110/ },
  'truncated-by-reset': { 'truncated-body': /AH01110/ },
  'truncated-by-close': { 'truncated-body': /AH01110/ },
  'truncated-chunks': { 'truncated-body': /AH01110/ },
  'bad-header': { 'malformed-response': /AH01106/ },
  'bad-chunk': { 'malformed-response': /AH01110/ },
  'header-too-large': { 'header-too-large': /AH10124/, 'malformed-response': /AH01106/ },
  'request-write-failed': { 'request-write-failed': /AH01084/ },
}

/** Apache says in general that the handshake failed, and on level info why. */
function tlsMarks(name: string, cause: KnownCauseId): Marks {
  const general = { 'tls-handshake-failed': /AH00898: Error during SSL Handshake/ }
  if (cause === 'tls-handshake-failed') return general
  if (name === 'tls-client-cert-required') return { [cause]: /AH02268|certificate required/, 'closed-before-response': /AH01102/ }
  return { ...general, [cause]: /AH02276|AH02411|SSL Library Error: .*(?:wrong version|unrecognized|protocol version)/ }
}

const MARKED: readonly Case[] = ORIGIN_FAULTS.map(({ name, cause, how, host = '127.0.0.1', open, asks = QUESTIONS }) => ({
  name,
  cause: MARKS[name] === undefined ? null : cause,
  how,
  marks: { 'error.log': MARKS[name] ?? {} },
  play: async (scene) => {
    await open(scene)
    await startApache(scene, `ProxyPass / http://${host}:${ORIGIN}/ connectiontimeout=1`)
    for (const ask of asks) await scene.ask(ask)
  },
}))

const TLS: readonly Case[] = TLS_FAULTS.map(({ name, cause, how, open }) => ({
  name,
  cause,
  how,
  marks: { 'error.log': tlsMarks(name, cause) },
  play: async (scene) => {
    await open(scene)
    nameThisMachine(scene)
    const tls = `SSLProxyEngine on\nSSLProxyVerify require\nSSLProxyCACertificateFile ${ROOT}/ca.pem\n${name === 'tls-version' ? 'SSLProxyProtocol TLSv1.2' : ''}`
    await startApache(scene, `${tls}\nProxyPass / https://${NAME}:${ORIGIN}/\nLogLevel info`)
    await scene.ask()
  },
}))

export const TROUPE: Troupe = {
  server: 'apache',
  version: () => /Apache\/\S+/.exec(execFileSync(program('apache2'), ['-v'], { encoding: 'utf8' }))?.[0] ?? '',
  formats: { 'error.log': 'apache-error', 'access.log': 'combined', 'php-fpm.log': 'php-fpm' },
  noise: /\[mpm_event:notice\]|AH(?:00094|01882|01873|01964|01998)/,
  cases: [...MARKED, ...TLS, ...APACHE_OWN_CASES],
  written: [
    {
      name: 'by-hand',
      format: 'apache-error',
      how: 'Lines of other versions and rare states, after the sources of httpd.',
      lines: [
        [
          'connect-timeout',
          '[Sun Nov 22 10:00:00.000001 2026] [proxy:error] [pid 21:tid 70] (110)Connection timed out: AH00957: HTTP: attempt to connect to 10.0.0.5:8080 (app.internal) failed',
        ],
        [
          'connect-refused',
          '[Sun Nov 22 10:00:00.100001 2026] [proxy:error] [pid 21] (111)Connection refused: AH00957: HTTP: attempt to connect to 10.0.0.5:8080 (app.internal) failed',
        ],
        [
          'no-healthy-upstream',
          '[Sun Nov 22 10:00:01.000001 2026] [proxy:error] [pid 21:tid 70] [client 203.0.113.9:40001] AH00934: HTTP: all workers are busy. Unable to serve app.internal:8080',
        ],
        [
          'no-healthy-upstream',
          '[Sun Nov 22 10:00:02.000001 2026] [proxy_balancer:error] [pid 21:tid 70] AH01171: balancer://app: No workers in balancer',
        ],
        [
          'no-healthy-upstream',
          "[Sun Nov 22 10:00:03.000001 2026] [proxy_balancer:error] [pid 21:tid 70] [client 203.0.113.9:40002] AH01174: balancer://app: Forcing worker (http://10.0.0.5:8080) into error state due to status code 503 matching 'failonstatus' balancer parameter",
        ],
        [
          'truncated-body',
          '[Sun Nov 22 10:00:04.000001 2026] [proxy_http:error] [pid 21:tid 70] (104)Connection reset by peer: [client 203.0.113.9:40003] AH01110: Network error reading response',
        ],
        [
          'malformed-response',
          '[Sun Nov 22 10:00:05.000001 2026] [proxy:error] [pid 21:tid 70] [client 203.0.113.9:40004] AH00898: Corrupt status line returned by remote server: HTTP/1.1 20 returned by /cart',
        ],
        [
          'gateway-config',
          '[Sun Nov 22 10:00:06.000001 2026] [proxy:error] [pid 21:tid 70] AH00961: HTTPS: failed to enable ssl support for 10.0.0.5:443 (app.internal)',
        ],
        [
          'worker-pool-exhausted',
          '[Sun Nov 22 10:00:07.000001 2026] [mpm_prefork:error] [pid 20] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting',
        ],
        [
          null,
          '[Sun Nov 22 10:00:08.000001 2026] [core:error] [pid 21:tid 70] [client 203.0.113.9:40005] AH00126: Invalid URI in request GET /../../etc/passwd HTTP/1.1',
        ],
        [
          null,
          '[Sun Nov 22 10:00:09.000001 2026] [authz_core:error] [pid 21:tid 70] [client 203.0.113.9:40006] AH01630: client denied by server configuration: /var/www/html/.env',
        ],
      ],
    },
  ],
}

function nameThisMachine(scene: Scene): void {
  const named = `cp /etc/hosts /run/hosts && echo 127.0.0.1 ${NAME} >>/run/hosts && mount --bind /run/hosts /etc/hosts`
  scene.run('sh', '-c', `grep -q ${NAME} /etc/hosts || (${named})`)
}
