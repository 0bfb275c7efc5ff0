/** Debian's HAProxy as a gateway. It logs to syslog, so a server of syslog listens here and writes lines as rsyslog does. */
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { faultCalled, ORIGIN_FAULTS } from './origin-fault.ts'
import { FRONT, ORIGIN, type Question, type Scene } from './scene.ts'
import { TLS_FAULTS } from './tls-origin.ts'

const LOG = 'haproxy.log'
const ASKED = /"(?:GET|POST) /

type Parts = { readonly server?: string; readonly backend?: string; readonly global?: string; readonly defaults?: string }

async function startHaproxy(
  scene: Scene,
  { server = `127.0.0.1:${ORIGIN}`, backend = '', global = '', defaults = '' }: Parts,
): Promise<void> {
  const syslog = createSocket('udp4', (line) => appendFileSync(scene.path(LOG), `${written(line.toString('utf8'))}\n`))
  syslog.bind(514, '127.0.0.1')
  await once(syslog, 'listening')
  scene.keep(() => syslog.close())
  const times = 'timeout connect 300ms\n  timeout server 700ms\n  timeout client 3s\n  timeout queue 300ms\n  timeout http-request 2s'
  const file = scene.write(
    'haproxy.cfg',
    `global
  log 127.0.0.1:514 local0
  ${global}
defaults
  mode http
  log global
  option httplog
  retries 1
  ${times}
  ${defaults}
frontend web
  bind 127.0.0.1:${FRONT}
  default_backend app
backend app
  ${backend}
  server app1 ${server}
`,
  )
  scene.start('haproxy.out', program('haproxy'), ['-db', '-f', file])
  await scene.listening(FRONT)
}

/** As rsyslog writes it to a file: without the priority, with the name of the machine. */
function written(line: string): string {
  return line.trimEnd().replace(/^<\d+>(\w{3} [ \d]\d [\d:]{8}) (?:web )?/, '$1 web ')
}

const FEW: readonly Question[] = ['/', '/cart', '/order', '/login', '/'].map((path) => ({ path }))
const ALIKE: Readonly<Record<string, KnownCauseId>> = {
  'connect-unreachable': 'connect-refused',
  'reset-before-response': 'closed-before-response',
  'header-too-large': 'malformed-response',
  'bad-chunk': 'truncated-body',
}
const SILENT = new Set(['connect-no-route', 'firewall-blocked', 'truncated-by-reset', 'not-http'])

const FROM_FAULTS: readonly Case[] = ORIGIN_FAULTS.filter(({ name }) => !SILENT.has(name)).map(
  ({ name, cause, how, host = '127.0.0.1', open, asks }) => ({
    name,
    cause,
    ...(ALIKE[name] && { alike: ALIKE[name] }),
    how,
    marks: { [LOG]: { [cause]: ASKED } },
    play: async (scene) => {
      await open(scene)
      await startHaproxy(scene, { server: `${host}:${ORIGIN}`, defaults: cause === 'client-closed' ? 'option abortonclose' : '' })
      for (const ask of asks ?? FEW) await scene.ask(ask)
    },
  }),
)

function own(name: string, cause: Case['cause'], how: string, marks: Marks, play: Case['play']): Case {
  return { name, cause, how, marks: { [LOG]: marks }, play }
}

async function said(scene: Scene, words: RegExp): Promise<void> {
  await scene.until(`HAProxy to say ${words}`, () => words.test(scene.read(LOG)))
}

const DOWN = /Server app\/app1 is DOWN/
const CHECKED = 'check inter 200ms fall 1'

function checked(name: string, cause: NonNullable<Case['cause']>, how: string, parts: Parts, open: (scene: Scene) => Promise<void>): Case {
  const marks = { [cause]: DOWN, 'no-healthy-upstream': /has no server|"GET / }
  return own(name, cause, how, marks, async (scene) => {
    await open(scene)
    await startHaproxy(scene, parts)
    await said(scene, /has no server/)
    for (const ask of FEW) await scene.ask(ask)
  })
}

const OWN: readonly Case[] = [
  checked('check-refused', 'connect-refused', 'The health check is refused.', { server: `127.0.0.1:${ORIGIN} ${CHECKED}` }, async () => {}),
  checked(
    'check-unreachable',
    'connect-unreachable',
    'The health check finds no route.',
    { server: `192.0.2.1:${ORIGIN} ${CHECKED}` },
    faultCalled('connect-unreachable').open,
  ),
  checked(
    'check-timeout',
    'connect-timeout',
    'The packets of the health check are dropped.',
    { server: `192.0.2.1:${ORIGIN} ${CHECKED}`, defaults: 'timeout check 200ms' },
    faultCalled('connect-timeout').open,
  ),
  checked(
    'check-status',
    'upstream-5xx',
    'The health check gets a 500.',
    { server: `127.0.0.1:${ORIGIN} ${CHECKED}`, backend: 'option httpchk GET /up' },
    faultCalled('upstream-5xx').open,
  ),
  checked(
    'check-no-answer',
    'response-timeout',
    'The health check gets no answer.',
    { server: `127.0.0.1:${ORIGIN} ${CHECKED}`, backend: 'option httpchk GET /up', defaults: 'timeout check 200ms' },
    faultCalled('response-timeout').open,
  ),
  checked(
    'check-tls',
    'tls-handshake-failed',
    'The health check fails in the handshake.',
    { server: `127.0.0.1:${ORIGIN} ssl verify none ${CHECKED}` },
    tlsFault('tls-handshake-closed'),
  ),
  own(
    'queue-timeout',
    'overload-shed',
    'The server takes one request at a time (maxconn 1), five come, and timeout queue is 300 ms.',
    { 'overload-shed': / sQ/, 'response-timeout': / sH/ },
    async (scene) => {
      await faultCalled('response-timeout').open(scene)
      await startHaproxy(scene, { server: `127.0.0.1:${ORIGIN} maxconn 1` })
      await Promise.all(FEW.map((ask) => scene.ask(ask)))
    },
  ),
  {
    ...own(
      'port-exhaustion',
      'port-exhaustion',
      'Every local port that a connection could begin at is taken.',
      { 'port-exhaustion': /"GET|no free ports/ },
      async (scene) => {
        await scene.origin(() => {})
        await startHaproxy(scene, {})
        const range = '/proc/sys/net/ipv4/ip_local_port_range'
        const before = scene.run('cat', range).trim()
        scene.run('sh', '-c', `echo 40000 40001 >${range}`)
        scene.keep(() => void scene.run('sh', '-c', `echo ${before} >${range}`))
        const taken = [40_000, 40_001].map((localPort) => connect({ host: '127.0.0.1', port: ORIGIN, localPort }).on('error', () => {}))
        scene.keep(() => taken.forEach((socket) => void socket.destroy()))
        for (const from of [50_000, 50_001]) await scene.ask({ from })
      },
    ),
    alike: 'connect-refused',
  },
  own(
    'not-a-gateway-failure',
    null,
    'A request that a rule denies, one that is not HTTP, a redirect, and one whose header never ends.',
    {},
    async (scene) => {
      await faultCalled('upstream-5xx').open(scene)
      await startHaproxy(scene, {
        backend: 'http-request deny if { path /admin }\n  http-request redirect location /shop if { path /old }',
      })
      for (const path of ['/admin', '/old']) await scene.ask({ path })
      for (const words of ['\x16\x03\x01 \r\n\r\n', 'GET / HTTP/1.1\r\nHost: ']) {
        await new Promise<void>((resolve) => {
          const socket = connect(FRONT, '127.0.0.1')
            .on('error', () => {})
            .on('close', () => resolve())
            .resume()
          socket.write(words)
        })
      }
    },
  ),
]

function tlsFault(name: string): (scene: Scene) => Promise<void> {
  const found = TLS_FAULTS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no fault ${name}`)
  return found.open
}

const HEAD = 'Nov 22 10:00:00 web haproxy[1201]: 203.0.113.9:40001 [22/Nov/2026:10:00:00.000] web app/app1'

export const TROUPE: Troupe = {
  server: 'haproxy',
  version: () =>
    /version \S+/.exec(execFileSync(program('haproxy'), ['-v'], { encoding: 'utf8' }))?.[0].replace('version ', 'haproxy/') ?? '',
  formats: { [LOG]: 'haproxy' },
  noise: /(?:Proxy|proxy) \S+ (?:started|stopped)|New worker|Loading success/,
  cases: [...FROM_FAULTS, ...OWN],
  written: [
    {
      name: 'by-hand',
      format: 'haproxy',
      how: 'States that need much to come about, after the manual, §8.5.',
      lines: [
        ['local-resource-exhausted', `${HEAD} 0/0/-1/-1/0 503 217 - - PC-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"`],
        ['port-exhaustion', `${HEAD} 0/0/-1/-1/0 503 217 - - RC-- 1/1/0/0/3 0/0 "GET /cart HTTP/1.1"`],
        ['upstream-draining', `${HEAD} 0/0/0/12/841 200 51200 - - DD-- 1/1/0/0/0 0/0 "GET /export HTTP/1.1"`],
        ['upstream-draining', `${HEAD} 0/0/0/12/841 200 51200 - - KD-- 1/1/0/0/0 0/0 "GET /export HTTP/1.1"`],
        ['upstream-draining', `${HEAD} 0/0/0/12/841 200 51200 - - UD-- 1/1/0/0/0 0/0 "GET /export HTTP/1.1"`],
        ['malformed-response', `${HEAD} 0/0/0/12/41 200 5120 - - PD-- 1/1/0/0/0 0/0 "GET /export HTTP/1.1"`],
        ['gateway-internal', `${HEAD} 0/0/0/-1/3 500 217 - - IH-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"`],
        ['client-closed', `${HEAD} 0/0/0/-1/50000 -1 0 - - cH-- 1/1/0/0/0 0/0 "POST /upload HTTP/1.1"`],
        [
          'no-healthy-upstream',
          'Nov 22 10:00:00 web haproxy[1201]: 203.0.113.9:40001 [22/Nov/2026:10:00:00.000] web app/<NOSRV> 0/300/-1/-1/300 503 217 - - SQ-- 1/1/0/0/0 0/1 "GET /cart HTTP/1.1"',
        ],
        [null, `${HEAD} 0/0/0/4/5 200 1024 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`],
      ],
    },
  ],
}
