/** nginx in front of PHP-FPM, with the logs of both: what one of them calls a reset, the other one knows the reason of. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import type { Case } from './case.ts'
import { startNginx } from './nginx-front.ts'
import { confine, startFpm, TO_FPM } from './php-fpm.ts'
import { type Scene, stop } from './scene.ts'

const UPSTREAM = /\[(?:error|crit)\].*upstream: "/

/** Both logs: what nginx saw, and what PHP-FPM said. */
function both(nginx: KnownCauseId, fpm: Case['marks'][string]): Case['marks'] {
  return { 'error.log': { [nginx]: UPSTREAM }, 'php-fpm.log': fpm, 'ingress.log': {} }
}

async function said(scene: Scene, words: RegExp): Promise<void> {
  await scene.until(`PHP-FPM to say ${words}`, () => words.test(scene.read('php-fpm.log')))
}

export const NGINX_PHP_CASES: readonly Case[] = [
  {
    name: 'php-pool-exhausted',
    cause: 'worker-pool-exhausted',
    how: 'pm.max_children is 2 (dynamic), each of five requests takes 3 s, and fastcgi_read_timeout is 1 s.',
    marks: both('response-timeout', { 'worker-pool-exhausted': /max_children/ }),
    play: async (scene) => {
      await startFpm(scene, 'pm = dynamic\npm.max_children = 2\npm.start_servers = 1\npm.min_spare_servers = 1\npm.max_spare_servers = 1')
      await startNginx(scene, { location: `${TO_FPM} fastcgi_read_timeout 1s;` })
      await many(scene, 5, '/slow.php')
      await said(scene, /max_children/)
    },
  },
  {
    name: 'php-pool-exhausted-ondemand',
    cause: 'worker-pool-exhausted',
    how: 'pm.max_children is 1 (ondemand), each of three requests takes 3 s, and fastcgi_read_timeout is 1 s.',
    marks: both('response-timeout', { 'worker-pool-exhausted': /max_children/ }),
    play: async (scene) => {
      await startFpm(scene, 'pm = ondemand\npm.max_children = 1')
      await startNginx(scene, { location: `${TO_FPM} fastcgi_read_timeout 1s;` })
      await many(scene, 3, '/slow.php')
      await said(scene, /max_children/)
    },
  },
  {
    name: 'php-pool-ramp',
    cause: 'worker-pool-exhausted',
    how: 'pm.max_children is 40 with one spare child, and thirty slow requests come at once.',
    marks: { 'php-fpm.log': { 'worker-pool-exhausted': /seems busy/ } },
    play: async (scene) => {
      await startFpm(scene, 'pm = dynamic\npm.max_children = 40\npm.start_servers = 1\npm.min_spare_servers = 1\npm.max_spare_servers = 1')
      await startNginx(scene, { location: TO_FPM })
      const asked = many(scene, 12, '/slow.php')
      await said(scene, /seems busy/)
      await asked
    },
  },
  {
    name: 'php-process-max',
    cause: 'worker-pool-exhausted',
    how: 'process.max is 2 for all pools, and three slow requests come.',
    marks: { 'php-fpm.log': { 'worker-pool-exhausted': /maximum number of processes|seems busy/ } },
    play: async (scene) => {
      await startFpm(
        scene,
        'pm = dynamic\npm.max_children = 10\npm.start_servers = 1\npm.min_spare_servers = 1\npm.max_spare_servers = 2',
        'process.max = 2',
      )
      await startNginx(scene, { location: TO_FPM })
      await many(scene, 3, '/slow.php')
      await said(scene, /maximum number of processes/)
    },
  },
  {
    name: 'php-pool-static',
    cause: 'response-timeout',
    how: 'pm.max_children is 1 (static), which PHP-FPM never speaks of, and three slow requests come.',
    marks: both('response-timeout', {}),
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 1')
      await startNginx(scene, { location: `${TO_FPM} fastcgi_read_timeout 1s;` })
      await many(scene, 3, '/slow.php')
    },
  },
  {
    name: 'php-backlog-overflow',
    cause: 'backlog-overflow',
    how: 'listen.backlog is 1 with one child, and eight slow requests come.',
    marks: { 'error.log': { 'backlog-overflow': /\(11:/, 'response-timeout': /\(110:/ } },
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 1\nlisten.backlog = 1')
      await startNginx(scene, { location: `${TO_FPM} fastcgi_read_timeout 1s;` })
      await many(scene, 8, '/slow.php')
    },
  },
  {
    name: 'php-terminated',
    cause: 'script-timeout',
    how: 'request_terminate_timeout is 1 s, and the script takes 3 s.',
    marks: {
      'error.log': { 'reset-before-response': /\(104:/ },
      'php-fpm.log': { 'script-timeout': /terminating|signal 15/ },
    },
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 2\nrequest_terminate_timeout = 1s\nrequest_slowlog_timeout = 0')
      await startNginx(scene, { location: TO_FPM })
      for (let round = 0; round < 2; round++) await scene.ask({ path: '/slow.php' })
      await said(scene, /signal 15[\s\S]*signal 15/)
    },
  },
  {
    name: 'php-slow',
    cause: 'response-timeout',
    how: 'request_slowlog_timeout is 1 s, fastcgi_read_timeout 2 s, and the script takes 3 s.',
    marks: { ...both('response-timeout', { 'response-timeout': /too slow/ }), 'slow.log': {} },
    play: async (scene) => {
      await startFpm(scene, `pm = static\npm.max_children = 1\nrequest_slowlog_timeout = 1s\nslowlog = ${scene.path('slow.log')}`)
      await startNginx(scene, { location: `${TO_FPM} fastcgi_read_timeout 2s;` })
      await scene.ask({ path: '/slow.php' })
      await said(scene, /finished trace|too slow/)
    },
  },
  ...['crash', 'abort'].map(
    (name): Case => ({
      name: `php-${name}`,
      cause: 'worker-crashed',
      how: `The child that runs the script ends by signal ${name === 'crash' ? '11' : '6'}.`,
      marks: {
        'error.log': { 'reset-before-response': /\(104:/ },
        'php-fpm.log': { 'worker-crashed': /exited on signal/ },
      },
      play: async (scene) => {
        await startFpm(scene, 'pm = static\npm.max_children = 1')
        await startNginx(scene, { location: TO_FPM })
        for (let round = 0; round < 2; round++) await scene.ask({ path: `/${name}.php` })
        await said(scene, /exited on signal[\s\S]*exited on signal/)
      },
    }),
  ),
  {
    name: 'php-out-of-memory',
    cause: 'worker-oom-killed',
    how: 'PHP-FPM is in a control group of 48 MiB, and the script takes all it gets: the kernel kills the child.',
    marks: {
      'error.log': { 'reset-before-response': /\(104:/ },
      'php-fpm.log': { 'worker-oom-killed': /exited on signal/ },
    },
    play: async (scene) => {
      const child = await startFpm(scene, 'pm = static\npm.max_children = 1')
      confine(scene, child, 'memory', { 'memory.limit_in_bytes': `${48 * 1_048_576}` })
      await startNginx(scene, { location: TO_FPM })
      await scene.ask({ path: '/hungry.php' })
      await said(scene, /exited on signal 9/)
    },
  },
  {
    name: 'php-killed-mid-body',
    cause: 'worker-oom-killed',
    how: 'The child is killed with signal 9 in the middle of the body.',
    marks: { 'error.log': { 'truncated-body': UPSTREAM }, 'php-fpm.log': { 'worker-oom-killed': /exited on signal/ } },
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 1')
      await startNginx(scene, { location: TO_FPM })
      await scene.ask({ path: '/half.php' })
      await said(scene, /exited on signal 9/)
    },
  },
  {
    name: 'php-emergency-restart',
    cause: 'worker-crashed',
    how: 'Two children crash, and emergency_restart_threshold is 2.',
    marks: {
      'error.log': { 'reset-before-response': /\(104:/ },
      'php-fpm.log': { 'worker-crashed': /exited on signal|failed processes/, 'upstream-draining': /reloading/ },
    },
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 2', 'emergency_restart_threshold = 2\nemergency_restart_interval = 1m')
      await startNginx(scene, { location: TO_FPM })
      for (let round = 0; round < 2; round++) await scene.ask({ path: '/crash.php' })
      await said(scene, /failed processes[\s\S]*reloading[\s\S]*ready to handle/)
    },
  },
  {
    name: 'php-reload',
    cause: 'upstream-draining',
    how: 'PHP-FPM is reloaded in the middle of a request, and process_control_timeout is 0.',
    marks: {
      'error.log': { 'reset-before-response': /\(104:/ },
      'php-fpm.log': { 'upstream-draining': /[Rr]eloading/ },
    },
    play: async (scene) => {
      const child = await startFpm(scene, 'pm = static\npm.max_children = 1')
      await startNginx(scene, { location: TO_FPM })
      const asked = scene.ask({ path: '/slow.php' })
      setTimeout(() => child.kill('SIGUSR2'), 500)
      await asked
      await said(scene, /ready to handle[\s\S]*ready to handle/)
    },
  },
  {
    name: 'php-stopped',
    cause: 'upstream-draining',
    how: 'PHP-FPM is stopped in the middle of a request, and the next one finds no socket.',
    marks: {
      'error.log': { 'reset-before-response': /\(104:/, 'socket-missing': /\(2:/ },
      'php-fpm.log': { 'upstream-draining': /Terminating|bye-bye/ },
    },
    play: async (scene) => {
      const child = await startFpm(scene, 'pm = static\npm.max_children = 1')
      await startNginx(scene, { location: TO_FPM })
      const asked = scene.ask({ path: '/slow.php' })
      setTimeout(() => void stop(child), 500)
      await asked
      await said(scene, /bye-bye/)
      await scene.ask({ path: '/index.php' })
    },
  },
  {
    name: 'php-fork-failed',
    cause: 'local-resource-exhausted',
    how: 'A control group allows no more processes when PHP-FPM wants one.',
    marks: { 'php-fpm.log': { 'local-resource-exhausted': /fork\(\) failed/, 'worker-pool-exhausted': /seems busy/ } },
    play: async (scene) => {
      const child = await startFpm(
        scene,
        'pm = dynamic\npm.max_children = 4\npm.start_servers = 1\npm.min_spare_servers = 1\npm.max_spare_servers = 1',
      )
      confine(scene, child, 'pids', { 'pids.max': '2' })
      await startNginx(scene, { location: TO_FPM })
      await many(scene, 2, '/slow.php')
      await said(scene, /fork\(\) failed/)
    },
  },
  {
    name: 'php-recycled',
    cause: null,
    how: 'pm.max_requests is 2: children end in good order and are replaced.',
    marks: { 'php-fpm.log': {} },
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 1\npm.max_requests = 2')
      await startNginx(scene, { location: TO_FPM })
      for (let round = 0; round < 4; round++) await scene.ask({ path: '/index.php' })
      await said(scene, /exited with code 0/)
    },
  },
  {
    name: 'php-errors',
    cause: 'upstream-5xx',
    how: 'Scripts end in fatal errors: an uncaught exception, no memory left, no time left, an unknown function; one cannot reach its database.',
    marks: {
      'error.log': {
        'upstream-5xx': /Fatal error: .*\/(?:greedy|endless|uncaught|undefined)\.php/,
        'dependency-down': /Fatal error: .*\/mysql\.php/,
      },
    },
    play: async (scene) => {
      await startFpm(scene, 'pm = static\npm.max_children = 1\nphp_admin_flag[log_errors] = on\nphp_admin_value[memory_limit] = 16M')
      await startNginx(scene, { location: TO_FPM })
      for (const name of ['greedy', 'endless', 'uncaught', 'undefined', 'mysql', 'warning', 'missing'])
        await scene.ask({ path: `/${name}.php` })
    },
  },
]

async function many(scene: Scene, count: number, path: string): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => scene.ask({ path })))
}
