/**
 * Makes the corpus of logs anew: `node test/golden/log/make.ts nginx [CASE…]`, as root on Debian, with the servers installed.
 * It starts the real server, makes it fail in each way that a case says, and keeps what it logged, with the injected cause as label.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Label, Marks, Troupe, Written } from './maker/case.ts'
import { Scene } from './maker/scene.ts'

const HERE = import.meta.dirname
const INSIDE = 'GATEWELL_CORPUS_INSIDE'

const TROUPES = {
  alb: () => import('./maker/alb.ts'),
  apache: () => import('./maker/apache.ts'),
  'azure-front-door': () => import('./maker/azure-front-door.ts'),
  caddy: () => import('./maker/caddy.ts'),
  cloudflare: () => import('./maker/cloudflare.ts'),
  envoy: () => import('./maker/envoy.ts'),
  fastly: () => import('./maker/fastly.ts'),
  gclb: () => import('./maker/gclb.ts'),
  gunicorn: () => import('./maker/gunicorn.ts'),
  haproxy: () => import('./maker/haproxy.ts'),
  heroku: () => import('./maker/heroku.ts'),
  iis: () => import('./maker/iis.ts'),
  lighttpd: () => import('./maker/lighttpd.ts'),
  nginx: () => import('./maker/nginx.ts'),
  node: () => import('./maker/node.ts'),
  php: () => import('./maker/php.ts'),
  squid: () => import('./maker/squid.ts'),
  system: () => import('./maker/system.ts'),
  tomcat: () => import('./maker/tomcat.ts'),
  traefik: () => import('./maker/traefik.ts'),
  trafficserver: () => import('./maker/trafficserver.ts'),
  uvicorn: () => import('./maker/uvicorn.ts'),
  uwsgi: () => import('./maker/uwsgi.ts'),
  varnish: () => import('./maker/varnish.ts'),
  vercel: () => import('./maker/vercel.ts'),
}

const [server = '', ...names] = process.argv.slice(2)

if (process.env[INSIDE] === undefined) process.exit(enter())
const load = TROUPES[server as keyof typeof TROUPES]
if (load === undefined) throw new Error(`usage: node test/golden/log/make.ts ${Object.keys(TROUPES).join('|')} [CASE…]`)
const isFailed = await makeAll((await load()).TROUPE)
process.exit(isFailed ? 1 : 0)

/** Network, mounts and processes of its own; `/srv` and `/run` are empty, and names are asked of this machine alone. */
function enter(): number {
  const prepare = [
    ...['/srv', '/run', '/var/log', '/var/lib/varnish'].map((folder) => `mkdir -p ${folder} && mount -t tmpfs -o mode=755 none ${folder}`),
    'echo nameserver 127.0.0.1 >/run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf',
    'ip link set lo up',
  ]
  const again = [process.execPath, import.meta.filename, ...process.argv.slice(2)].map((word) => `'${word}'`).join(' ')
  const own = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']
  const env = { ...process.env, [INSIDE]: '1', TZ: 'UTC', LC_ALL: 'C.UTF-8' }
  const { status } = spawnSync('unshare', [...own, 'sh', '-c', `${prepare.join(' && ')} && ${again}`], { stdio: 'inherit', env })
  return status ?? 1
}

async function makeAll(troupe: Troupe): Promise<boolean> {
  const folder = join(HERE, troupe.server)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'label.json')
  const labels = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Label>) : {}
  const wanted = troupe.cases.filter(({ name }) => names.length === 0 || names.includes(name))
  const failed: string[] = []
  for (const one of wanted) {
    const label = await make(troupe, one, folder)
    if (typeof label === 'string') failed.push(`${one.name}: ${label}`)
    else labels[one.name] = label
    process.stderr.write(typeof label === 'string' ? `✗ ${one.name}: ${label}\n` : `✓ ${one.name}\n`)
  }
  for (const one of troupe.written ?? []) labels[one.name] = write(one, folder)
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(sorted, null, 1)}\n`)
  if (failed.length > 0) process.stderr.write(`\n${failed.length} of ${wanted.length} cases failed\n`)
  return failed.length > 0
}

/** A text says what went wrong. */
async function make(troupe: Troupe, one: Case, folder: string): Promise<Label | string> {
  const scene = new Scene()
  let wrong: string | null = null
  try {
    await one.play(scene)
  } catch (error) {
    wrong = `${(error as Error).stack}\n${scene.outputs()}`
  }
  await sleep(100)
  // What the servers say of being stopped here is no part of the case.
  const texts = new Map(Object.keys(one.marks).map((log) => [log, quieted(scene.read(log), troupe.noise)]))
  await scene.close()
  const files: Record<string, Label['files'][string]> = {}
  for (const [log, marks] of Object.entries(one.marks)) {
    const text = texts.get(log) as string
    const format = troupe.formats[log]
    if (format === undefined) return `no format is given for ${log}`
    const lines = linesOf(text, marks, troupe.entry)
    for (const [cause, numbers] of Object.entries(lines)) {
      if (numbers?.length === 0) wrong ??= `no line of ${log} is about ${cause}`
    }
    if (wrong !== null)
      return `${wrong}\n${Object.keys(one.marks)
        .map((name) => `--- ${name}\n${texts.get(name)}`)
        .join('\n')}`
    const name = `${one.name}${Object.keys(one.marks).length === 1 ? '' : `.${log.replace(/\.log$/, '')}`}.log`
    rmSync(join(folder, name), { force: true })
    writeFileSync(join(folder, name), text)
    files[name] = { format, lines }
  }
  return { cause: one.cause, ...(one.alike !== undefined && { alike: one.alike }), made: troupe.version(), how: one.how, files }
}

function linesOf(text: string, marks: Marks, beginning = /^/): Partial<Record<string, number[]>> {
  const entries: { line: number; text: string }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const last = entries.at(-1)
    if (last === undefined || beginning.test(line)) entries.push({ line: index + 1, text: line })
    else last.text += `\n${line}`
  }
  const about = (mark: RegExp): number[] => entries.filter((entry) => mark.test(entry.text)).map(({ line }) => line)
  return Object.fromEntries(Object.entries(marks).map(([cause, mark]) => [cause, about(mark)]))
}

function quieted(text: string, noise: RegExp | undefined): string {
  if (noise === undefined) return text
  return text
    .split('\n')
    .filter((line) => !noise.test(line))
    .join('\n')
}

function write({ name, format, how, lines }: Written, folder: string): Label {
  const numbers: Partial<Record<string, number[]>> = {}
  for (const [index, [cause]] of lines.entries()) if (cause !== null) numbers[cause] = [...(numbers[cause] ?? []), index + 1]
  writeFileSync(join(folder, `${name}.log`), `${lines.map(([, line]) => line).join('\n')}\n`)
  return { cause: null, made: 'by hand', how, files: { [`${name}.log`]: { format, lines: numbers } } }
}
