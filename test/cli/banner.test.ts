/** What a gateway says when it has started, and how text is wrapped. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderBanner } from '../../src/cli/banner.ts'
import { wrap } from '../../src/cli/wrap.ts'
import { planForTargets } from '../../src/config/compile.ts'
import { planOf } from '../../src/config/load.ts'
import { certain } from '../../src/config/parsed.ts'
import type { Plan } from '../../src/config/plan.ts'
import { PLAIN } from '../../src/config/problem.ts'
import type { Started } from '../../src/control/control.ts'

function banner(plan: Plan): string {
  const listeners = plan.listeners.map((listener) => ({ listener, address: listener.address }))
  const started: Started = { kind: 'started', listeners, admin: plan.admin.address }
  return renderBanner(plan, started, '1.2.3', PLAIN)
}

describe('the banner', () => {
  test('of targets names where they are', () => {
    expect(banner(certain(planForTargets(['3000', '3001'], { instance: 'i', parallelism: 2 })))).toBe(`Gatewell 1.2.3

  listens on  http://127.0.0.1:8080
  leads to    http://127.0.0.1:3000, http://127.0.0.1:3001
  admin       http://127.0.0.1:8502   a dashboard; also /metrics  /readyz
  workers     2
`)
  })

  test('of a configuration lists its routes, up to a few', () => {
    const more = Array.from({ length: 8 }, (_, i) => `  - { path: /${i}, to: { redirect: /new } }`).join('\n')
    const text = `
listen: [":80", "[::1]:8080", unix:/run/g.sock]
admin: { listen: off }
workers: 0
upstreams:
  app: { endpoints: [{ url: "http://a:1", weight: 2 }, "http://b:1", "http://c:1", "http://d:1"] }
routes:
  - { host: shop.example.com, path: /api/*, to: app }
  - { path: /ok, to: { respond: { status: 204 } } }
${more}
`
    const { plan } = planOf(text, { file: 'f', environment: {}, instance: 'i', parallelism: 2 })
    expect(banner(plan!).split('\n').slice(2, 13)).toEqual([
      '  listens on  http://localhost:80 (every interface)',
      '              http://[::1]:8080',
      '              unix:/run/g.sock',
      '  leads to    shop.example.com/api/*  http://a:1 ×2, http://b:1, http://c:1 and 1 more',
      '              /ok                     answers 204',
      '              /0                      307 to /new',
      '              /1                      307 to /new',
      '              /2                      307 to /new',
      '              /3                      307 to /new',
      '              /4                      307 to /new',
      '              /5                      307 to /new',
    ])
    expect(banner(plan!).split('\n').slice(13)).toEqual([
      '              and 2 more',
      '  admin       off',
      '  workers     none, traffic is carried by this process',
      '',
    ])
  })
})

test('wrapped text keeps its words and its width', () => {
  const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }).filter((text) => !text.includes(' '))
  const check = (words: string[], columns: number): void => {
    const lines = wrap(words.join(' '), columns, '   ', ' 1.').split('\n')
    expect(lines.map((line) => line.slice(3)).join(' ')).toBe(words.join(' '))
    for (const line of lines) expect(line.length <= columns || !line.slice(3).includes(' ')).toBe(true)
  }
  fc.assert(fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 8, max: 60 }), check), { seed: 1, numRuns: 100 })
})
