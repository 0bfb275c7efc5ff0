/** The npm package, as a user gets it: packed, installed into an empty folder, run. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Child } from './support/child.ts'

const ROOT = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'gatewell-pack-'))
const gatewell = join(folder, 'node_modules/.bin/gatewell')
/** Without the folders that npm adds for its scripts: a user's machine has only its own Node. */
const env = {
  ...process.env,
  PATH: (process.env.PATH ?? '')
    .split(':')
    .filter((entry) => !entry.includes('node_modules'))
    .join(':'),
}

let files: readonly string[] = []

beforeAll(() => {
  const packed = npm(ROOT, 'pack', '--json', '--pack-destination', folder)
  const [{ filename, files: entries }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string; files: { path: string }[] }]
  files = entries.map(({ path }) => path)
  writeFileSync(join(folder, 'package.json'), '{}')
  npm(folder, 'install', '--prefer-offline', join(folder, filename))
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('holds the program and what people read, and nothing else', () => {
  const expected = ['CHANGELOG.md', 'LICENSE', 'README.md', 'docs/reference/gatewell.schema.json', 'gatewell', 'package.json']
  expect(files.filter((path) => !path.startsWith('dist/'))).toEqual(expected)
  expect(files).toContain('dist/cli/main.js')
  expect(files).toContain('dist/dashboard/index.html')
  expect(files.filter((path) => /\.tsx?$/.test(path))).toEqual([])
})

test('gives its version', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  expect(execFileSync(gatewell, ['--version'], { env, encoding: 'utf8' })).toBe(`${version}\n`)
})

test('carries a request, and shows its dashboard', async () => {
  const origin = createServer((request, response) => response.end(`origin got ${request.url}`)).listen(0, '127.0.0.1')
  await new Promise((resolve) => origin.once('listening', resolve))
  const { port } = origin.address() as AddressInfo
  const child = new Child([gatewell, `${port}`, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--workers', '1'], {
    env,
    cwd: folder,
  })
  const [, address] = await child.says(/listens on +(http:\S+)/)
  const answer = await fetch(`${address}/hello`)
  expect([answer.status, await answer.text()]).toEqual([200, 'origin got /hello'])
  const [, admin] = await child.says(/admin +(http:\S+)/)
  const page = await fetch(`${admin}/`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const [, script] = /<script type="module" crossorigin src="([^"]+)"/.exec(await page.text()) ?? []
  expect((await fetch(`${admin}${script}`)).status).toBe(200)
  expect(await child.stop()).toMatchObject({ code: 0 })
  origin.close()
})

function npm(cwd: string, ...words: string[]): string {
  return execFileSync('npm', [...words, '--loglevel=error'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
