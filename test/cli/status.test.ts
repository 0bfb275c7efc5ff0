import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { isWell, renderStatus } from '../../src/cli/status-page.ts'
import { COLOURS } from '../../src/cli/terminal.ts'
import { PLAIN } from '../../src/config/problem.ts'
import type { OutputOf } from '../../src/control/admin/operation-table.ts'
import { NOTHING_SWITCHED } from '../../src/control/admin/switch-state.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { gatewell } from './recording-terminal.ts'

type Status = OutputOf<'status'>
type Endpoint = Status['upstreams'][number]['endpoints'][number]
type Probe = NonNullable<Endpoint['probe']>

const NOW = 1_800_000_000_000

function probe(marks: string, changes: Partial<Probe> = {}): Probe {
  const history = [...marks].map((mark, index) => ({
    at: NOW - 1_000 * (marks.length - index),
    ok: mark === '?' ? null : mark !== 'x',
    ms: mark === 'x' ? 0 : 2 * 2 ** Number(mark === '?' ? 0 : mark),
    saw: mark === 'x' ? 'connection refused by 10.0.0.1:3000' : '200 on /up',
  }))
  return { asks: 'GET /up', intervalMs: 2_000, since: NOW - 65_000, p50Ms: 2, p99Ms: 12, lastFailure: null, history, ...changes }
}

function endpoint(address: string, changes: Partial<Endpoint> = {}): Endpoint {
  const idle = { isBackup: false, weight: 1, inflight: 0, failure: null, isDown: false, foundBy: null, probe: probe('000') }
  return { address, state: 'usable', health: 'healthy', ...idle, ...changes }
}

function status(endpoints: readonly Endpoint[], changes: Partial<Status['upstreams'][number]> = {}): Status {
  const calm = { isPaused: false, isLost: false, isPanicking: false, inflight: 0, queued: 0, held: 0 }
  return {
    version: '1.2.3',
    state: 'serving',
    uptimeMs: 7_800_000,
    isDrained: false,
    workers: [
      { place: 1, pid: 4242, state: 'serving', uptimeMs: 7_800_000 },
      { place: 2, pid: 4250, state: 'draining', uptimeMs: 7_800_000 },
      { place: 2, pid: 4255, state: 'serving', uptimeMs: 61_000 },
    ],
    upstreams: [{ name: 'shop', ...calm, endpoints, ...changes }],
    switches: NOTHING_SWITCHED,
  } as Status
}

function page(shown: Status, paint = PLAIN): string {
  return renderStatus({ status: shown, paint, columns: 80, now: NOW })
}

const sick = endpoint('http://10.0.0.12:3000', {
  state: 'unhealthy',
  health: 'unhealthy',
  probe: probe('000xx?x', {
    since: NOW - 12_000,
    lastFailure: { at: NOW - 1_500, saw: '301 to https://shop.example.com/up on /up; wanted 200-299' },
  }),
})

describe('the status page', () => {
  test('shows at a glance what is well, what is not, and why', () => {
    expect(page(status([endpoint('http://10.0.0.1:3000', { inflight: 12, probe: probe('001003') }), sick]))).toBe(
      `
Gatewell 1.2.3
serving for 2 h 10 min
3 workers, pid 4242, 4250 draining, 4255 for 1 min 1 s

shop  1 of 2 endpoints usable
  ✓ http://10.0.0.1:3000   healthy for 1 min 5 s, 12 in flight
    ▁▁▂▁▁▄
    probe: GET /up every 2s, p50 2.0 ms, p99 12 ms
  ✗ http://10.0.0.12:3000  unhealthy for 12 s, 0 in flight
    ▁▁▁××·×
    probe: GET /up every 2s, p50 2.0 ms, p99 12 ms
    2 s ago: 301 to https://shop.example.com/up on /up; wanted 200-299
`.trim(),
    )
  })

  test('fits 80 columns with a full history and a long reason', () => {
    const long = probe('0'.repeat(64), { lastFailure: { at: NOW, saw: `302 to /${'login/'.repeat(20)} on /up; wanted 200-299` } })
    const lines = page(status([endpoint('http://10.0.0.1:3000', { probe: long })])).split('\n')
    expect(lines.filter((line) => line.length > 80 && line.includes(' ', 5))).toEqual([])
  })

  test('says what an upstream is going through', () => {
    const down = endpoint('http://10.0.0.1:3000', { isDown: true, failure: { cause: 'connect-refused', at: NOW - 3_000 }, probe: null })
    const text = page(status([down], { isLost: true, held: 3, queued: 1, isPanicking: true }))
    expect(text).toContain('0 of 1 endpoint usable')
    expect(text).toContain('nothing can be reached; 3 requests wait for an endpoint to come back')
    expect(text).toContain('1 request waits for a turn')
    expect(text).toContain('no endpoint is usable, so requests go to all of them as they are')
    expect(text).toContain('✗ http://10.0.0.1:3000  unreachable, 0 in flight\n    3 s ago a request failed: connect-refused')
    expect(page(status([endpoint('http://a:1')], { isPaused: true, held: 1 }))).toContain('paused by an operator; 1 request waits')
  })

  test('tells the meaning by marks, not only by colours', () => {
    const escapes = /\u001b\[\d+m/g
    const shown = status([endpoint('http://10.0.0.1:3000'), sick])
    expect(page(shown, COLOURS)).toMatch(escapes)
    expect(page(shown, COLOURS).replace(escapes, '')).toBe(page(shown))
  })

  test('is well while every upstream has an endpoint in use', () => {
    expect(isWell(status([endpoint('http://a:1'), sick]))).toBe(true)
    expect(isWell(status([sick]))).toBe(false)
    expect(isWell({ ...status([endpoint('http://a:1')]), state: 'draining' })).toBe(false)
  })
})

describe('gatewell status', () => {
  test('asks the admin address, and ends with 1 where an upstream is lost', async () => {
    let shown = status([endpoint('http://10.0.0.1:3000')])
    const server = createServer((request, response) => response.end(JSON.stringify(request.url === '/api/status' ? shown : {})))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const admin = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const well = await gatewell('status', '--admin', admin)
    expect([well.code, well.printed.includes('✓ http://10.0.0.1:3000')]).toEqual([0, true])
    shown = status([sick])
    const lost = await gatewell('status', '--admin', admin, '--json')
    expect([lost.code, JSON.parse(lost.printed)]).toEqual([1, JSON.parse(JSON.stringify(shown))])
    server.close()
  })

  test('says plainly that nobody answers', async () => {
    const admin = `127.0.0.1:${await unusedPort()}`
    const { code, said, printed } = await gatewell('status', '--admin', admin)
    expect([code, printed]).toEqual([1, ''])
    expect(said).toContain(`No gateway answers at ${admin}. Is it running?`)
  })
})
