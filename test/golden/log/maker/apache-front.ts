/** Starts Debian's Apache as a gateway, with what a case configures. */
import { program } from '../../../setup/program.ts'
import { FRONT, ROOT, type Scene } from './scene.ts'

const MODULES = 'authz_core log_config env proxy proxy_http proxy_fcgi proxy_balancer slotmem_shm lbmethod_byrequests ssl socache_shmcb'

export async function startApache(scene: Scene, site: string, main = '', mpm = 'mpm_event'): Promise<void> {
  const file = scene.write(
    'apache.conf',
    `ServerRoot ${ROOT}
PidFile ${ROOT}/apache.pid
DefaultRuntimeDir ${ROOT}
${`${mpm} ${MODULES}`
  .split(' ')
  .map((name) => (name === 'log_config' ? '' : `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`))
  .join('\n')}
User www-data
Group www-data
ServerName shop.example.com
Listen 127.0.0.1:${FRONT}
ErrorLog ${ROOT}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
CustomLog ${ROOT}/access.log combined
Timeout 1
${main}
<VirtualHost *:${FRONT}>
${site}
</VirtualHost>
`,
  )
  scene.start('apache.out', program('apache2'), ['-D', 'FOREGROUND', '-f', file])
  await scene.listening(FRONT)
}
