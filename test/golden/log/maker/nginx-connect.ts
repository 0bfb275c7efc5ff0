/** nginx on the way to the server behind it: names and connections. */
import { connect } from 'node:net'
import { NameServer } from '../../../../src/insight/fault/name-server.ts'
import { StuckListener } from '../../../../src/insight/fault/stuck-listener.ts'
import type { Case } from './case.ts'
import { startNginx, TO_ORIGIN } from './nginx-front.ts'
import type { Scene } from './scene.ts'

/** From the block for documentation, RFC 5737. */
const FAR = '192.0.2.1'
const upstream = /upstream: "|could not be resolved|to resolve/

export const NGINX_CONNECT_CASES: readonly Case[] = [
  {
    name: 'connect-refused',
    cause: 'connect-refused',
    how: 'Nothing listens on the port of the origin.',
    marks: { 'error.log': { 'connect-refused': upstream } },
    play: async (scene) => {
      await startNginx(scene, { location: TO_ORIGIN })
      for (const path of ['/', '/cart?id=7']) await scene.ask({ path })
      await scene.ask({ path: '/order', method: 'POST', body: 'id=7', fields: { referer: 'https://shop.example.com/cart' } })
    },
  },
  {
    name: 'connect-timeout',
    cause: 'connect-timeout',
    how: 'Packets to the address of the origin are dropped in silence; proxy_connect_timeout is 300 ms.',
    marks: { 'error.log': { 'connect-timeout': upstream } },
    play: (scene) => far(scene, `${FAR}/32 dev lo`, 'proxy_connect_timeout 300ms;'),
  },
  {
    name: 'connect-timeout-of-the-kernel',
    cause: 'connect-timeout',
    how: 'Packets are dropped, and the kernel gives up (tcp_syn_retries is 0) before proxy_connect_timeout does.',
    marks: { 'error.log': { 'connect-timeout': upstream } },
    play: async (scene) => {
      scene.run('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/tcp_syn_retries')
      await far(scene, `${FAR}/32 dev lo`, '')
    },
  },
  {
    name: 'connect-unreachable-host',
    cause: 'connect-unreachable',
    how: 'The route to the origin says that the host is unreachable.',
    marks: { 'error.log': { 'connect-unreachable': upstream } },
    play: (scene) => far(scene, `unreachable ${FAR}`, ''),
  },
  {
    name: 'connect-unreachable-network',
    cause: 'connect-unreachable',
    how: 'There is no route to the network of the origin.',
    marks: { 'error.log': { 'connect-unreachable': upstream } },
    play: async (scene) => {
      await startNginx(scene, { location: `proxy_pass http://${FAR}:3000;` })
      await scene.ask()
    },
  },
  {
    name: 'firewall-blocked',
    cause: 'firewall-blocked',
    how: 'A rule of the machine prohibits the way to the origin (EACCES, as SELinux does).',
    marks: { 'error.log': { 'firewall-blocked': upstream } },
    play: (scene) => far(scene, `prohibit ${FAR}`, ''),
  },
  {
    name: 'socket-missing',
    cause: 'socket-missing',
    how: 'There is no file at the path of the unix socket.',
    marks: { 'error.log': { 'socket-missing': upstream } },
    play: async (scene) => {
      await startNginx(scene, {
        server: 'location /php { fastcgi_pass unix:/run/php/php8.2-fpm.sock; }',
        location: 'proxy_pass http://unix:/run/app.sock:/;',
      })
      await scene.ask()
      await scene.ask({ path: '/php/index.php' })
    },
  },
  {
    name: 'socket-permission',
    cause: 'socket-permission',
    how: 'The unix socket belongs to root and has mode 0600.',
    marks: { 'error.log': { 'socket-permission': upstream } },
    play: async (scene) => {
      await scene.origin(() => {}, { path: scene.path('app.sock') })
      scene.run('chmod', '600', scene.path('app.sock'))
      await startNginx(scene, { location: `proxy_pass http://unix:${scene.path('app.sock')}:/;` })
      await scene.ask()
    },
  },
  {
    name: 'backlog-overflow',
    cause: 'backlog-overflow',
    how: 'The queue of the unix socket is full.',
    marks: { 'error.log': { 'backlog-overflow': upstream } },
    play: async (scene) => {
      const stuck = await StuckListener.open({ path: scene.path('app.sock') })
      scene.keep(() => void stuck.close())
      scene.run('chmod', '666', scene.path('app.sock'))
      await startNginx(scene, { location: `proxy_pass http://unix:${scene.path('app.sock')}:/;` })
      await scene.ask()
    },
  },
  {
    name: 'port-exhaustion',
    cause: 'port-exhaustion',
    how: 'Every local port that a connection could begin at is taken.',
    marks: { 'error.log': { 'port-exhaustion': upstream } },
    play: async (scene) => {
      await scene.origin(() => {})
      await startNginx(scene, { location: TO_ORIGIN })
      const range = '/proc/sys/net/ipv4/ip_local_port_range'
      const before = scene.run('cat', range).trim()
      scene.run('sh', '-c', `echo 40000 40001 >${range}`)
      scene.keep(() => void scene.run('sh', '-c', `echo ${before} >${range}`))
      const taken = [40_000, 40_001].map((localPort) => connect({ host: '127.0.0.1', port: 3000, localPort }))
      for (const socket of taken) socket.on('error', () => {})
      scene.keep(() => taken.forEach((socket) => void socket.destroy()))
      await scene.ask({ from: 50_000 })
    },
  },
  {
    name: 'dns-nxdomain',
    cause: 'dns-nxdomain',
    how: 'The name server says NXDOMAIN.',
    marks: { 'error.log': { 'dns-nxdomain': upstream } },
    play: (scene) => named(scene, { error: 'NXDOMAIN' }),
  },
  {
    name: 'dns-servfail',
    cause: 'dns-servfail',
    how: 'The name server says SERVFAIL.',
    marks: { 'error.log': { 'dns-servfail': upstream } },
    play: (scene) => named(scene, { error: 'SERVFAIL' }),
  },
  {
    name: 'dns-refused',
    cause: 'dns-servfail',
    how: 'The name server says REFUSED.',
    marks: { 'error.log': { 'dns-servfail': upstream } },
    play: (scene) => named(scene, { error: 'REFUSED' }),
  },
  {
    name: 'dns-timeout',
    cause: 'dns-timeout',
    how: 'The name server does not answer; resolver_timeout is 1 s.',
    marks: { 'error.log': { 'dns-timeout': upstream } },
    play: (scene) => named(scene, 'silence'),
  },
  {
    name: 'dns-server-down',
    cause: 'dns-timeout',
    how: 'Nothing listens where the name server should be.',
    marks: { 'error.log': { 'dns-timeout': /could not be resolved|while resolving/ } },
    play: async (scene) => {
      await startNginx(scene, {
        server: 'resolver 127.0.0.1:5353 ipv6=off; resolver_timeout 1s; set $app app.internal;',
        location: 'proxy_pass http://$app:3000;',
      })
      await scene.ask()
    },
  },
  {
    name: 'resolver-missing',
    cause: 'gateway-config',
    how: 'proxy_pass has a variable and no resolver is configured.',
    marks: { 'error.log': { 'gateway-config': upstream } },
    play: async (scene) => {
      await startNginx(scene, { server: 'set $app app.internal;', location: 'proxy_pass http://$app:3000;' })
      await scene.ask()
    },
  },
  {
    name: 'name-unknown-at-start',
    cause: 'dns-nxdomain',
    how: 'The host name in proxy_pass does not exist when nginx starts.',
    marks: { 'error.log': { 'dns-nxdomain': /^\d.*emerg/ } },
    play: async (scene) => {
      const started = startNginx(scene, { location: 'proxy_pass http://app.internal:3000;' })
      started.catch(() => {})
      await scene.until('nginx to give up', () => scene.read('error.log').includes('emerg'))
    },
  },
]

async function far(scene: Scene, route: string, more: string): Promise<void> {
  scene.run('ip', 'route', 'add', ...route.split(' '))
  scene.keep(() => void scene.run('ip', 'route', 'del', ...route.split(' ')))
  await startNginx(scene, { location: `proxy_pass http://${FAR}:3000; ${more}` })
  await scene.ask()
}

async function named(
  scene: Scene,
  answer: Parameters<typeof NameServer.open>[0] extends (question: never) => infer R ? R : never,
): Promise<void> {
  const names = await NameServer.open(() => answer)
  scene.keep(() => names.close())
  await startNginx(scene, {
    server: `resolver ${names.address} ipv6=off; resolver_timeout 1s; set $app app.internal;`,
    location: 'proxy_pass http://$app:3000;',
  })
  await scene.ask()
}
