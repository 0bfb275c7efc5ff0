/** From a file to a plan: what gets into it, what never gets out of it, and that no input whatever makes the loader throw. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planForTargets } from '../../src/config/compile.ts'
import { loadPlan, planOf } from '../../src/config/load.ts'
import type { Plan } from '../../src/config/plan.ts'
import { renderProblem } from '../../src/config/problem.ts'

const OPTIONS = { file: 'gatewell.yaml', environment: { TOKEN: 'from-the-environment' }, instance: 'i', parallelism: 2 }

function planFrom(text: string): Plan {
  const { plan, problems } = planOf(text, OPTIONS)
  expect(problems.map((problem) => renderProblem(problem))).toEqual([])
  return plan!
}

describe('a plan', () => {
  const text = `
name: edge
listen: [":80", "[::1]:8080", unix:/run/gatewell.sock]
admin: { listen: "10.0.0.9:9000", token: "\${TOKEN}" }
upstreams:
  shop:
    endpoints: ["http://10.0.0.1", { url: unix:/run/app.sock, weight: 3 }]
    balance: least-requests
    timeouts: { connect: 250ms, response: 1.5s, idle: 2m, tunnel: 2h, total: 0 }
    retry: { attempts: 2, on: [connect, "503"], budget: 12.5%, hold: off }
    keepAlive: { idle: 4s, max: 8 }
    host: endpoint
routes:
  - { host: "*.Bücher.example", path: /api/*, to: shop, body: 64KiB }
  - { path: /old, to: { redirect: /new, status: 301 } }
  - { path: /ok, to: { respond: { body: fine } } }
trustedProxies: [10.0.0.0/8, 192.0.2.1, "2001:db8::1"]
limits: { requestLine: 4KiB, head: 16KiB, fields: 50, body: 1GiB, headTimeout: 5s, bodyIdle: 6s, keepAlive: 7s, requests: 8, connections: 9, replay: 1MiB }
errors: { details: false }
resolver: { servers: [1.1.1.1, "[2606:4700::1111]:53"], timeout: 1s, ttlMin: 0, ttlMax: 5s }
accessLog: { file: /var/log/access.log, format: combined, what: all }
workers: 0
`
  test('holds every value in milliseconds, bytes and fractions', () => {
    expect(planFrom(text)).toMatchSnapshot()
  })

  test('is frozen through and through', () => {
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
    expect(isFrozen(planFrom(text))).toBe(true)
  })

  test('for targets is the one of the file that says the same', () => {
    const fromFile = planFrom('{ upstreams: { app: { endpoints: ["http://127.0.0.1:3000", "http://web:80"] } }, routes: [{ to: app }] }')
    expect(planForTargets(['3000', 'http://web'], OPTIONS)).toEqual({ ok: true, value: fromFile })
  })
})

describe('files', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatewell-config-'))
    writeFileSync(
      join(folder, 'gatewell.yml'),
      'name: a\nroutes: [{ to: { redirect: /new }, errorPage: page.html }]\nerrors: { page: page.html }\naccessLog: { file: log/access.log }\n',
    )
    writeFileSync(join(folder, 'page.html'), '\ufeff<p>sorry</p>')
    writeFileSync(join(folder, 'latin1.yaml'), Buffer.from('name: a\n# caf\xe9\n', 'latin1'))
    writeFileSync(join(folder, 'utf16.yaml'), Buffer.from('\ufeffname: a\n', 'utf16le'))
    writeFileSync(join(folder, 'bom.yaml'), '\ufeffname: 1\n')
    writeFileSync(join(folder, 'crlf.yaml'), 'name: a\r\nlistn: 1\r\n')
    writeFileSync(join(folder, 'large.yaml'), Buffer.alloc(8 * 1024 * 1024 + 1, '#'))
    mkdirSync(join(folder, 'conf'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const say = (name: string): string => {
    const { problems } = loadPlan({ ...OPTIONS, file: join(folder, name) })
    return problems
      .map((problem) => renderProblem(problem))
      .join('\n')
      .replaceAll(folder, '.')
  }

  test('named by the configuration are found beside it and carried as text', () => {
    const { plan } = loadPlan({ ...OPTIONS, file: join(folder, 'gatewell.yml') })
    expect(plan?.errors.page).toBe('<p>sorry</p>')
    expect(plan?.routes[0]?.errorPage).toBe('<p>sorry</p>')
    expect(plan?.accessLog.file).toBe(join(folder, 'log/access.log'))
  })

  test.each([
    ['gatewell.yaml', './gatewell.yaml: there is no such file. Did you mean "./gatewell.yml"?'],
    ['missing/gatewell.yaml', './missing/gatewell.yaml: there is no such file.'],
    ['page.html/gatewell.yaml', './page.html/gatewell.yaml: there is no such file: a part of its path is a file, not a directory.'],
    ['conf', './conf: is a directory, not a file.'],
    ['.', '.: is a directory, not a file. Did you mean "./gatewell.yml"?'],
    ['latin1.yaml', './latin1.yaml: is not UTF-8 text: line 2 has bytes that are no characters. Save it as UTF-8.'],
    ['utf16.yaml', './utf16.yaml: is not UTF-8 but UTF-16. Save it as UTF-8.'],
    ['large.yaml', './large.yaml: is larger than 8MiB, the most that is read.'],
    ['bom.yaml', './bom.yaml:1:7: name: must be a name, not 1. Did you mean "gateway-1"?\n   1 | name: 1\n     |       ^'],
    ['crlf.yaml', './crlf.yaml:2:1: listn: unknown key "listn". Did you mean "listen"?\n   2 | listn: 1\n     | ^^^^^'],
  ])('%s is refused in words', (name, words) => {
    expect(say(name)).toBe(words)
  })
})

describe('secrets', () => {
  test.each([
    'admin: { token: "hunter2!", listn: 1 }',
    'admin:\n  token: >-\n    hunter2 hunter2\n  listen: 5\n',
    'admin: { tokn: hunter2 }',
    'token: hunter2',
    'admin: { token: [hunter2] }',
    'admin: { token: hunter2, listen: "x" y }',
    'admin: { "token": hunter2, listen: *x }',
    'upstreams: { a: { endpoints: ["http://me:hunter2@10.0.0.1:80/x"] } }',
    'admin: { token: "${X:-hunter2!}" }',
    'telemetry: { otlp: { endpoint: 1, headers: { Authorization: "Basic hunter2" } } }',
    'telemetry: { otlp: { endpoint: 1, header: { x-key: hunter2 } } }',
    'telemetry: { otlp: { endpoint: "http://c:4318", headers: { Content-Length: hunter2 } } }',
    'telemetry: { otlp: { endpoint: x" y, headers: { x-key: hunter2 } } }',
    'admin: { token: "hunter2',
  ])('are never shown: %j', (text) => {
    const { problems } = planOf(text, OPTIONS)
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems) + problems.map((problem) => renderProblem(problem)).join()).not.toContain('hunter2')
  })
})

test('10,000 routes load, and a hidden one among them is found', { timeout: 30_000 }, () => {
  const routes = Array.from({ length: 10_000 }, (_, i) => `  - { host: h${i % 9_999}.example.com, path: /p/*, to: a }`).join('\n')
  const { plan, problems } = planOf(`upstreams: { a: { endpoints: ["http://10.0.0.1"] } }\nroutes:\n${routes}\n`, OPTIONS)
  expect(plan?.routes.length).toBe(10_000)
  expect(problems.map(({ path }) => path)).toEqual(['routes[9999]'])
})

test('10,000 mistakes are all reported', { timeout: 30_000 }, () => {
  const { problems } = planOf(`routes:\n${'  - { too: a, hots: b }\n'.repeat(10_000)}`, OPTIONS)
  expect(problems.length).toBe(20_000)
  expect(problems.at(-1)).toMatchObject({ line: 10_001, path: 'routes[9999].hots', suggestion: 'host' })
})

describe('whatever is in the file', () => {
  const KEYS = [
    'name',
    'listen',
    'admin',
    'token',
    'upstreams',
    'endpoints',
    'url',
    'weight',
    'timeouts',
    'connect',
    'total',
    'retry',
    'on',
    'routes',
    'to',
    'host',
    'path',
    'redirect',
    'respond',
    'status',
    'body',
    'limits',
    'errors',
    'page',
    'resolver',
    'accessLog',
    'workers',
    '__proto__',
    'constructor',
    'toString',
    '<<',
    '',
    'a',
  ]
  const scalar = fc.oneof(
    fc.constantFrom(
      'a',
      ':80',
      '3s',
      '64KiB',
      '20%',
      'http://10.0.0.1',
      'unix:/x',
      'http+srv://x',
      '/x/*',
      '*.example.com',
      '${X}',
      '${X:-1}',
      '$${',
      'off',
      '[::1]:80',
      0,
      -1,
      1.5,
      502,
      true,
      null,
      Number.NaN,
    ),
    fc.string({ unit: 'binary' }),
  )
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 6 }),
    ),
  })).node
  const written = tree.map((value) => JSON.stringify(value) ?? '')
  const damaged = fc
    .tuple(written, fc.nat(), fc.constantFrom('', ':', '"', '[', '}', '\t', '\n', '- ', '&a ', '*a', '# ', '!t ', '|', '>', '%', '\u202e'))
    .map(([text, at, piece]) => {
      const place = text.length === 0 ? 0 : at % text.length
      return text.slice(0, place) + piece + text.slice(place + 1)
    })

  function answers(text: string): void {
    const { plan, problems } = planOf(text, OPTIONS)
    expect(plan === null).toBe(problems.some(({ severity }) => severity === 'error'))
    for (const problem of problems) expect(renderProblem(problem)).not.toMatch(/undefined|\[object|NaN:/)
  }

  test('the loader answers and never throws: trees of known keys', () => {
    fc.assert(fc.property(written, answers), { seed: 1, numRuns: 300 })
  })

  test('the loader answers and never throws: damaged YAML', () => {
    fc.assert(fc.property(damaged, answers), { seed: 2, numRuns: 300 })
  })

  test('the loader answers and never throws: any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), answers), { seed: 3, numRuns: 300 })
  })

  test('deep nesting is refused, not followed', () => {
    for (const text of ['['.repeat(20_000), '{a: '.repeat(5_000), '- '.repeat(5_000)]) answers(text)
  })
})
