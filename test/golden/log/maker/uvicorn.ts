/** Debian's uvicorn: what it says of requests and of itself. */
import { execFileSync } from 'node:child_process'
import { program } from '../../../setup/program.ts'
import type { Case, Marks, Troupe } from './case.ts'
import { ORIGIN, ROOT, type Scene, stop } from './scene.ts'

const LOG = 'uvicorn.log'
const APP = `import asyncio

async def application(scope, receive, send):
    if scope['type'] != 'http': return
    path = scope['path']
    if path == '/slow': await asyncio.sleep(2)
    if path == '/error': raise ValueError('no such cart')
    if path == '/database': raise ConnectionRefusedError(111, 'Connection refused')
    status = 503 if path == '/busy' else 200
    await send({'type': 'http.response.start', 'status': status, 'headers': [(b'content-length', b'2')]})
    await send({'type': 'http.response.body', 'body': b'ok'})
`

async function startUvicorn(scene: Scene, ...more: string[]): Promise<ReturnType<Scene['start']>> {
  scene.write('shop.py', APP)
  const where = ['--host', '127.0.0.1', '--port', `${ORIGIN}`, '--no-use-colors', '--lifespan', 'off']
  const child = scene.start(LOG, program('uvicorn'), [...where, ...more, 'shop:application'], { PYTHONPATH: ROOT })
  await scene.listening(ORIGIN)
  return child
}

function own(name: string, cause: Case['cause'], how: string, marks: Marks, play: (scene: Scene) => Promise<void>): Case {
  return { name, cause, how, marks: { [LOG]: marks }, play }
}

export const TROUPE: Troupe = {
  server: 'uvicorn',
  version: () => /uvicorn [\d.]+/.exec(execFileSync(program('uvicorn'), ['--version'], { encoding: 'utf8' }))?.[0].replace(' ', '/') ?? '',
  formats: { [LOG]: 'uvicorn' },
  entry: /^(?:INFO|WARNING|ERROR):/,
  cases: [
    own(
      'app-errors',
      'upstream-5xx',
      'The app raises an error, cannot reach its database, and says 503.',
      { 'upstream-5xx': /" 500|ValueError/, 'dependency-down': /ConnectionRefusedError/, 'upstream-overloaded': /" 503/ },
      async (scene) => {
        await startUvicorn(scene)
        for (const path of ['/error', '/database', '/busy', '/']) await scene.ask({ port: ORIGIN, path })
      },
    ),
    own(
      'concurrency-limit',
      'upstream-overloaded',
      '--limit-concurrency is 2, and four requests come.',
      { 'upstream-overloaded': /" 503|Exceeded/ },
      async (scene) => {
        await startUvicorn(scene, '--limit-concurrency', '2')
        await Promise.all(['/slow', '/slow', '/slow', '/slow'].map((path) => scene.ask({ port: ORIGIN, path })))
      },
    ),
    own('port-taken', 'connect-refused', 'The port of uvicorn is taken.', { 'connect-refused': /in use/ }, async (scene) => {
      await scene.origin(() => {})
      await startUvicorn(scene)
      await scene.until('uvicorn to say so', () => scene.read(LOG).includes('in use'))
    }),
    own(
      'stopped',
      'upstream-draining',
      'uvicorn is stopped.',
      { 'upstream-draining': /Shutting down|Finished server|Waiting for connections/ },
      async (scene) => {
        const child = await startUvicorn(scene)
        await stop(child)
      },
    ),
  ],
}
