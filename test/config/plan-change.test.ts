import { describe, expect, test } from 'vitest'
import { planOf } from '../../src/config/load.ts'
import type { Plan } from '../../src/config/plan.ts'
import { describeChanges, sumUpChanges } from '../../src/config/plan-change.ts'

const BEFORE = `
listen: [":80"]
admin: { token: abc }
upstreams:
  shop: { endpoints: ["http://10.0.0.1:3000", "http://10.0.0.2:3000"] }
  api: { endpoints: ["http://10.0.1.1:4000"] }
routes:
  - { path: /api/*, to: shop }
  - { to: shop }
`

function plan(text: string): Plan {
  const loaded = planOf(text, { file: 'gatewell.yaml', environment: {}, instance: 'i', parallelism: 2 })
  if (loaded.plan === null) throw new Error(loaded.problems.map(({ message }) => message).join('\n'))
  return loaded.plan
}

/** What is said of the change of one piece of text into another. */
function change(from: string, to: string): string[] {
  expect(BEFORE).toContain(from)
  return describeChanges(plan(BEFORE), plan(BEFORE.replace(from, to)))
}

test('where alerts go is a secret: only that it has changed is said', () => {
  const hook = (path: string): Plan => plan(`${BEFORE}alerts: { channels: [{ slack: "https://hooks.slack.com/${path}" }] }`)
  expect(describeChanges(hook('old'), hook('new'))).toEqual(['alerts addresses changed'])
  expect(describeChanges(plan(BEFORE), hook('new'))).toEqual(['alerts.channels none → slack', 'alerts addresses set'])
})

describe('a change is said in the words of the configuration', () => {
  test.each<[string, string, string[]]>([
    ['routes:', 'routes:', []],
    [
      '"http://10.0.0.2:3000"]',
      '"http://10.0.0.3:3000"]',
      ['upstream shop: endpoint http://10.0.0.3:3000 added; endpoint http://10.0.0.2:3000 removed'],
    ],
    [
      '"http://10.0.0.2:3000"]',
      '{ url: "http://10.0.0.2:3000", weight: 2 }]',
      ['upstream shop: endpoint http://10.0.0.2:3000 weight 1 → 2'],
    ],
    ['3000"] }', '3000"], timeouts: { response: 10s } }', ['upstream shop: timeouts.response 30s → 10s']],
    ['3000"] }', '3000"], concurrency: { limit: 50 } }', ['upstream shop: concurrency.limit auto → 50']],
    ['3000"] }', '3000"], health: off }', ['upstream shop: health a connection → off']],
    ['{ path: /api/*, to: shop }', '{ path: /api/*, to: api }', ['route /api/* now goes to api']],
    ['{ path: /api/*, to: shop }', '{ path: /api/*, to: shop, body: 50MiB }', ['route /api/* body 10GiB → 50MiB']],
    ['  - { path: /api/*, to: shop }\n', '', ['route /api/* removed']],
    [
      '  - { path: /api/*, to: shop }\n',
      '  - { path: /old, to: { redirect: /new } }\n  - { path: /api/*, to: shop }\n',
      ['route /old added: is redirected to /new (307)'],
    ],
    [
      '  - { path: /api/*, to: shop }\n  - { to: shop }\n',
      '  - { to: shop }\n  - { path: /api/*, to: shop }\n',
      ['the routes are tried in another order'],
    ],
    ['[":80"]', '[":80", ":81"]', ['listens on :81 from now on']],
    ['[":80"]', '":81"', ['listens on :81 from now on', 'no longer listens on :80']],
    ['abc', 'def', ['admin.token changed']],
    ['routes:', 'workers: 4\nroutes:', ['workers 2 → 4']],
    ['  api: { endpoints: ["http://10.0.1.1:4000"] }\n', '', ['upstream api removed']],
  ])('%s to %s', (from, to, expected) => {
    expect(change(from, to)).toEqual(expected)
  })

  test('and never with a secret in it', () => {
    expect(JSON.stringify(change('abc', 'a-new-token'))).not.toMatch(/abc|a-new-token/)
  })
})

/** What is off by default. */
const MORE = `
telemetry: { otlp: { endpoint: "http://10.0.0.9:4318", headers: { Authorization: abc } } }
worth: 80 EUR per order, 2% of requests
status: { host: status.example.com, services: { Shop: shop } }
`

test('whatever differs in a plan is told', () => {
  const before = plan(BEFORE + MORE)
  for (const path of leavesOf(before)) {
    const after = structuredClone(before) as unknown as Record<string, unknown>
    const parent = path.slice(0, -1).reduce((part, key) => part[key] as Record<string, unknown>, after)
    const key = path.at(-1) as string
    parent[key] = otherThan(parent[key])
    expect(describeChanges(before, after as unknown as Plan), path.join('.')).not.toEqual([])
  }
})

test('all changes make one sentence', () => {
  expect(sumUpChanges(['workers 2 → 4', 'route /api/* removed'])).toBe('workers 2 → 4; route /api/* removed; nothing else changes')
  expect(sumUpChanges([])).toBe('nothing changes')
})

/** The same for all reloads, or of no consequence while what it belongs to is as it is. */
const UNTOLD = new RegExp(
  [
    '^instance$|address|^listeners|^routes.\\d+.(?:host|path)$|concurrency.limit|health.(?:path|host|body|status)',
    'hedge.after|hash.name|retry.(?:budgetMin|hold.*Ms|holdBytes|replay)',
  ].join('|'),
)

function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (UNTOLD.test(path.join('.').replace(/^upstreams\.\d+\./, ''))) return []
  if (typeof value !== 'object' || value === null) return [[...path]]
  return Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, key]))
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number') return value + 1
  return typeof value === 'string' ? `${value}x` : 'something'
}
