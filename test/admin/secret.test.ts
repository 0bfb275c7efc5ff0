/** Whom the admin address lets in where strangers can reach it, and that what it tells and logs has no secret in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../src/control/admin/operation-table.ts'
import { closing } from '../support/closing.ts'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { openNotingGateway } from './noting-gateway.ts'

describe('an admin address that is open to strangers', { timeout: 30_000 }, () => {
  /** The pages of the dashboard are for everyone: they are the same everywhere, and ask for the token. */
  const PATHS = ['/livez', '/readyz', '/metrics', '/mcp', '/api', '/api/openapi.json', '/api/events', '/nothing']

  test('tells and does nothing without its token', async () => {
    const { server, port, asked } = await openNotingGateway({ address: { kind: 'tcp', host: '0.0.0.0', port: 0 }, token: 'a-token' })
    closing(server)
    for (const path of [...PATHS, ...Object.keys(OPERATIONS).map((name) => `/api/${name}`)]) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        for (const authorization of ['', 'Bearer a-toke']) {
          const headers = { authorization, 'content-type': 'application/json' }
          const { status, body } = await answerTo(port, { path, method, headers, ...(method.startsWith('P') && { body: '{}' }) })
          expect([path, method, status]).toEqual([path, method, 401])
          expect(JSON.parse(body.toString())).toEqual({ error: 'Send the admin token: Authorization: Bearer TOKEN.' })
        }
      }
    }
    expect(asked).toEqual([])
    expect((await answerTo(port, { path: '/api/status', headers: { authorization: 'Bearer a-token' } })).status).toBe(200)
  })
})

const CONFIG = `
admin: { token: sekret-admin }
upstreams:
  shop: { endpoints: ["http://127.0.0.1:1"], hold: { window: 0s }, dependencies: ["postgres://shop:sekret-database@127.0.0.1:1/shop"] }
routes: [{ to: shop }]
alerts:
  channels:
    - { webhook: "http://127.0.0.1:1/sekret-webhook" }
    - { slack: "https://127.0.0.1:1/services/sekret-slack" }
    - { pagerduty: sekret0123456789abcdef0123456789 }
`

describe('a gateway with secrets', { timeout: 30_000 }, () => {
  test('shows none in anything that it answers or logs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatewell-secret-'))
    closing({ close: () => rmSync(folder, { recursive: true, force: true }) })
    const file = join(folder, 'gatewell.yaml')
    writeFileSync(file, CONFIG)
    const gatewell = await Gatewell.start(['run', '-c', file, '--workers', '1', '--data', folder])
    closing({ close: () => gatewell.stop() })
    const told: string[] = []
    const ask = async (path: string, input?: object): Promise<void> => {
      const post = { method: 'POST', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }
      const { status, body } = await answerTo(gatewell.adminPort, { path, ...(input && post) })
      told.push(`${path} ${status} ${body}`)
    }
    await answerTo(gatewell.port, { path: '/' })
    await ask('/api/alerts-test', {})
    for (const name of Object.keys(OPERATIONS)) await ask(`/api/${name}`)
    for (const path of ['/metrics', '/readyz', '/api/openapi.json', '/']) await ask(path)
    await ask('/api/reload', {})
    writeFileSync(
      file,
      CONFIG.replace('sekret-admin }', 'sekret-admin, tokne: sekret-misspelt }').replace('sekret-slack"', 'sekret slack"'),
    )
    await ask('/api/reload', {})
    expect(told.at(-1)).toContain('tokne')
    for (const text of [...told, gatewell.child.output]) expect(text).not.toMatch(/sekret/)
  })
})
