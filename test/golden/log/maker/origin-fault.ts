/** Origins that misbehave, whoever is in front. Each proxy is led to port 3000 of `host`, with time limits of about a second. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import type { Script } from '../../../support/raw-origin.ts'
import type { Question, Scene } from './scene.ts'

/** From the block for documentation, RFC 5737. */
const FAR = '192.0.2.1'
const OK = 'HTTP/1.1 200 OK\r\n'
const HALF = `${OK}Content-Length: 9000\r\n\r\nhalf`

export type OriginFault = {
  readonly name: string
  readonly cause: KnownCauseId
  readonly how: string
  readonly host?: string
  readonly open: (scene: Scene) => Promise<void>
  readonly asks?: readonly Question[]
}

export const ORIGIN_FAULTS: readonly OriginFault[] = [
  { name: 'connect-refused', cause: 'connect-refused', how: 'Nothing listens on the port of the origin.', open: async () => {} },
  {
    name: 'connect-timeout',
    cause: 'connect-timeout',
    how: 'Packets to the address of the origin are dropped in silence.',
    host: FAR,
    open: (scene) => route(scene, `${FAR}/32 dev lo`),
  },
  {
    name: 'connect-unreachable',
    cause: 'connect-unreachable',
    how: 'The route to the origin says that the host is unreachable.',
    host: FAR,
    open: (scene) => route(scene, `unreachable ${FAR}`),
  },
  {
    name: 'connect-no-route',
    cause: 'connect-unreachable',
    how: 'There is no route to the network of the origin.',
    host: FAR,
    open: async () => {},
  },
  {
    name: 'firewall-blocked',
    cause: 'firewall-blocked',
    how: 'A rule of the machine prohibits the way to the origin (EACCES, as SELinux does).',
    host: FAR,
    open: (scene) => route(scene, `prohibit ${FAR}`),
  },
  {
    name: 'response-timeout',
    cause: 'response-timeout',
    how: 'The origin takes the request and never answers.',
    open: (scene) => scene.origin(() => {}),
  },
  answering('reset-before-response', 'reset-before-response', 'The origin resets the connection when it has read the request.', (one) =>
    one.reset(),
  ),
  answering('closed-before-response', 'closed-before-response', 'The origin closes the connection when it has read the request.', (one) =>
    one.end(),
  ),
  answering('idle-timeout', 'idle-timeout', 'The origin stops in the middle of the body.', (one) => one.send(HALF)),
  answering('truncated-by-reset', 'truncated-body', 'The origin resets the connection in the middle of the body.', (one) => {
    one.send(HALF)
    setTimeout(() => one.reset(), 100)
  }),
  answering('truncated-by-close', 'truncated-body', 'The origin closes the connection in the middle of the body.', (one) => {
    one.send(HALF)
    setTimeout(() => one.end(), 100)
  }),
  answering('truncated-chunks', 'truncated-body', 'The origin closes the connection in the middle of a chunk.', (one) => {
    one.send(`${OK}Transfer-Encoding: chunked\r\n\r\n100\r\nhello`)
    setTimeout(() => one.end(), 100)
  }),
  answering('not-http', 'malformed-response', 'The origin is an SSH server.', (one) => {
    one.send('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n')
    one.end()
  }),
  answering('bad-header', 'malformed-response', 'A line of the header has no colon.', (one) => {
    one.send(`${OK}no colon here\r\nContent-Length: 2\r\n\r\nok`)
    one.end()
  }),
  answering('bad-chunk', 'malformed-response', 'The size of the second chunk is not a number.', (one) => {
    one.send(`${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`)
    setTimeout(() => one.send('zz\r\nok\r\n0\r\n\r\n'), 100)
    setTimeout(() => one.end(), 200)
  }),
  answering('header-too-large', 'header-too-large', 'The header of the answer has 200 KiB.', (one) => {
    one.send(`${OK}Set-Cookie: session=${'x'.repeat(204_800)}\r\nContent-Length: 2\r\n\r\nok`)
    one.end()
  }),
  answering('upstream-5xx', 'upstream-5xx', 'The origin answers 500.', (one) => {
    one.send('HTTP/1.1 500 Internal Server Error\r\nServer: gunicorn\r\nContent-Length: 4\r\n\r\noops')
    one.end()
  }),
  answering('upstream-overloaded', 'upstream-overloaded', 'The origin answers 503.', (one) => {
    one.send('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 4\r\n\r\nbusy')
    one.end()
  }),
  {
    name: 'request-write-failed',
    cause: 'request-write-failed',
    how: 'The origin resets the connection in the middle of an upload.',
    open: (scene) => scene.origin(afterHead((one) => void setTimeout(() => one.reset(), 50))),
    asks: [{ path: '/upload', method: 'POST', body: Buffer.alloc(32 * 1_048_576) }],
  },
  {
    name: 'client-closed',
    cause: 'client-closed',
    how: 'The visitor leaves before the origin answers.',
    open: (scene) => scene.origin(() => {}),
    asks: [
      { path: '/', leaveMs: 200 },
      { path: '/cart', leaveMs: 200 },
    ],
  },
]

/** Reads the request's head, then does as it is told. */
function afterHead(act: (connection: Parameters<Script>[0]) => void): Script {
  return async (connection) => {
    if ((await connection.head()) !== null) act(connection)
  }
}

function answering(name: string, cause: KnownCauseId, how: string, act: (connection: Parameters<Script>[0]) => void): OriginFault {
  return { name, cause, how, open: (scene) => scene.origin(afterHead(act)) }
}

async function route(scene: Scene, words: string): Promise<void> {
  scene.run('ip', 'route', 'add', ...words.split(' '))
  scene.keep(() => void scene.run('ip', 'route', 'del', ...words.split(' ')))
}

export const QUESTIONS: readonly Question[] = [{ path: '/' }, { path: '/order', method: 'POST', body: 'id=7' }]

export function faultCalled(name: string): OriginFault {
  const found = ORIGIN_FAULTS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no fault ${name}`)
  return found
}
