/** Debian's Caddy as a gateway: it writes JSON, with the words of Go's standard library. */
import { execFileSync } from 'node:child_process'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { NAME } from './certificate.ts'
import { startNameServer } from './name-service.ts'
import { ORIGIN_FAULTS, QUESTIONS } from './origin-fault.ts'
import { FRONT, ORIGIN, ROOT, type Scene } from './scene.ts'
import { TLS_FAULTS } from './tls-origin.ts'

const LOG = 'caddy.log'
const UPSTREAM_LIMITS = 'transport http {\n dial_timeout 500ms\n response_header_timeout 700ms\n max_response_header 64KiB\n }'

async function startCaddy(scene: Scene, proxy: string): Promise<void> {
  const file = scene.write(
    'Caddyfile',
    `{
  admin off
  auto_https off
}
http://:${FRONT} {
  bind 127.0.0.1
  log
  ${proxy}
}
`,
  )
  scene.start(LOG, program('caddy'), ['run', '--config', file, '--adapter', 'caddyfile'], {
    HOME: ROOT,
    XDG_DATA_HOME: ROOT,
    XDG_CONFIG_HOME: ROOT,
  })
  await scene.listening(FRONT)
}

const ACCESS_499 =
  '{"level":"error","ts":1795341601.1,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"203.0.113.9","proto":"HTTP/2.0","method":"GET","host":"shop.example.com","uri":"/cart","headers":{}},"bytes_read":0,"duration":1.2,"size":0,"status":499,"resp_headers":{"Server":["Caddy"]}}'

/** The error is what the marks are for; the line of the access log beside it only has the status. */
const ERROR = /"logger":"http\.(?:log\.error|handlers\.reverse_proxy)/
const ABORTED = /aborting with incomplete response/
const MARKS: Readonly<Record<string, Marks>> = {
  'truncated-by-reset': { 'truncated-body': ABORTED },
  'truncated-by-close': { 'truncated-body': ABORTED },
  'truncated-chunks': { 'truncated-body': ABORTED },
  'bad-chunk': { 'malformed-response': ABORTED },
  'upstream-5xx': {},
  'upstream-overloaded': {},
  'client-closed': {},
}
/** Caddy has no limit for it. */
const ENDLESS = 'idle-timeout'

const FROM_FAULTS: readonly Case[] = ORIGIN_FAULTS.filter(({ name }) => name !== ENDLESS).map(
  ({ name, cause, how, host = '127.0.0.1', open, asks = QUESTIONS }) => ({
    name,
    cause,
    how,
    marks: { [LOG]: MARKS[name] ?? { [cause]: ERROR } },
    play: async (scene) => {
      await open(scene)
      await startCaddy(scene, `reverse_proxy ${host}:${ORIGIN} {\n ${UPSTREAM_LIMITS}\n }`)
      for (const ask of asks) await scene.ask(ask)
    },
  }),
)

/** Go says no more of a handshake that breaks off than of any connection. */
const ALIKE: Readonly<Record<string, KnownCauseId>> = {
  'tls-handshake-closed': 'closed-before-response',
  'tls-handshake-reset': 'reset-before-response',
}

const TLS: readonly Case[] = TLS_FAULTS.filter(({ name }) => name !== 'tls-version').map(({ name, cause, how, open }) => ({
  name,
  cause,
  ...(ALIKE[name] && { alike: ALIKE[name] }),
  how,
  marks: { [LOG]: { [cause]: ERROR } },
  play: async (scene) => {
    await open(scene)
    await startCaddy(
      scene,
      `reverse_proxy https://127.0.0.1:${ORIGIN} {\n transport http {\n tls_trusted_ca_certs ${ROOT}/ca.pem\n tls_server_name ${NAME}\n tls_timeout 700ms\n }\n }`,
    )
    await scene.ask()
  },
}))

function named(name: string, cause: KnownCauseId, how: string, answer: Parameters<typeof startNameServer>[1]): Case {
  return {
    name,
    cause,
    how,
    marks: { [LOG]: { [cause]: ERROR } },
    play: async (scene) => {
      await startNameServer(scene, answer)
      await startCaddy(scene, `reverse_proxy app.internal:${ORIGIN} {\n ${UPSTREAM_LIMITS.replace('500ms', '8s')}\n }`)
      await scene.ask({ leaveMs: 15_000 })
    },
  }
}

function own(name: string, cause: Case['cause'], how: string, marks: Marks, play: Case['play']): Case {
  return { name, cause, how, marks: { [LOG]: marks }, play }
}

export const TROUPE: Troupe = {
  server: 'caddy',
  version: () => `caddy/${execFileSync(program('caddy'), ['version'], { encoding: 'utf8' }).trim()}`,
  formats: { [LOG]: 'caddy' },
  noise: /"level":"(?:info|warn)".*"(?:msg":"(?:using|adapted|serving|admin|cleaning|shutting|exiting|Caddyfile)|logger":"(?:tls|admin))/,
  cases: [
    ...FROM_FAULTS,
    ...TLS,
    named('dns-nxdomain', 'dns-nxdomain', 'The name server says NXDOMAIN.', { error: 'NXDOMAIN' }),
    named('dns-servfail', 'dns-servfail', 'The name server says SERVFAIL.', { error: 'SERVFAIL' }),
    named('dns-timeout', 'dns-timeout', 'The name server does not answer.', 'silence'),
    own('socket-missing', 'socket-missing', 'There is no socket at that path.', { 'socket-missing': ERROR }, async (scene) => {
      await startCaddy(scene, `reverse_proxy unix/${ROOT}/app.sock`)
      await scene.ask()
    }),
    own(
      'no-upstreams',
      'connect-refused',
      'The health check is refused, so no upstream is left.',
      { 'connect-refused': /health_checker/, 'no-healthy-upstream': /no upstreams available/ },
      async (scene) => {
        await startCaddy(scene, `reverse_proxy 127.0.0.1:${ORIGIN} {\n health_uri /up\n health_interval 100ms\n }`)
        await scene.until('the check to fail', () => scene.read(LOG).includes('health_checker'))
        await scene.until('no upstream to be left', async () => (await scene.ask()).status === 503)
      },
    ),
    own('check-status', 'upstream-5xx', 'The health check gets a 500.', { 'upstream-5xx': /health_checker/ }, async (scene) => {
      await ORIGIN_FAULTS.find(({ name }) => name === 'upstream-5xx')?.open(scene)
      await startCaddy(scene, `reverse_proxy 127.0.0.1:${ORIGIN} {\n health_uri /up\n health_interval 100ms\n }`)
      await scene.until('the check to fail', () => scene.read(LOG).includes('health_checker'))
    }),
    own('fastcgi-refused', 'connect-refused', 'Nothing listens where PHP-FPM should.', { 'connect-refused': ERROR }, async (scene) => {
      scene.write('www/index.php', '<?php echo 1;\n')
      await startCaddy(scene, `root * ${ROOT}/www\n php_fastcgi 127.0.0.1:9000`)
      await scene.ask({ path: '/index.php' })
    }),
  ],
  written: [
    {
      name: 'by-hand',
      format: 'caddy',
      how: 'Errors of other versions and rare states, after the sources of Caddy and Go.',
      lines: [
        ['client-closed', failed('context canceled', 499)],
        ['client-closed', ACCESS_499],
        ['fd-exhaustion', failed('dial tcp 10.0.0.5:3000: socket: too many open files')],
        ['port-exhaustion', failed('dial tcp 10.0.0.5:3000: connect: cannot assign requested address')],
        ['socket-permission', failed('dial unix /run/app.sock: connect: permission denied')],
        ['keepalive-race', failed('http: server closed idle connection')],
        ['tls-protocol-mismatch', failed('remote error: tls: protocol version not supported')],
        ['tls-protocol-mismatch', failed('tls: server selected unsupported protocol version 301')],
        ['connect-refused', failed('dialing backend: dial tcp 127.0.0.1:9000: connect: connection refused')],
        [
          null,
          '{"level":"error","ts":1795341600.1,"logger":"tls.obtain","msg":"could not get certificate from issuer","identifier":"shop.example.com","error":"HTTP 429 urn:ietf:params:acme:error:rateLimited"}',
        ],
      ],
    },
  ],
}

function failed(message: string, status = 502): string {
  const request = {
    remote_ip: '203.0.113.9',
    remote_port: '40001',
    proto: 'HTTP/2.0',
    method: 'GET',
    host: 'shop.example.com',
    uri: '/cart',
    headers: {},
  }
  const trace = 'reverseproxy.statusError (reverseproxy.go:1390)'
  return JSON.stringify({
    level: 'error',
    ts: 1795341600.1,
    logger: 'http.log.error.log0',
    msg: message,
    request,
    duration: 0.012,
    status,
    err_id: 'a1b2c3d4e',
    err_trace: trace,
  })
}
