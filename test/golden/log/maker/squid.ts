/** Debian's squid as a reverse proxy, with the code of the error at the end of each line (`%err_code/%err_detail`). */
import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { program } from '../../../setup/program.ts'
import type { Case, Troupe } from './case.ts'
import { faultCalled, QUESTIONS } from './origin-fault.ts'
import { FRONT, ORIGIN, ROOT, type Scene } from './scene.ts'

const LOG = 'access.log'

async function startSquid(scene: Scene, peer: string, words: string): Promise<void> {
  chmodSync(ROOT, 0o777)
  const file = scene.write(
    'squid.conf',
    `http_port 127.0.0.1:${FRONT} accel no-vhost defaultsite=shop.example.com
cache_peer ${peer} parent ${ORIGIN} 0 no-query originserver no-digest name=shop ${words}
cache_peer_access shop allow all
never_direct allow all
http_access allow all
cache deny all
logformat errors %ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt %err_code/%err_detail
access_log stdio:${ROOT}/${LOG} errors
cache_log ${ROOT}/cache.log
pid_filename none
visible_hostname shop
connect_timeout 1 second
peer_connect_timeout 1 second
read_timeout 1 second
forward_timeout 2 seconds
shutdown_lifetime 0 seconds
connect_retries 0
pinger_enable off
`,
  )
  scene.start('squid.out', program('squid'), ['-N', '-f', file])
  await scene.listening(FRONT)
}

function behind(name: string, words: RegExp, peerWords = '', alike?: Case['alike']): Case {
  const { cause, how, host = '127.0.0.1', open, asks = QUESTIONS } = faultCalled(name)
  const play = async (scene: Scene): Promise<void> => {
    await open(scene)
    await startSquid(scene, host, peerWords)
    for (const ask of asks) await scene.ask(ask)
    await scene.until('squid to say it', () => words.test(scene.read(LOG)))
  }
  return { name, cause, how, ...(alike !== undefined && { alike }), marks: { [LOG]: { [cause]: words } }, play }
}

export const TROUPE: Troupe = {
  server: 'squid',
  version: () => `squid/${/Version ([\d.]+)/.exec(execFileSync(program('squid'), ['-v'], { encoding: 'utf8' }))?.[1] ?? ''}`,
  formats: { [LOG]: 'squid' },
  // Of looking whether it listens.
  noise: /transaction-end-before-headers/,
  cases: [
    // It does not say what a connection failed of.
    behind('connect-refused', /ERR_/, '', 'no-healthy-upstream'),
    behind('connect-unreachable', /ERR_/, '', 'no-healthy-upstream'),
    behind('response-timeout', /ERR_/),
    behind('reset-before-response', /ERR_/),
    behind('closed-before-response', /ERR_/),
    behind('header-too-large', /ERR_/),
    behind('client-closed', /ABORTED/),
    behind('upstream-5xx', / TCP_\w+\/500 /),
    behind('upstream-overloaded', / TCP_\w+\/503 /),
    {
      ...behind('response-timeout', /ERR_/, 'tls'),
      name: 'tls-handshake-timeout',
      cause: 'tls-handshake-failed',
      how: 'The origin takes the connection and never answers the handshake.',
      marks: { [LOG]: { 'tls-handshake-failed': /ERR_/ } },
    },
  ],
  written: [
    {
      name: 'by-hand',
      format: 'squid',
      how: "After squid's source: what takes other settings or versions.",
      lines: [
        said('connect-refused', 'ERR_CONNECT_FAIL/111', 503),
        said('connect-timeout', 'ERR_CONNECT_FAIL/110', 504),
        said('connect-unreachable', 'ERR_CONNECT_FAIL/113', 503),
        said('dns-nxdomain', 'ERR_DNS_FAIL/DNS_NXDOMAIN', 503),
        said('malformed-response', 'ERR_INVALID_RESP/WITH_SERVER', 502),
        said('request-write-failed', 'ERR_WRITE_ERROR/WITH_SERVER', 502),
        said('no-healthy-upstream', 'ERR_CANNOT_FORWARD/-', 503),
        said('gateway-draining', 'ERR_SHUTTING_DOWN/-', 503),
        [null, '1795335131.843 5 203.0.113.9 TCP_MISS/503 3330 GET http://shop.example.com/ - HIER_NONE/- text/html'],
        [null, '1795335131.843 5 203.0.113.9 TCP_MEM_HIT/200 3330 GET http://shop.example.com/ - HIER_NONE/- text/html -/-'],
      ],
    },
  ],
}

function said(cause: KnownCauseId, code: string, status: number): readonly [KnownCauseId, string] {
  return [
    cause,
    `1795335131.843   5 203.0.113.9 TCP_MISS/${status} 3330 GET http://shop.example.com/ - HIER_DIRECT/10.0.0.1 text/html ${code}`,
  ]
}
