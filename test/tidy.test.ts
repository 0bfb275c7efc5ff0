/** The style of docs/STYLE.md as far as a program can hold it. Each rule is shown a bad file first, so that none passes by being blind. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Lock, missing } from './setup/lock.ts'
import { type Finding, RULES } from './tidy/rule.ts'
import { compiler, readProject, readTexts } from './tidy/source.ts'

const ROOT = join(import.meta.dirname, '..')
const OK = '/** Says what it is. */\n'
const long = (lines: number): string => `${OK}${'\n'.repeat(lines)}`

/** By the name of the rule: files that it must complain about, at the place it must name. */
const BAD: Record<string, { files: Record<string, string>; at: string[] }> = {
  'a folder imports only from folders above it': {
    files: {
      'src/net/a.ts': `${OK}import { b } from '../gateway/b.ts'`,
      'src/net/b.ts': `${OK}import type { B } from '../gateway/b.ts'`,
      'src/net/c.ts': `${OK}export { b } from '../gateway/b.ts'`,
      'src/net/d.ts': `${OK}export const b = await import('../gateway/b.ts')`,
      'src/net/e.ts': `${OK}export let b: import('../gateway/b.ts').B`,
      'src/net/f.ts': `${OK}import { f } from '../../test/f.ts'\nimport '../std/clock.ts'`,
      'src/other/g.ts': `${OK}import './h.ts'`,
      'src/dashboard/h.tsx': `${OK}import type { a } from '../std/a.ts'\nimport '../causes/a.ts'\nimport '../std/a.ts'`,
    },
    at: [
      'src/net/a.ts:2',
      'src/net/b.ts:2',
      'src/net/c.ts:2',
      'src/net/d.ts:2',
      'src/net/e.ts:2',
      'src/net/f.ts:2',
      'src/other/g.ts:2',
      'src/dashboard/h.tsx:4',
    ],
  },
  'a package is imported only where it belongs': {
    files: {
      'src/wire/a.ts': `${OK}import { Socket } from 'node:net'\nimport { Buffer } from 'node:buffer'`,
      'src/gateway/b.ts': `${OK}import type { z } from 'zod/v4'`,
      'src/cli/c.ts': `${OK}import { Command } from 'commander'\nimport x from '@some/package/part'`,
      'src/dashboard/d.tsx': `${OK}import 'node:fs'`,
    },
    at: ['src/wire/a.ts:2', 'src/gateway/b.ts:2', 'src/cli/c.ts:3', 'src/dashboard/d.tsx:2'],
  },
  'no file imports itself by way of others': {
    files: {
      'src/std/a.ts': `${OK}import { b } from './b.ts'`,
      'src/std/b.ts': `${OK}import { type B, c } from './c.ts'`,
      'src/std/c.ts': `${OK}\nexport { a } from './a.ts'`,
      'src/std/d.ts': `${OK}import './c.ts'\nimport type { E } from './e.ts'`,
      'src/std/e.ts': `${OK}import './d.ts'\nlet f: typeof import('./d.ts')`,
    },
    at: ['src/std/c.ts:3'],
  },
  'files are named in kebab-case, for what they hold': {
    files: Object.fromEntries(
      ['src/std/ringBuffer.ts', 'src/std/index.ts', 'src/http/utils/a.ts', 'test/pool-helper.ts', 'src/dashboard/AppView.tsx'].map(
        (path) => [path, OK],
      ),
    ),
    at: ['src/std/ringBuffer.ts:1', 'src/std/index.ts:1', 'src/http/utils/a.ts:1', 'test/pool-helper.ts:1', 'src/dashboard/AppView.tsx:1'],
  },
  'types are named for what they are': {
    files: { 'src/std/a.ts': `${OK}type Idle = 1\ninterface IPool {}\nclass PoolImpl {}` },
    at: ['src/std/a.ts:3', 'src/std/a.ts:4'],
  },
  'no file only passes on what others export': {
    files: { 'src/std/a.ts': `${OK}export * from './b.ts'\nexport { c } from './c.ts'` },
    at: ['src/std/a.ts:1'],
  },
  'a file has at most 400 lines': { files: { 'bench/a.ts': long(400), 'bench/b.ts': long(399) }, at: ['bench/a.ts:401'] },
  'half of the files have at most 80 lines': {
    files: { 'src/std/a.ts': long(80), 'src/std/b.ts': long(10), 'src/std/c.ts': long(300), 'test/d.ts': OK },
    at: ['src:1'],
  },
  'a line has at most 140 columns': {
    files: { 'test/a.ts': `${OK}// ${'é'.repeat(137)}\n// ${'x'.repeat(138)}\nconst s = '${'x'.repeat(138)}'\nf('', ${'x'.repeat(138)})` },
    at: ['test/a.ts:3', 'test/a.ts:5'],
  },
  'a function has at most 70 lines': {
    files: {
      'src/std/a.ts': `${OK}function a() {${'\n'.repeat(69)}}\nfunction b() {${'\n'.repeat(70)}}`,
      'src/std/b.ts': `${OK}class B {\n  b() {${'\n'.repeat(70)}}\n  c = () => {${'\n'.repeat(70)}}\n}`,
    },
    at: ['src/std/a.ts:72', 'src/std/b.ts:3', 'src/std/b.ts:74'],
  },
  'a file opens by saying what it is, in one to five lines': {
    files: {
      'src/std/a.ts': 'export const a = 1',
      'src/std/b.ts': `/**${' * x\n'.repeat(6)} */`,
      'src/cli/c.ts': `#!/usr/bin/env node\n${OK}`,
    },
    at: ['src/std/a.ts:1', 'src/std/b.ts:1'],
  },
  'hot folders take no time, timers, URLs or JSON from the runtime': {
    files: {
      'src/gateway/a.ts': [
        `${OK}setTimeout(f, 1)`,
        'globalThis.setInterval(f, 1)',
        'const clock = { now: Date.now, date: new Date() }',
        'performance.now()',
        'new URL(s)',
        'JSON.parse(s) + JSON.stringify(s)',
        'let timer: ReturnType<typeof setTimeout>; wheel.setTimeout(f); new Date(ms)',
      ].join('\n'),
      'src/control/b.ts': `${OK}setTimeout(f, 1)`,
    },
    at: [2, 3, 4, 4, 5, 6, 7, 7].map((line) => `src/gateway/a.ts:${line}`),
  },
  'every exception from that is still needed': {
    files: { 'src/std/wheel.ts': OK },
    at: ['src/std/wheel.ts:1'],
  },
  'only the command line prints': {
    files: { 'src/control/a.ts': `${OK}console.error(1)`, 'src/cli/b.ts': `${OK}console.log(1)` },
    at: ['src/control/a.ts:2'],
  },
  'only the configuration and the command line read the environment': {
    files: { 'src/net/a.ts': `${OK}const { HOME } = process.env`, 'src/cli/b.ts': `${OK}process.env.NO_COLOR` },
    at: ['src/net/a.ts:2'],
  },
  'nothing is left for later': {
    files: { 'test/a.ts': `${OK}// ${'TO'}DO: later\n/* ${'FIX'}ME */\nconst s = 'a list of todos'` },
    at: ['test/a.ts:2', 'test/a.ts:3'],
  },
  'only errors inherit': {
    files: { 'src/std/a.ts': `${OK}class A extends Map {}\nclass B extends TypeError {}\ninterface C extends D {}` },
    at: ['src/std/a.ts:2'],
  },
  'what is private is #private': {
    files: { 'src/std/a.ts': `${OK}class A {\n  private a = 1\n  #b = 2\n  private constructor() {}\n}` },
    at: ['src/std/a.ts:3'],
  },
}

afterAll(() => compiler.close())

const place = ({ path, line }: Finding): string => `${path}:${line}`

describe('every rule notices what it is for', () => {
  test.for(Object.keys(RULES))('%s', (name) => {
    const { files, at } = BAD[name] ?? { files: {}, at: [] }
    expect(at).not.toEqual([])
    const findings = RULES[name]?.(readTexts(files)) ?? []
    expect(findings.filter(({ path }) => path in files || path === 'src').map(place)).toEqual(at)
  })
})

describe('the project keeps it', () => {
  const sources = readProject(ROOT)

  test.for(Object.entries(RULES))('%s', ([, rule]) => {
    const findings = rule(sources).map((finding) => `${place(finding)}  ${finding.message}`)
    if (findings.length > 0) expect.fail(`\n${findings.join('\n')}\n`)
  })

  test('no dependency runs a script when it is installed', () => {
    expect(Object.entries(lock().packages).filter(([, row]) => row.hasInstallScript)).toEqual([])
  })

  test('the lock file names every optional dependency; if not, run node test/setup/lock.ts', () => {
    expect(Object.keys(missing(lock()))).toEqual([])
  })
})

function lock(): Lock {
  return JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
}
