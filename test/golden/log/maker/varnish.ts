/** Debian's Varnish as a gateway; its log is what `varnishlog -g request` prints. */
import { execFileSync } from 'node:child_process'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { ORIGIN_FAULTS, QUESTIONS } from './origin-fault.ts'
import { FRONT, ORIGIN, type Question, ROOT, type Scene } from './scene.ts'

const LOG = 'varnish.log'
const TAGS = 'Begin,ReqStart,ReqMethod,ReqURL,RespStatus,BereqMethod,BereqURL,BerespStatus,BackendOpen,FetchError,VCL_Error,Timestamp'
const FAILED = /FetchError/
/** It is not asked for a moment after a connection failed. */
const HELD = /fail errno 0/

async function startVarnish(scene: Scene, backend: string, more: readonly string[] = [], vcl = ''): Promise<void> {
  const file = scene.write(
    'default.vcl',
    `vcl 4.1;\n${backend}\nsub vcl_recv { if (req.method == "PURGE") { return (synth(200)); } return (pass); }\n${vcl}\n`,
  )
  const work = ['-n', `${ROOT}/varnish`, '-F', '-a', `127.0.0.1:${FRONT}`, '-f', file, '-s', 'malloc,16m']
  scene.start('varnish.out', program('varnishd'), [...work, ...more])
  await scene.listening(FRONT)
  scene.start(LOG, program('varnishlog'), ['-n', `${ROOT}/varnish`, '-g', 'request', '-i', TAGS])
  await scene.until('varnishlog to begin', async () => {
    await scene.ask({ path: '/begun', method: 'PURGE' })
    return scene.read(LOG).includes('/begun')
  })
}

function backendAt(host: string, more = ''): string {
  return `backend app { .host = "${host}"; .port = "${ORIGIN}"; .connect_timeout = 0.5s; .first_byte_timeout = 0.7s; .between_bytes_timeout = 0.5s; ${more} }`
}

const ALIKE: Readonly<Record<string, KnownCauseId>> = {
  'reset-before-response': 'closed-before-response',
  'not-http': 'closed-before-response',
  'connect-no-route': 'no-healthy-upstream',
  'firewall-blocked': 'no-healthy-upstream',
}
/** What came from behind as it is has no FetchError; the visitor's leaving is seen only later. */
const MARKS: Readonly<Record<string, Marks>> = {
  'upstream-5xx': {},
  'upstream-overloaded': {},
  'client-closed': { 'response-timeout': FAILED },
  'connect-refused': { 'connect-refused': /fail errno 111/, 'no-healthy-upstream': HELD },
}

function own(name: string, cause: Case['cause'], how: string, play: (scene: Scene) => Promise<void>): Case {
  return { name, cause, how, marks: { [LOG]: cause === null ? {} : { [cause]: FAILED } }, play }
}

async function settled(scene: Scene, asks: readonly Question[]): Promise<void> {
  for (const ask of asks) {
    const before = scene.read(LOG).split('<< Request').length
    await scene.ask({ leaveMs: 3_000, ...ask })
    await scene.until('varnishlog to write it', () => scene.read(LOG).split('<< Request').length > before)
  }
}

const FROM_FAULTS: readonly Case[] = ORIGIN_FAULTS.map(({ name, cause, how, host = '127.0.0.1', open, asks = QUESTIONS }) => ({
  name,
  cause,
  ...(ALIKE[name] && { alike: ALIKE[name] }),
  how,
  marks: { [LOG]: MARKS[name] ?? { [cause]: FAILED } },
  play: async (scene) => {
    await open(scene)
    await startVarnish(scene, backendAt(host))
    await settled(scene, asks)
  },
}))

const OK = 'HTTP/1.1 200 OK\r\n'

function answering(bytes: string): (scene: Scene) => Promise<void> {
  return (scene) =>
    scene.origin(async (one) => {
      if ((await one.head()) === null) return
      one.send(bytes)
      one.end()
    })
}

export const TROUPE: Troupe = {
  server: 'varnish',
  version: () => /varnish-[\d.]+/.exec(execFileSync('sh', ['-c', `${program('varnishd')} -V 2>&1`], { encoding: 'utf8' }))?.[0] ?? '',
  formats: { [LOG]: 'varnishlog' },
  entry: /^\* {3}<< /,
  cases: [
    ...FROM_FAULTS,
    own('sick', 'no-healthy-upstream', 'The probe is refused, so the backend is sick.', async (scene) => {
      await startVarnish(
        scene,
        backendAt('127.0.0.1', '.probe = { .url = "/up"; .interval = 0.1s; .window = 2; .threshold = 2; .initial = 0; }'),
      )
      await settled(scene, QUESTIONS)
    }),
    own('busy', 'overload-shed', 'The backend may have one connection (.max_connections), which another request holds.', async (scene) => {
      await scene.origin(() => {})
      await startVarnish(scene, backendAt('127.0.0.1', '.max_connections = 1;').replace('0.7s', '4s'))
      const held = scene.ask({ path: '/held', leaveMs: 100 })
      await held
      await settled(scene, [{ path: '/' }])
    }),
    own('socket-missing', 'socket-missing', 'There is no socket at that path.', async (scene) => {
      await startVarnish(scene, `backend app { .path = "${ROOT}/app.sock"; }`)
      await settled(scene, QUESTIONS)
    }),
    own('corrupt-gzip', 'corrupt-encoding', 'The answer says gzip and is not.', async (scene) => {
      await answering(`${OK}Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n${'x'.repeat(20)}`)(scene)
      await startVarnish(scene, backendAt('127.0.0.1'), [], 'sub vcl_backend_response { set beresp.do_gunzip = true; }')
      await settled(scene, QUESTIONS)
    }),
    own('served', null, 'All is well.', async (scene) => {
      await answering(`${OK}Content-Length: 2\r\n\r\nok`)(scene)
      await startVarnish(scene, backendAt('127.0.0.1'))
      await settled(scene, QUESTIONS)
    }),
  ],
  written: [
    {
      name: 'by-hand',
      format: 'varnishlog',
      how: 'FetchErrors of other versions and rare states, after the sources of Varnish.',
      lines: [
        ...group('backlog-overflow', 'backend app: fail errno 11 (Resource temporarily unavailable)'),
        ...group('client-closed', 'req.body read error: 0 (Success)'),
        ...group('fd-exhaustion', 'backend app: fail errno 24 (Too many open files)'),
        ...group('port-exhaustion', 'backend app: fail errno 99 (Cannot assign requested address)'),
        ...group('firewall-blocked', 'backend app: fail errno 13 (Permission denied)'),
        ...group('local-resource-exhausted', 'Could not get storage'),
        ...group('overload-shed', 'No thread available for bgfetch'),
        ...group('closed-before-response', 'backend closed'),
        ...group('response-timeout', 'first byte timeout (reused connection)'),
        ...group('no-healthy-upstream', 'Director shop returned no backend'),
        ...group('request-write-failed', 'backend write error: 32 (Broken pipe) (Error transaction)'),
      ],
    },
  ],
}

function group(cause: KnownCauseId, error: string): [KnownCauseId | null, string][] {
  const lines = [
    '*   << Request  >> 32770',
    '-   ReqStart       203.0.113.9 40001 a0',
    '-   ReqMethod      GET',
    '-   ReqURL         /cart',
    '-   RespStatus     503',
    '**  << BeReq    >> 32771',
    '--  Timestamp      Error: 1795341600.100000 0.012000 0.000002',
    `--  FetchError     ${error}`,
  ]
  return lines.map((line, index) => [index === 0 ? cause : null, line])
}
