/** Starts Debian's PHP-FPM with one pool, `shop`, and the scripts that misbehave. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { program } from '../../../setup/program.ts'
import { ROOT, type Scene } from './scene.ts'

export const FPM_SOCKET = `${ROOT}/php-fpm.sock`

/** What a visitor asks for, and what it does. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'index.php': 'echo "ok";',
  'slow.php': 'sleep(3); echo "ok";',
  'crash.php': 'posix_kill(posix_getpid(), 11); sleep(1);',
  'abort.php': 'posix_kill(posix_getpid(), 6); sleep(1);',
  'hungry.php': 'ini_set("memory_limit", "-1"); $all = []; for (;;) $all[] = random_bytes(1048576);',
  'greedy.php': '$all = []; for (;;) $all[] = random_bytes(1048576);',
  'endless.php': 'set_time_limit(1); for (;;) {}',
  'uncaught.php': 'throw new RuntimeException("no such cart");',
  'undefined.php': 'no_such_function();',
  'warning.php': 'echo $missing; trigger_error("the cache is cold", E_USER_WARNING); echo "ok";',
  'database.php': 'new PDO("sqlite:/dev/null/x");',
  'mysql.php': 'throw new RuntimeException("SQLSTATE[HY000] [2002] Connection refused");',
  'half.php': 'header("Content-Length: 100000"); echo str_repeat("x", 50000); flush(); posix_kill(posix_getpid(), 9); sleep(1);',
}

export async function startFpm(scene: Scene, pool: string, global = ''): Promise<ChildProcess> {
  for (const [name, code] of Object.entries(SCRIPTS)) scene.write(`www/${name}`, `<?php\n${code}\n`)
  const file = scene.write(
    'php-fpm.conf',
    `[global]
pid = ${ROOT}/php-fpm.pid
error_log = ${ROOT}/php-fpm.log
daemonize = no
${global}
[shop]
user = www-data
group = www-data
listen = ${FPM_SOCKET}
listen.owner = www-data
${pool}
`,
  )
  const child = scene.start('php-fpm.out', program('php-fpm8.2'), ['--nodaemonize', '--allow-to-run-as-root', '--fpm-config', file])
  await scene.listening(FPM_SOCKET)
  return child
}

/** nginx's part: hands every script to the pool. */
export const TO_FPM = `root ${ROOT}/www; fastcgi_pass unix:${FPM_SOCKET}; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_URI $request_uri;`

/** A control group with a limit, and all of PHP-FPM in it. */
export function confine(scene: Scene, child: ChildProcess, controller: 'memory' | 'pids', limit: Readonly<Record<string, string>>): void {
  const group = `/sys/fs/cgroup/${controller}/gatewell-corpus`
  scene.run('mkdir', '-p', group)
  for (const [name, value] of Object.entries(limit)) writeFileSync(`${group}/${name}`, value)
  const children = scene.run('sh', '-c', `pgrep -P ${child.pid} || true`).split('\n')
  for (const pid of [`${child.pid}`, ...children]) if (pid !== '') writeFileSync(`${group}/cgroup.procs`, pid)
  scene.keep(() => {
    for (const pid of readFileSync(`${group}/cgroup.procs`, 'utf8').split('\n'))
      if (pid !== '') writeFileSync(`/sys/fs/cgroup/${controller}/cgroup.procs`, pid)
    scene.run('rmdir', group)
  })
}
