/** What befalls nginx itself: its limits, its configuration, its balancing, its disk and its processes. */
import { connect } from 'node:net'
import type { Case } from './case.ts'
import { saying } from './nginx-exchange.ts'
import { startNginx, TO_ORIGIN } from './nginx-front.ts'
import { FRONT, ROOT, type Scene } from './scene.ts'

/** Visitors do leave in these cases. */
const LEFT = { 'client-closed': /client prematurely closed connection/ }
const GOOD = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

export const NGINX_OWN_CASES: readonly Case[] = [
  {
    name: 'fd-exhaustion',
    cause: 'fd-exhaustion',
    how: 'worker_rlimit_nofile is 12, and idle visitors take all of it.',
    marks: { 'error.log': { 'fd-exhaustion': /Too many open files/ } },
    play: async (scene) => {
      await scene.origin(() => {})
      await startNginx(scene, { main: 'worker_rlimit_nofile 16;', location: TO_ORIGIN })
      await crowd(scene, 4, '')
      for (let round = 0; round < 8; round++) await Promise.all([scene.ask({ leaveMs: 300 }), crowd(scene, 1, '')])
    },
  },
  {
    name: 'worker-connections',
    cause: 'local-resource-exhausted',
    how: 'worker_connections is 8, and idle visitors take all of them.',
    marks: { 'error.log': { 'local-resource-exhausted': /worker_connections are not enough$/ } },
    play: async (scene) => {
      await scene.origin(() => {})
      await startNginx(scene, { connections: 8, location: TO_ORIGIN })
      await crowd(scene, 5, 'GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n')
      await scene.ask({ leaveMs: 300 })
    },
  },
  {
    name: 'worker-connections-reused',
    cause: null,
    how: 'worker_connections is 8, and kept connections of visitors are closed to make room.',
    marks: { 'error.log': {} },
    play: async (scene) => {
      await scene.origin(saying(GOOD))
      await startNginx(scene, { connections: 8, location: TO_ORIGIN })
      await crowd(scene, 5, 'GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n')
      for (let round = 0; round < 3; round++) await scene.ask({ leaveMs: 300 })
    },
  },
  {
    name: 'no-live-upstreams',
    cause: 'connect-refused',
    how: 'Both servers of the group refuse connections, and max_fails is 1: the third request finds none.',
    marks: { 'error.log': { 'connect-refused': /\(111:/, 'no-healthy-upstream': /no live upstreams/ } },
    play: async (scene) => {
      await startNginx(scene, {
        http: 'upstream app { server 127.0.0.1:3000; server 127.0.0.1:3001; }',
        location: 'proxy_pass http://app;',
      })
      for (const path of ['/', '/cart', '/order']) await scene.ask({ path })
    },
  },
  {
    name: 'retried',
    cause: 'connect-refused',
    how: 'One of two servers refuses, and the other one answers.',
    marks: { 'error.log': { 'connect-refused': /\(111:/ } },
    play: async (scene) => {
      await scene.origin(saying(GOOD))
      await startNginx(scene, {
        http: 'upstream app { server 127.0.0.1:3000; server 127.0.0.1:3001 max_fails=0; }',
        location: 'proxy_pass http://app;',
      })
      for (const path of ['/', '/cart', '/order', '/']) await scene.ask({ path })
    },
  },
  {
    name: 'limit-req',
    cause: 'overload-shed',
    how: 'limit_req allows one request a second, of which one may wait; three come.',
    marks: { 'error.log': { 'overload-shed': /\[error\].*limiting requests/ } },
    play: async (scene) => {
      await scene.origin(saying(GOOD))
      await startNginx(scene, {
        http: 'limit_req_zone $binary_remote_addr zone=visitor:1m rate=1r/s;',
        location: `limit_req zone=visitor burst=1; ${TO_ORIGIN}`,
      })
      await Promise.all(['/', '/cart', '/order'].map((path) => scene.ask({ path })))
    },
  },
  {
    name: 'limit-conn',
    cause: 'overload-shed',
    how: 'limit_conn allows one connection at a time; two come.',
    marks: { 'error.log': { 'overload-shed': /limiting connections/, ...LEFT } },
    play: async (scene) => {
      await scene.origin(() => {})
      await startNginx(scene, {
        http: 'limit_conn_zone $binary_remote_addr zone=visitor:1m;',
        location: `limit_conn visitor 1; ${TO_ORIGIN}`,
      })
      await Promise.all([scene.ask({ leaveMs: 400 }), scene.ask({ leaveMs: 400 })])
    },
  },
  {
    name: 'temporary-file',
    cause: 'client-closed',
    how: 'A large answer to a slow visitor goes to a temporary file; then the visitor leaves.',
    marks: { 'error.log': LEFT },
    play: async (scene) => {
      const body = 'x'.repeat(8_388_608)
      await scene.origin(saying(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`))
      await startNginx(scene, { location: TO_ORIGIN })
      await slowly(scene)
    },
  },
  {
    name: 'disk-full',
    cause: 'local-resource-exhausted',
    how: 'The disk with the temporary files is full.',
    marks: { 'error.log': { 'local-resource-exhausted': /No space left/ } },
    play: async (scene) => {
      const body = 'x'.repeat(8_388_608)
      await scene.origin(saying(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`))
      scene.run('sh', '-c', 'mkdir tmp-proxy && mount -t tmpfs -o size=64k,mode=777 none tmp-proxy')
      scene.keep(() => void scene.run('umount', '-l', `${ROOT}/tmp-proxy`))
      await startNginx(scene, { location: TO_ORIGIN })
      await slowly(scene)
    },
  },
  {
    name: 'worker-killed',
    cause: 'gateway-internal',
    how: 'The worker of nginx is killed with signal 11, then with signal 9.',
    marks: { 'error.log': { 'gateway-internal': /exited on signal/ } },
    play: async (scene) => {
      const { pid } = await startNginx(scene, { location: TO_ORIGIN })
      for (const signal of ['SEGV', 'KILL']) {
        const before = scene.read('error.log').split('exited on signal').length
        scene.run('pkill', `-${signal}`, '-P', `${pid}`)
        await scene.until('the worker to be gone', () => scene.read('error.log').split('exited on signal').length > before)
        await scene.listening(FRONT)
      }
    },
  },
  {
    name: 'redirection-cycle',
    cause: 'gateway-config',
    how: 'try_files leads back to itself.',
    marks: { 'error.log': { 'gateway-config': /cycle/ } },
    play: async (scene) => {
      await startNginx(scene, { location: 'try_files /missing.html /index.html;' })
      await scene.ask()
    },
  },
  {
    name: 'empty-upstream-name',
    cause: 'gateway-config',
    how: 'The variable in proxy_pass is empty.',
    marks: { 'error.log': { 'gateway-config': /in upstream|invalid URL prefix/ } },
    play: async (scene) => {
      const server = 'location /whole { set $all ""; proxy_pass $all; }'
      await startNginx(scene, { server, location: 'set $app ""; proxy_pass http://$app;' })
      await scene.ask()
      await scene.ask({ path: '/whole' })
    },
  },
  {
    name: 'auth-request',
    cause: 'connect-refused',
    how: 'auth_request asks a server that refuses connections.',
    marks: { 'error.log': { 'connect-refused': /\(111:/ } },
    play: async (scene) => {
      await scene.origin(saying(GOOD))
      await startNginx(scene, {
        server: 'location = /auth { internal; proxy_pass http://127.0.0.1:4000; }',
        location: `auth_request /auth; ${TO_ORIGIN}`,
      })
      await scene.ask({ path: '/account' })
    },
  },
  {
    name: 'not-a-gateway-failure',
    cause: null,
    how: 'A missing file, a body that is too large, a request that is not HTTP, a forbidden folder.',
    marks: { 'error.log': {} },
    play: async (scene) => {
      await startNginx(scene, {
        server: 'root /srv/shop; location /upload { client_max_body_size 1k; proxy_pass http://127.0.0.1:3000; }',
        location: '',
      })
      for (const path of ['/missing.html', '/']) await scene.ask({ path })
      await scene.ask({ path: '/upload', method: 'POST', body: 'x'.repeat(4096) })
      await new Promise<void>(
        (resolve) =>
          void connect(FRONT, '127.0.0.1')
            .on('close', resolve)
            .on('error', () => {})
            .resume()
            .end('\x16\x03\x01\x02\x00\x01\r\n\r\n'),
      )
    },
  },
]

/** Visitors who say so much and then wait. */
async function crowd(scene: Scene, count: number, words: string): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect(FRONT, '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => {}).on('connect', () => void socket.write(words))
  scene.keep(() => sockets.forEach((socket) => void socket.destroy()))
  await new Promise((resolve) => setTimeout(resolve, 200))
}

/** A visitor who reads nothing for a while. */
async function slowly(scene: Scene): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: FRONT })
  socket.on('error', () => {}).pause()
  socket.write('GET /export HTTP/1.0\r\nHost: shop.example.com\r\n\r\n')
  await scene.until('nginx to write to its disk', () => /temporary file|No space/.test(scene.read('error.log')))
  socket.destroy()
}
