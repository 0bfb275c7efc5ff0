/** The README says what is so: its configuration is loaded, its outputs are produced anew, its commands are those there are. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SWITCHES } from '../src/cli/demo/switch.ts'
import { planOf } from '../src/config/load.ts'
import { RULES } from '../src/insight/lint/rule-table.ts'
import { Child, run } from './support/child.ts'
import { startGateway } from './support/gateway.ts'
import { Gatewell } from './support/gatewell.ts'
import { answerTo } from './support/http-request.ts'
import { ask } from './support/raw-client.ts'
import { unusedPort } from './support/raw-origin.ts'

const ROOT = join(import.meta.dirname, '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const LAUNCHER = join(ROOT, 'gatewell')

const BROKEN = `upstreams:
  shop: { endpoints: ["http://127.0.0.1:3000"], balnce: round-robin }
routes:
  - { host: shop.example.com, to: shp }
`

const folder = mkdtempSync(join(tmpdir(), 'gatewell-readme-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('its configurations are valid', () => {
  const loaded = blocks('yaml').map((text) => planOf(text, { file: 'gatewell.yaml', environment: {}, instance: 'i', parallelism: 1 }))
  expect(loaded.length).toBeGreaterThan(0)
  expect(loaded.flatMap(({ problems }) => problems)).toEqual([])
})

test('what it shows of check is what check says', async () => {
  writeFileSync(join(folder, 'gatewell.yaml'), BROKEN)
  const { code, stdout } = await new Child([LAUNCHER, 'check'], { cwd: folder, input: '' }).ended
  expect(code).toBe(1)
  expect(blocks('text')).toContain(String(stdout))
})

test('the answer that it shows is the one that curl gets', async () => {
  const gateway = await startGateway({ endpoints: [await unusedPort()] })
  const answer = await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n')
  gateway.close()
  const lines = masked(`${answer?.head}\r\n\r\n${answer?.body}`).split(/\r?\n/)
  const [shown = ''] = blocks('http')
  expect(
    masked(shown)
      .split('\n')
      .filter((line) => !lines.includes(line)),
  ).toEqual([])
})

test('the line of the log is the one that an operator gets', async () => {
  const port = await unusedPort()
  const file = join(folder, 'impatient.yaml')
  writeFileSync(file, `upstreams: { app: { endpoints: ["http://127.0.0.1:${port}"], hold: { window: 50ms } } }\nroutes: [{ to: app }]\n`)
  const gatewell = await Gatewell.start(['run', '-c', file, '--workers', '1'])
  await answerTo(gatewell.port)
  const [, message = ''] = await gatewell.child.says(/"msg":"(GET .*?)"/)
  await gatewell.stop()
  const [shown = ''] = blocks('text').filter((text) => text.includes('GET / → 502'))
  expect(masked(shown.slice('01:39:22  '.length).trim())).toBe(masked(message.replace(`:${port}`, ':3000')))
})

test('what it shows of why is what why says', async () => {
  const { stdout } = await run([LAUNCHER, 'why', 'connect-refused'])
  const [shown = ''] = blocks('text').filter((text) => text.startsWith('$ ./gatewell why'))
  const lines = shown.split('\n').filter((line) => !line.startsWith('$') && line !== '…')
  expect(lines.filter((line) => !String(stdout).split('\n').includes(line))).toEqual([])
})

test('what it shows of logs is what logs says', async () => {
  const logs = ['error', 'php-fpm'].map((name) => join(ROOT, `test/golden/log/nginx/php-pool-exhausted.${name}.log`))
  const { code, stdout } = await new Child([LAUNCHER, 'logs', ...logs], { input: '' }).ended
  expect(code).toBe(1)
  const [shown = ''] = blocks('text').filter((text) => text.startsWith('$ ./gatewell logs'))
  const lines = shown.split('\n').filter((line) => !line.startsWith('$') && line !== '…')
  expect(lines.length).toBeGreaterThan(8)
  expect(lines.filter((line) => !String(stdout).split('\n').includes(line))).toEqual([])
})

test('what it shows of lint is what lint says, and it counts the rules', async () => {
  const cwd = join(ROOT, 'test/golden/lint/rule/answer-time-upside-down/bad')
  const { code, stdout } = await new Child([LAUNCHER, 'lint', 'nginx.conf', 'gunicorn.conf.py'], { cwd, input: '' }).ended
  expect(code).toBe(1)
  expect(blocks('text')).toContain(`$ ./gatewell lint nginx.conf gunicorn.conf.py\n${stdout}`)
  expect(README).toContain(`[${RULES.length} rules](docs/reference/lint.md)`)
})

test('it lists the commands that there are, and the keys of the demo', async () => {
  const { stdout } = await run([LAUNCHER, '--help'])
  const commands = String(stdout).split('\nCommands:\n')[1]?.split('\n\n')[0] ?? ''
  const listed = [...README.matchAll(/^\| `gatewell ([a-z]+)` \|/gm)].map(([, name]) => name)
  expect(listed).toEqual([...commands.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name))
  for (const [, name] of README.matchAll(/^\.\/gatewell ([a-z]+)/gm)) expect(listed).toContain(name)
  const keys = SWITCHES.slice(2).map(({ key, name }) => `${key} ${name}`)
  expect(README).toContain(`  1 2 stop/start  ${keys.join('  ')}  q quit\n`)
})

/** The contents of the fenced blocks of one language. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text]) => text as string)
}

/** Ids differ from request to request. */
function masked(text: string): string {
  return text.replace(/\b[0-9a-f]{10}-\w+/g, 'ID')
}
