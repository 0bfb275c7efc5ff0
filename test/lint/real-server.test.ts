/** The golden configurations of each rule are accepted by the servers they are for: no server complains of what is bad in them. */
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { program } from '../setup/program.ts'
import { run } from '../support/child.ts'
import { GOLDEN } from './golden-config.ts'

const scratch = mkdtempSync(join(tmpdir(), 'gatewell-lint-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const folders = globSync('rule/*/{bad,good}', { cwd: GOLDEN }).sort()
const withFile = (name: string): string[] => folders.filter((folder) => existsSync(join(GOLDEN, folder, name)))

beforeAll(async () => {
  const [key, pem] = [join(scratch, 'site.key'), join(scratch, 'site.pem')]
  const subject = ['-nodes', '-days', '9', '-subj', '/CN=a.test', '-keyout', key, '-out', pem]
  await run([program('openssl'), 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...subject])
})

/** A copy in which names that no resolver here knows are addresses; servers look them up to check a configuration. */
function copyOf(folder: string, file: string, edit: (text: string) => string): string {
  const copy = join(scratch, folder)
  cpSync(join(GOLDEN, folder), copy, { recursive: true })
  for (const name of ['site.key', 'site.pem']) cpSync(join(scratch, name), join(copy, name))
  const path = join(copy, file)
  writeFileSync(path, edit(readFileSync(path, 'utf8').replaceAll(/\b(?:app\.internal|origin\.example\.com):/g, '127.0.0.1:')))
  return path
}

/** All at once would be too many processes for a small machine, and one by one takes long. */
async function inTurn(names: readonly string[], check: (folder: string) => Promise<string | null>): Promise<string[]> {
  const complaints: string[] = []
  const rest = [...names]
  const work = async (): Promise<void> => {
    for (let folder = rest.shift(); folder !== undefined; folder = rest.shift()) {
      const complaint = await check(folder)
      if (complaint !== null) complaints.push(`${folder}: ${complaint}`)
    }
  }
  await Promise.all([work(), work()])
  return complaints.sort()
}

async function complaintOf(command: readonly [string, ...string[]]): Promise<string | null> {
  return run(command).then(
    () => null,
    (error: Error) => error.message,
  )
}

test('nginx', { timeout: 60_000 }, async () => {
  const nginx = program('nginx')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(scratch, name)};`)
  const complaints = await inTurn(withFile('nginx.conf'), (folder) => {
    const path = copyOf(folder, 'nginx.conf', (text) =>
      text.replace('http {', `pid ${join(scratch, 'pid')};\nhttp {\n    access_log off;\n    ${temporary.join(' ')}`),
    )
    return complaintOf([nginx, '-t', '-q', '-e', 'stderr', '-p', join(scratch, folder), '-c', path])
  })
  expect(complaints).toEqual([])
})

test('HAProxy', { timeout: 60_000 }, async () => {
  const haproxy = program('haproxy')
  const complaints = await inTurn(withFile('haproxy.cfg'), (folder) =>
    complaintOf([haproxy, '-c', '-q', '-f', copyOf(folder, 'haproxy.cfg', (text) => text)]),
  )
  expect(complaints).toEqual([])
})

test('Apache', { timeout: 60_000 }, async () => {
  const apache = program('apache2')
  const modules = [
    'mpm_event',
    'authz_core',
    'proxy',
    'proxy_http',
    'proxy_fcgi',
    'proxy_balancer',
    'slotmem_shm',
    'lbmethod_byrequests',
    'socache_shmcb',
    'ssl',
  ]
  const head = [
    `ServerRoot ${scratch}`,
    `PidFile ${join(scratch, 'apache.pid')}`,
    'ServerName a.test',
    'Listen 127.0.0.1:8080',
    `ErrorLog ${join(scratch, 'error.log')}`,
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
  ]
  const complaints = await inTurn(withFile('apache2.conf'), (folder) =>
    complaintOf([apache, '-t', '-f', copyOf(folder, 'apache2.conf', (text) => `${head.join('\n')}\n${text}`)]),
  )
  expect(complaints).toEqual([])
})

test('Caddy', { timeout: 60_000 }, async () => {
  const caddy = program('caddy')
  const complaints = await inTurn(withFile('Caddyfile'), (folder) =>
    complaintOf([caddy, 'validate', '--adapter', 'caddyfile', '--config', copyOf(folder, 'Caddyfile', (text) => text)]),
  )
  expect(complaints).toEqual([])
})

test('PHP-FPM', { timeout: 60_000 }, async () => {
  const fpm = program('php-fpm8.2')
  const complaints = await inTurn(withFile('php-fpm.d/www.conf'), (folder) => {
    copyOf(folder, 'php-fpm.d/www.conf', (text) => text)
    const main = join(scratch, folder, 'php-fpm.conf')
    const own = existsSync(main) ? readFileSync(main, 'utf8') : '[global]\ninclude = php-fpm.d/*.conf\n'
    writeFileSync(
      main,
      own
        .replace('[global]', `[global]\nerror_log = ${join(scratch, 'fpm.log')}`)
        .replace('include = ', `include = ${join(scratch, folder)}/`),
    )
    return complaintOf([fpm, '-t', '-y', main, '-R'])
  })
  expect(complaints).toEqual([])
})
