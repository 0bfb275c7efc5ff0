/** nginx between the request going out and its answer coming in. */
import { connect } from 'node:net'
import type { Script } from '../../../support/raw-origin.ts'
import type { Case } from './case.ts'
import { startNginx, TO_ORIGIN } from './nginx-front.ts'
import { FRONT, type Scene } from './scene.ts'

const upstream = /upstream: "/
const MEBIBYTE = 1_048_576

/** Reads the request's head, then does as it is told. */
export function afterHead(act: (connection: Parameters<Script>[0]) => void | Promise<void>): Script {
  return async (connection) => {
    if ((await connection.head()) !== null) await act(connection)
  }
}

/** Sends this for the first request, and closes. */
export function saying(bytes: string): Script {
  return afterHead((one) => {
    one.send(bytes)
    one.end()
  })
}

export const NGINX_EXCHANGE_CASES: readonly Case[] = [
  {
    name: 'response-timeout',
    cause: 'response-timeout',
    how: 'The origin takes the request and never answers; proxy_read_timeout is 300 ms.',
    marks: { 'error.log': { 'response-timeout': upstream } },
    play: async (scene) => {
      await scene.origin(() => {})
      await startNginx(scene, { location: `${TO_ORIGIN} proxy_read_timeout 300ms;` })
      await scene.ask({ path: '/report' })
      await scene.ask({ path: '/order', method: 'POST', body: 'id=7' })
    },
  },
  {
    name: 'request-write-timeout',
    cause: 'request-write-timeout',
    how: 'The origin stops reading in the middle of an upload; proxy_send_timeout is 300 ms.',
    marks: { 'error.log': { 'request-write-timeout': upstream } },
    play: async (scene) => {
      await scene.origin(({ socket }) => void socket.pause())
      await startNginx(scene, { location: `${TO_ORIGIN} proxy_send_timeout 300ms; client_max_body_size 64m;` })
      await scene.ask({ path: '/upload', method: 'POST', body: Buffer.alloc(24 * MEBIBYTE) })
    },
  },
  {
    name: 'idle-timeout',
    cause: 'idle-timeout',
    how: 'The origin stops in the middle of the body; proxy_read_timeout is 300 ms.',
    marks: { 'error.log': { 'idle-timeout': upstream } },
    play: async (scene) => {
      await scene.origin(afterHead((connection) => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')))
      await startNginx(scene, { location: `${TO_ORIGIN} proxy_read_timeout 300ms;` })
      await scene.ask()
      await scene.ask({ path: '/events' })
    },
  },
  {
    name: 'idle-timeout-websocket',
    cause: 'idle-timeout',
    how: 'Nothing is said on a WebSocket for longer than proxy_read_timeout, 300 ms.',
    marks: { 'error.log': { 'idle-timeout': upstream } },
    play: async (scene) => {
      await scene.origin(
        afterHead((one) => one.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')),
      )
      const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
      await startNginx(scene, { location: `${TO_ORIGIN} ${upgrade} proxy_read_timeout 300ms;` })
      await upgraded(scene)
    },
  },
  {
    name: 'reset-before-response',
    cause: 'reset-before-response',
    how: 'The origin resets the connection when it has read the request.',
    marks: { 'error.log': { 'reset-before-response': upstream } },
    play: async (scene) => {
      await scene.origin(afterHead((connection) => connection.reset()))
      await startNginx(scene, { location: TO_ORIGIN })
      await scene.ask()
      await scene.ask({ method: 'POST', path: '/order', body: 'id=7' })
    },
  },
  {
    name: 'closed-before-response',
    cause: 'closed-before-response',
    how: 'The origin closes the connection when it has read the request.',
    marks: { 'error.log': { 'closed-before-response': upstream } },
    play: async (scene) => {
      await scene.origin(afterHead((connection) => connection.end()))
      await startNginx(scene, { location: TO_ORIGIN })
      await scene.ask()
      await scene.ask({ method: 'POST', path: '/order', body: 'id=7' })
    },
  },
  {
    name: 'truncated-body-by-reset',
    cause: 'truncated-body',
    how: 'The origin resets the connection in the middle of the body.',
    marks: { 'error.log': { 'truncated-body': upstream } },
    play: async (scene) => {
      await scene.origin(
        afterHead((one) => {
          one.send('HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nhalf')
          setTimeout(() => one.reset(), 100)
        }),
      )
      await startNginx(scene, { server: `location /stream { ${TO_ORIGIN} proxy_buffering off; }`, location: TO_ORIGIN })
      await scene.ask()
      await scene.ask({ path: '/stream' })
    },
  },
  {
    name: 'truncated-body-by-close',
    cause: 'truncated-body',
    how: 'The origin closes the connection in the middle of the body.',
    marks: { 'error.log': { 'truncated-body': upstream } },
    play: async (scene) => {
      await scene.origin(saying('HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nhalf'))
      await startNginx(scene, { server: `location /stream { ${TO_ORIGIN} proxy_buffering off; }`, location: TO_ORIGIN })
      await scene.ask()
      await scene.ask({ path: '/stream' })
    },
  },
  {
    name: 'truncated-chunks',
    cause: 'truncated-body',
    how: 'The origin closes the connection before the last chunk.',
    marks: { 'error.log': { 'truncated-body': upstream } },
    play: async (scene) => {
      await scene.origin(saying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'))
      await startNginx(scene, { location: `${TO_ORIGIN} proxy_http_version 1.1;` })
      await scene.ask()
    },
  },
  {
    name: 'reset-in-upload',
    cause: 'reset-before-response',
    how: 'The origin resets the connection in the middle of an upload, which nginx notices as it reads.',
    marks: { 'error.log': { 'reset-before-response': upstream } },
    play: async (scene) => {
      await scene.origin(afterHead((one) => void setTimeout(() => one.reset(), 50)))
      const location = `${TO_ORIGIN} client_max_body_size 64m; proxy_request_buffering off;`
      await startNginx(scene, { location, server: `location /buffered { ${TO_ORIGIN} client_max_body_size 64m; }` })
      await scene.ask({ path: '/upload', method: 'POST', body: Buffer.alloc(48 * MEBIBYTE) })
      await scene.ask({ path: '/buffered', method: 'POST', body: Buffer.alloc(48 * MEBIBYTE) })
    },
  },
  {
    name: 'keepalive-race',
    cause: 'keepalive-race',
    how: 'The origin resets kept connections when the next request comes in; a POST is not tried again, a GET is, with success.',
    marks: { 'error.log': { 'reset-before-response': upstream } },
    play: async (scene) => {
      await scene.origin(async (one) => {
        if ((await one.head()) !== null) one.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        if ((await one.head()) !== null) one.reset()
      })
      const http = 'upstream app { server 127.0.0.1:3000; keepalive 4; }'
      await startNginx(scene, { http, location: 'proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";' })
      for (const method of ['GET', 'GET', 'POST']) await scene.ask({ method })
    },
  },
  {
    name: 'client-reset',
    cause: 'client-closed',
    how: 'The visitor resets the connection while nginx sends the answer, and proxy_ignore_client_abort is on.',
    marks: { 'error.log': { 'client-closed': upstream } },
    play: async (scene) => {
      const body = 'x'.repeat(4 * MEBIBYTE)
      await scene.origin(
        afterHead((one) => void setTimeout(() => one.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`), 300)),
      )
      await startNginx(scene, { location: `${TO_ORIGIN} proxy_ignore_client_abort on; proxy_buffering off;` })
      const visitor = connect(FRONT, '127.0.0.1').on('error', () => {})
      visitor.write('GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n')
      setTimeout(() => void visitor.resetAndDestroy(), 100)
      await scene.until('nginx to notice', () => /while (?:sending|reading)/.test(scene.read('error.log')))
    },
  },
  {
    name: 'client-closed',
    cause: 'client-closed',
    how: 'The visitor leaves before the origin answers.',
    marks: { 'error.log': { 'client-closed': /prematurely closed/ } },
    play: async (scene) => {
      await scene.origin(() => {})
      await startNginx(scene, { location: TO_ORIGIN })
      await scene.ask({ leaveMs: 200 })
      await scene.ask({ method: 'POST', path: '/order', body: 'id=7', leaveMs: 200 })
      await scene.until('nginx to notice', () => scene.read('error.log').split('prematurely').length > 2)
    },
  },
]

async function upgraded(_scene: Scene): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(FRONT, '127.0.0.1')
    socket
      .on('error', () => {})
      .on('close', () => resolve())
      .resume()
    socket.write('GET /socket HTTP/1.1\r\nHost: shop.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
}
