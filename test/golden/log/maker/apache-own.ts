/** Apache's own limits, its balancer, its FastCGI, and names that nobody knows. */
import { startApache } from './apache-front.ts'
import type { Case, Marks } from './case.ts'
import { faultCalled } from './origin-fault.ts'
import { FPM_SOCKET, startFpm } from './php-fpm.ts'
import { FRONT, ORIGIN, ROOT, type Scene } from './scene.ts'

const FCGI = `DocumentRoot ${ROOT}/www\nProxyPassMatch ^/(.*\\.php)$ unix:${FPM_SOCKET}|fcgi://localhost${ROOT}/www/$1`

function own(name: string, cause: Case['cause'], how: string, marks: Marks, play: Case['play']): Case {
  return { name, cause, how, marks: { 'error.log': marks }, play }
}

/** With the log of PHP-FPM beside Apache's. */
function withFpm(one: Case, fpm: Marks): Case {
  return { ...one, marks: { ...one.marks, 'php-fpm.log': fpm } }
}

export const APACHE_OWN_CASES: readonly Case[] = [
  own('dns-nxdomain', 'dns-nxdomain', 'The name in ProxyPass does not exist.', { 'dns-nxdomain': /AH00898/ }, async (scene) => {
    await startApache(scene, `ProxyPass / http://app.missing:${ORIGIN}/`)
    await scene.ask()
  }),
  own(
    'balancer-in-error',
    'connect-refused',
    'Both servers of the balancer refuse connections, and forcerecovery is off.',
    { 'connect-refused': /AH00957/, 'no-healthy-upstream': /AH01170|AH01167/ },
    async (scene) => {
      const members = `BalancerMember http://127.0.0.1:${ORIGIN}\nBalancerMember http://127.0.0.1:4000`
      await startApache(
        scene,
        `<Proxy balancer://app>\n${members}\nProxySet forcerecovery=Off\n</Proxy>\nProxyPass / balancer://app/`,
        'StartServers 1\nServerLimit 1',
      )
      for (const path of ['/', '/cart', '/order', '/']) await scene.ask({ path })
    },
  ),
  own(
    'scheme-unknown',
    'gateway-config',
    'No module is loaded for the scheme in ProxyPass.',
    { 'gateway-config': /AH01144/ },
    async (scene) => {
      await startApache(scene, `ProxyPass / ajp://127.0.0.1:${ORIGIN}/`)
      await scene.ask()
    },
  ),
  own('fcgi-socket-missing', 'socket-missing', 'There is no socket of PHP-FPM.', { 'socket-missing': /AH02454/ }, async (scene) => {
    await startApache(scene, FCGI)
    await scene.ask({ path: '/index.php' })
  }),
  own(
    'fcgi-socket-permission',
    'socket-permission',
    'The socket belongs to root and has mode 0600.',
    { 'socket-permission': /AH02454/ },
    async (scene) => {
      await scene.origin(() => {}, { path: FPM_SOCKET })
      scene.run('chmod', '600', FPM_SOCKET)
      await startApache(scene, FCGI)
      await scene.ask({ path: '/index.php' })
    },
  ),
  own(
    'http-on-fcgi-port',
    'http-protocol-mismatch',
    'ProxyPass says fcgi, and the server speaks HTTP.',
    { 'http-protocol-mismatch': /AH0106[89]/ },
    async (scene) => {
      await scene.origin((one) => void one.more().then(() => one.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')))
      await startApache(scene, `ProxyPass / fcgi://127.0.0.1:${ORIGIN}/`)
      await scene.ask({ path: '/index.php' })
    },
  ),
  withFpm(
    own(
      'fpm-pool-exhausted',
      'worker-pool-exhausted',
      'pm.max_children is 1, three slow requests come, and ProxyTimeout is 1 s.',
      { 'response-timeout': /AH01075/ },
      async (scene) => {
        await startFpm(scene, 'pm = dynamic\npm.max_children = 1\npm.start_servers = 1\npm.min_spare_servers = 1\npm.max_spare_servers = 1')
        await startApache(scene, FCGI)
        await Promise.all(Array.from({ length: 3 }, () => scene.ask({ path: '/slow.php' })))
        await said(scene, /max_children/)
      },
    ),
    { 'worker-pool-exhausted': /max_children/ },
  ),
  withFpm(
    own(
      'fpm-crash',
      'worker-crashed',
      'The child that runs the script ends by signal 11.',
      { 'closed-before-response': /AH01067|AH01075/ },
      async (scene) => {
        await startFpm(scene, 'pm = static\npm.max_children = 1')
        await startApache(scene, FCGI)
        await scene.ask({ path: '/crash.php' })
        await said(scene, /exited on signal/)
      },
    ),
    { 'worker-crashed': /exited on signal/ },
  ),
  withFpm(
    own(
      'fpm-terminated',
      'script-timeout',
      'request_terminate_timeout is 1 s, and the script takes 3 s.',
      { 'closed-before-response': /AH01067|AH01075/ },
      async (scene) => {
        await startFpm(scene, 'pm = static\npm.max_children = 1\nrequest_terminate_timeout = 1s')
        await startApache(scene, FCGI, 'ProxyTimeout 10')
        await scene.ask({ path: '/slow.php' })
        await said(scene, /exited on signal/)
      },
    ),
    { 'script-timeout': /terminating|signal 15/ },
  ),
  own(
    'php-errors',
    'upstream-5xx',
    'Scripts end in errors, and one cannot reach its database.',
    { 'upstream-5xx': /uncaught|undefined/, 'dependency-down': /SQLSTATE/ },
    async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 1\nphp_admin_flag[log_errors] = on')
      await startApache(scene, FCGI)
      for (const name of ['uncaught', 'undefined', 'mysql', 'warning', 'index', 'missing']) await scene.ask({ path: `/${name}.php` })
    },
  ),
  own(
    'workers-exhausted',
    'worker-pool-exhausted',
    'MaxRequestWorkers is 2, and four slow requests come.',
    { 'worker-pool-exhausted': /AH0?0484/ },
    async (scene) => {
      await faultCalled('response-timeout').open(scene)
      const main =
        'StartServers 1\nServerLimit 1\nThreadsPerChild 2\nThreadLimit 2\nMaxRequestWorkers 2\nMinSpareThreads 1\nMaxSpareThreads 2'
      await startApache(scene, `ProxyPass / http://127.0.0.1:${ORIGIN}/\nProxyTimeout 5`, main)
      const asked = Array.from({ length: 4 }, () => scene.ask({ leaveMs: 4_000 }))
      await scene.until('Apache to say so', () => scene.read('error.log').includes('AH00484'))
      await Promise.all(asked)
    },
  ),
  own('child-crashed', 'worker-crashed', 'A process of Apache ends by signal 11.', { 'worker-crashed': /AH0005[12]/ }, async (scene) => {
    await startApache(scene, `ProxyPass / http://127.0.0.1:${ORIGIN}/`)
    scene.run('sh', '-c', 'pkill -SEGV -P $(cat apache.pid)')
    await scene.until('Apache to say so', () => /AH0005[12]/.test(scene.read('error.log')))
    await scene.listening(FRONT)
  }),
]

async function said(scene: Scene, words: RegExp): Promise<void> {
  await scene.until(`PHP-FPM to say ${words}`, () => words.test(scene.read('php-fpm.log')))
}
