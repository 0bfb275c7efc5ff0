/** Debian's gunicorn behind nginx, with the logs of both. */
import { execFileSync } from 'node:child_process'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { startNginx } from './nginx-front.ts'
import { ORIGIN, ROOT, type Scene, stop } from './scene.ts'

const LOG = 'gunicorn.log'
const UPSTREAM = /\[error\].*upstream: "/

const APP = `import os, signal, time

def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/slow': time.sleep(4)
    if path == '/stuck': time.sleep(40)
    if path == '/crash': os.kill(os.getpid(), signal.SIGSEGV)
    if path == '/killed': os.kill(os.getpid(), signal.SIGKILL)
    if path == '/error': raise ValueError('no such cart')
    if path == '/database': raise ConnectionRefusedError(111, 'Connection refused')
    start_response('200 OK', [('Content-Length', '2')])
    return [b'ok']
`

async function startGunicorn(scene: Scene, ...more: string[]): Promise<ReturnType<Scene['start']>> {
  scene.write('shop.py', APP)
  const child = scene.start(LOG, program('gunicorn'), ['--bind', `127.0.0.1:${ORIGIN}`, '--workers', '1', ...more, 'shop:application'], {
    PYTHONPATH: ROOT,
  })
  await scene.listening(ORIGIN)
  return child
}

function both(
  name: string,
  cause: NonNullable<Case['cause']>,
  how: string,
  front: Marks,
  own: Marks,
  play: (scene: Scene) => Promise<void>,
): Case {
  return {
    name,
    cause,
    how,
    marks: { 'error.log': front, [LOG]: own },
    play: async (scene) => {
      await startNginx(scene, { location: `proxy_pass http://127.0.0.1:${ORIGIN};` })
      await play(scene)
    },
  }
}

async function said(scene: Scene, words: RegExp): Promise<void> {
  await scene.until(`gunicorn to say ${words}`, () => words.test(scene.read(LOG)))
}

export const TROUPE: Troupe = {
  server: 'gunicorn',
  version: () => /[\d.]+/.exec(execFileSync(program('gunicorn'), ['--version'], { encoding: 'utf8' }))?.[0].replace(/^/, 'gunicorn/') ?? '',
  formats: { 'error.log': 'nginx-error', 'ingress.log': 'ingress-nginx', [LOG]: 'gunicorn' },
  noise: /\[notice\]|client closed connection while waiting for request/,
  entry: /^\[?\d{4}/,
  cases: [
    both(
      'worker-timeout',
      'script-timeout',
      '--timeout is 1 s, and the request takes 4 s.',
      { 'closed-before-response': UPSTREAM },
      { 'script-timeout': /WORKER TIMEOUT/ },
      async (scene) => {
        await startGunicorn(scene, '--timeout', '1')
        for (let round = 0; round < 2; round++) await scene.ask({ path: '/slow' })
        await said(scene, /WORKER TIMEOUT/)
      },
    ),
    {
      name: 'watchdog',
      cause: 'script-timeout',
      how: 'Five requests take longer than the 30 s that gunicorn allows unless told otherwise; only the logs of nginx are at hand.',
      marks: { 'error.log': { 'closed-before-response': UPSTREAM }, 'ingress.log': {} },
      play: async (scene) => {
        await startNginx(scene, { location: `proxy_pass http://127.0.0.1:${ORIGIN};` })
        await startGunicorn(scene, '--workers', '5')
        await scene.until('gunicorn to be ready', () => scene.read(LOG).split('Booting').length > 5)
        await Promise.all(Array.from({ length: 5 }, () => scene.ask({ path: '/stuck', leaveMs: 50_000 })))
      },
    },
    both(
      'worker-crash',
      'worker-crashed',
      'The worker ends by signal 11.',
      { 'closed-before-response': UPSTREAM },
      { 'worker-crashed': /SIG|signal/ },
      async (scene) => {
        await startGunicorn(scene)
        await scene.ask({ path: '/crash' })
        await said(scene, /was (?:terminated|sent)|Booting[\s\S]*Booting/)
      },
    ),
    both(
      'worker-killed',
      'worker-oom-killed',
      'The worker is killed with signal 9.',
      { 'closed-before-response': UPSTREAM },
      { 'worker-oom-killed': /signal 9|KILL/ },
      async (scene) => {
        await startGunicorn(scene)
        await scene.ask({ path: '/killed' })
        await said(scene, /SIGKILL|Booting[\s\S]*Booting/)
      },
    ),
    both(
      'app-errors',
      'dependency-down',
      'The app raises an error, and cannot reach its database, upon which gunicorn closes the connection.',
      { 'closed-before-response': UPSTREAM },
      { 'upstream-5xx': /ValueError/, 'dependency-down': /ConnectionRefusedError/ },
      async (scene) => {
        await startGunicorn(scene)
        for (const path of ['/error', '/database', '/']) await scene.ask({ path })
      },
    ),
    both(
      'port-taken',
      'connect-refused',
      'The port of gunicorn is taken by a server that does not answer for it.',
      {},
      { 'connect-refused': /in use/ },
      async (scene) => {
        await scene.origin(() => {})
        await startGunicorn(scene)
        await said(scene, /in use/)
      },
    ),
    both(
      'stopped',
      'upstream-draining',
      'gunicorn is stopped in the middle of a request, with --graceful-timeout 1.',
      { 'closed-before-response': /prematurely/, 'connect-refused': /\(111:/ },
      { 'upstream-draining': /Handling signal/ },
      async (scene) => {
        const child = await startGunicorn(scene, '--graceful-timeout', '1')
        const asked = scene.ask({ path: '/slow' })
        setTimeout(() => void stop(child), 300)
        await asked
        await scene.ask()
      },
    ),
  ],
  written: [
    {
      name: 'by-hand',
      format: 'gunicorn',
      how: 'Lines of newer versions, after the source of gunicorn (arbiter.py).',
      lines: [
        ['worker-oom-killed', '[2026-11-22 10:00:00 +0000] [20] [ERROR] Worker (pid:21) was sent SIGKILL! Perhaps out of memory?'],
        ['worker-crashed', '[2026-11-22 10:00:01 +0000] [20] [ERROR] Worker (pid:22) was sent SIGSEGV!'],
        ['worker-crashed', '[2026-11-22 10:00:02 +0000] [20] [ERROR] Worker (pid:23) exited with code 3'],
        ['worker-crashed', '[2026-11-22 10:00:03 +0000] [24] [ERROR] Exception in worker process'],
        [null, '[2026-11-22 10:00:04 +0000] [20] [INFO] Starting gunicorn 23.0.0'],
        [null, '[2026-11-22 10:00:05 +0000] [25] [INFO] Booting worker with pid: 25'],
      ],
    },
  ],
}
