/** Debian's uWSGI: what it says of requests and of its workers. */
import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { ORIGIN, type Scene, stop } from './scene.ts'

const LOG = 'uwsgi.log'
const APP = `import os, signal, time

def parts():
    for _ in range(8):
        time.sleep(0.2)
        yield b'part'

def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/slow': time.sleep(3)
    if path == '/stuck': time.sleep(20)
    if path == '/crash': os.kill(os.getpid(), signal.SIGSEGV)
    if path == '/killed': os.kill(os.getpid(), signal.SIGKILL)
    if path == '/error': raise ValueError('no such cart')
    if path == '/database': raise ConnectionRefusedError(111, 'Connection refused')
    if path == '/parts':
        start_response('200 OK', [])
        return parts()
    start_response('503 Service Unavailable' if path == '/busy' else '200 OK', [('Content-Length', '2')])
    return [b'ok']
`

/** What it says of itself when it starts. */
const NOISE = new RegExp(
  `^(?:${[
    'compiled|os: |nodename|machine|clock source|pcre|detected|current working|your |uWSGI running as|uwsgi socket',
    'Python |PEP 405|Set PythonHome|mapped|thread support|!!! no internal routing|lock engine',
    String.raw`\*\*\* (?:Starting|Operational|WARNING|uWSGI is running|Python threads)|thunder lock|WSGI app|spawned uWSGI| \*\*\* WARNING`,
  ].join('|')})`,
)

async function startUwsgi(scene: Scene, ...more: string[]): Promise<ReturnType<Scene['start']>> {
  scene.write('shop.py', APP)
  const where = ['--plugin', 'python3', '--http-socket', `127.0.0.1:${ORIGIN}`, '--wsgi-file', scene.path('shop.py')]
  const child = scene.start(LOG, program('uwsgi'), [...where, '--master', '--die-on-term', '--processes', '1', ...more])
  await scene.listening(ORIGIN)
  return child
}

async function said(scene: Scene, words: RegExp): Promise<void> {
  await scene.until(`uWSGI to say ${words}`, () => words.test(scene.read(LOG)))
}

function own(name: string, cause: Case['cause'], how: string, marks: Marks, play: (scene: Scene) => Promise<void>): Case {
  return { name, cause, how, marks: { [LOG]: marks }, play }
}

/** Visitors who come and say nothing more, so that the queue of the port stays as full as it is. */
function crowd(scene: Scene, count: number): void {
  for (let i = 0; i < count; i++) {
    const socket = connect(ORIGIN, '127.0.0.1').on('error', () => {})
    scene.keep(() => socket.destroy())
  }
}

export const TROUPE: Troupe = {
  server: 'uwsgi',
  version: () => `uWSGI/${execFileSync(program('uwsgi'), ['--version'], { encoding: 'utf8' }).trim()}`,
  formats: { [LOG]: 'uwsgi' },
  noise: NOISE,
  cases: [
    own(
      'app-errors',
      'upstream-5xx',
      'The app raises an error, cannot reach its database, and says 503.',
      { 'upstream-5xx': /HTTP\/1\.1 500\)/, 'upstream-overloaded': /HTTP\/1\.1 503\)/ },
      async (scene) => {
        await startUwsgi(scene)
        for (const path of ['/error', '/database', '/busy', '/']) await scene.ask({ port: ORIGIN, path })
        await said(scene, /GET \/ =>/)
      },
    ),
    own(
      'harakiri',
      'script-timeout',
      'A request takes longer than --harakiri.',
      { 'script-timeout': /HARAKIRI ON WORKER/ },
      async (scene) => {
        await startUwsgi(scene, '--harakiri', '2')
        await scene.ask({ port: ORIGIN, path: '/stuck' })
        await said(scene, /Respawned/)
      },
    ),
    own(
      'worker-killed',
      'worker-oom-killed',
      'A worker is killed with SIGKILL, as the kernel does when memory runs out.',
      { 'worker-oom-killed': /killed by signal 9/ },
      async (scene) => {
        await startUwsgi(scene)
        await scene.ask({ port: ORIGIN, path: '/killed' })
        await said(scene, /Respawned/)
      },
    ),
    own(
      'worker-crash',
      'worker-crashed',
      'A worker crashes with SIGSEGV.',
      { 'worker-crashed': /Segmentation Fault|DAMN/ },
      async (scene) => {
        await startUwsgi(scene)
        await scene.ask({ port: ORIGIN, path: '/crash' })
        await said(scene, /Respawned/)
      },
    ),
    own(
      'listen-queue',
      'backlog-overflow',
      'The only worker is busy, and more visitors come than the queue of the port has room for.',
      { 'backlog-overflow': /listen queue of socket/ },
      async (scene) => {
        await startUwsgi(scene, '--listen', '4')
        const slow = scene.ask({ port: ORIGIN, path: '/slow' })
        await sleep(100)
        crowd(scene, 12)
        await said(scene, /listen queue/)
        await slow
      },
    ),
    own(
      'client-closed',
      'client-closed',
      'The visitor, or the proxy, leaves before the app has answered.',
      { 'client-closed': /SIGPIPE/ },
      async (scene) => {
        await startUwsgi(scene)
        await scene.ask({ port: ORIGIN, path: '/parts', leaveMs: 300 })
        await said(scene, /GET \/parts =>/)
      },
    ),
    own('port-taken', 'connect-refused', 'The port of uWSGI is taken.', { 'connect-refused': /in use/ }, async (scene) => {
      await scene.origin(() => {})
      await startUwsgi(scene)
      await said(scene, /in use/)
    }),
    own('stopped', 'upstream-draining', 'uWSGI is stopped.', { 'upstream-draining': /killing workers|goodbye/ }, async (scene) => {
      const child = await startUwsgi(scene)
      await scene.ask({ port: ORIGIN })
      await stop(child)
    }),
  ],
}
