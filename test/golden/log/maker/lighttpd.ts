/** Debian's lighttpd, in front of an origin over HTTP, and of an app over FastCGI. */
import { execFileSync } from 'node:child_process'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { faultCalled, QUESTIONS } from './origin-fault.ts'
import { FRONT, ORIGIN, ROOT, type Scene } from './scene.ts'

const LOG = 'error.log'
/** What it says next to the visitor's request. */
const DOWN: Marks = { 'no-healthy-upstream': /all handlers/ }

/** `gateway`: what stands behind `proxy.server` or `fastcgi.server`. */
async function startLighttpd(scene: Scene, gateway: string): Promise<void> {
  const file = scene.write(
    'lighttpd.conf',
    `server.port = ${FRONT}
server.bind = "127.0.0.1"
server.document-root = "${ROOT}"
server.errorlog = "${ROOT}/${LOG}"
server.modules = ("mod_proxy", "mod_fastcgi")
${gateway}
`,
  )
  scene.start('lighttpd.out', program('lighttpd'), ['-D', '-f', file])
  await scene.listening(FRONT)
}

function proxied(host: string): string {
  return `proxy.server = ("/" => (("host" => "${host}", "port" => ${ORIGIN}, "connect-timeout" => 1, "read-timeout" => 1, "write-timeout" => 1)))`
}

/** An origin that misbehaves; `words`: what the lines about it have in common. */
function behind(name: string, words: RegExp, extra: Marks = {}): Case {
  const { cause, how, host = '127.0.0.1', open, asks = QUESTIONS } = faultCalled(name)
  const play = async (scene: Scene): Promise<void> => {
    await open(scene)
    await startLighttpd(scene, proxied(host))
    for (const ask of asks) await scene.ask(ask)
    await scene.until('lighttpd to say it', () => words.test(scene.read(LOG)))
  }
  return { name, cause, how, marks: { [LOG]: { ...extra, [cause]: words } }, play }
}

export const TROUPE: Troupe = {
  server: 'lighttpd',
  version: () => /lighttpd\/[\d.]+/.exec(execFileSync(program('lighttpd'), ['-v'], { encoding: 'utf8' }))?.[0] ?? '',
  formats: { [LOG]: 'lighttpd-error' },
  cases: [
    behind('connect-refused', /Connection refused/, DOWN),
    behind('connect-timeout', /establishing/, DOWN),
    behind('connect-unreachable', /No route/, DOWN),
    behind('connect-no-route', /is unreachable/, DOWN),
    behind('reset-before-response', /reset by peer/, { 'closed-before-response': /response not received/ }),
    behind('response-timeout', /timeout/),
    behind('header-too-large', /too large/),
    {
      name: 'socket-missing',
      cause: 'socket-missing',
      how: 'The unix socket of the FastCGI app does not exist.',
      marks: { [LOG]: { 'socket-missing': /No such file/, ...DOWN } },
      play: async (scene) => {
        await startLighttpd(scene, `fastcgi.server = ("/" => (("socket" => "${ROOT}/app.sock", "check-local" => "disable")))`)
        for (const ask of QUESTIONS) await scene.ask(ask)
      },
    },
    {
      name: 'fastcgi-closed',
      cause: 'closed-before-response',
      how: 'The FastCGI app takes the connection and closes it.',
      marks: { [LOG]: { 'closed-before-response': /response not received/ } },
      play: async (scene) => {
        await scene.origin((one) => one.end())
        await startLighttpd(scene, `fastcgi.server = ("/" => (("host" => "127.0.0.1", "port" => ${ORIGIN}, "check-local" => "disable")))`)
        for (const ask of QUESTIONS) await scene.ask(ask)
      },
    },
    {
      name: 'child-killed',
      cause: 'worker-crashed',
      how: 'lighttpd starts the FastCGI app itself, and the app crashes.',
      marks: {
        [LOG]: { 'worker-crashed': /signalled/, 'reset-before-response': /reset by peer/, 'closed-before-response': /not received/ },
      },
      play: async (scene) => {
        const app = scene.write('app.sh', '#!/bin/sh\nsleep 1\nkill -SEGV $$\n', 0o755)
        const own = `"bin-path" => "${app}", "socket" => "${ROOT}/own.sock", "max-procs" => 1, "check-local" => "disable"`
        await startLighttpd(scene, `fastcgi.server = ("/" => ((${own})))`)
        await scene.ask()
        await scene.until('lighttpd to say it', () => scene.read(LOG).includes('signalled'))
      },
    },
  ],
  written: [
    {
      name: 'by-hand',
      format: 'lighttpd-error',
      how: "After lighttpd's source, other versions of it too.",
      lines: [
        [
          'port-exhaustion',
          '2026-11-22 10:00:00: (gw_backend.c.274) establishing connection failed: socket: tcp:127.0.0.1:3000: Cannot assign requested address',
        ],
        [
          'worker-crashed',
          '2026-11-22 10:00:00: (gw_backend.c.2149) connection was dropped after accept() (perhaps the gw process died), write() failed: Broken pipe (32) socket: unix:/run/app.sock',
        ],
        [null, '2026-11-22 10:00:00: (gw_backend.c.350) gw-server re-enabled: tcp:127.0.0.1:3000 127.0.0.1 3000'],
      ],
    },
  ],
}
