import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ListenerPlan, Plan } from '../../src/config/plan.ts'
import { answerTo } from '../support/http-request.ts'
import { RawClient } from '../support/raw-client.ts'
import { until } from '../support/until.ts'
import { controlPlan, HeldOrigin, RunningControl } from './running.ts'

let origin: HeldOrigin
let other: HeldOrigin
let running: RunningControl
let next: Plan | null

beforeEach(async () => {
  origin = await HeldOrigin.open()
  other = await HeldOrigin.open()
})

afterEach(async () => {
  origin.close()
  other.close()
  await running.control.kill()
})

async function start(workers: number): Promise<void> {
  running = await RunningControl.start(controlPlan(origin.port, { workers }), {
    reload: async () => ({ plan: next, problems: [] }),
  })
}

/** A listener on a port that is free now. */
async function freeListener(name: string): Promise<ListenerPlan & { readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return { name, address: { kind: 'tcp', host: '127.0.0.1', port }, port }
}

async function upstreamShown(): Promise<string> {
  const { upstreams } = await running.control.status()
  return upstreams[0]?.endpoints[0]?.address ?? ''
}

describe.each([
  ['in one process', 0],
  ['with a worker process', 1],
])('a reload %s', (_, workers) => {
  beforeEach(() => start(workers))

  test('puts another upstream in force without touching sockets or connections', async () => {
    const client = await RawClient.open(running.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.answer())?.status).toBe(200)
    const before = await running.pids()
    next = controlPlan(other.port, { workers })
    expect(await running.control.reload()).toMatchObject({ ok: true })
    expect(await upstreamShown()).toBe(`http://127.0.0.1:${other.port}`)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.answer())?.status).toBe(200)
    expect(await running.pids()).toEqual(before)
    client.close()
  })

  test('opens a listener that is new and closes one that is gone, and lets go on what had begun', async () => {
    const held = running.get('/held')
    await origin.hasHeld(1)
    const added = await freeListener('added')
    next = controlPlan(origin.port, { workers, listeners: [added] })
    expect(await running.control.reload()).toMatchObject({ ok: true })
    expect((await answerTo(added.port)).status).toBe(200)
    await until('the former port is closed', () =>
      answerTo(running.port).then(
        () => false,
        ({ code }) => code === 'ECONNREFUSED',
      ),
    )
    origin.release()
    expect(await held).toBe('released')
  })

  test.each<[string, () => Promise<Plan | null>]>([
    ['is not valid', async () => null],
    [
      'wants an address that is taken',
      async () => {
        const taken: ListenerPlan = { name: 'taken', address: { kind: 'tcp', host: '127.0.0.1', port: origin.port } }
        return controlPlan(other.port, { workers, listeners: [...controlPlan(1).listeners, taken] })
      },
    ],
    [
      'wants an admin address that is taken',
      async () =>
        controlPlan(other.port, {
          workers,
          admin: { address: { kind: 'tcp', host: '127.0.0.1', port: origin.port }, token: null, mcp: 'off' },
        }),
    ],
    ['wants another number of workers where that needs a restart', async () => controlPlan(other.port, { workers: workers === 0 ? 1 : 0 })],
  ])('to a configuration that %s keeps the former one and says so', async (_reason, plan) => {
    next = await plan()
    expect(await running.control.reload()).toMatchObject({ ok: false })
    expect(running.said.at(-1)?.msg).toMatch(/^The configuration was not reloaded, the former one goes on: ./)
    // In one process the listener of port 0 may have come back on another port.
    if (workers > 0) expect(await running.get()).toBe('hello')
    expect(await upstreamShown()).toBe(`http://127.0.0.1:${origin.port}`)
    expect((await running.admin('/readyz')).status).toBe(200)
  })

  test('moves the admin address', async () => {
    const { port } = await freeListener('admin')
    next = controlPlan(origin.port, { workers, admin: { address: { kind: 'tcp', host: '127.0.0.1', port }, token: null, mcp: 'off' } })
    expect(await running.control.reload()).toMatchObject({ ok: true })
    expect((await answerTo(port, { path: '/readyz' })).status).toBe(200)
    await expect(running.admin('/readyz')).rejects.toThrow('ECONNREFUSED')
  })

  test('lets others in at the same admin address', async () => {
    const { port } = await freeListener('admin')
    const planFor = (token: string): Plan => {
      const address = { kind: 'tcp', host: '0.0.0.0', port } as const
      return controlPlan(origin.port, { workers, admin: { address, token, mcp: 'off' } })
    }
    const statusFor = async (token: string): Promise<number> =>
      (await answerTo(port, { path: '/readyz', headers: { authorization: `Bearer ${token}` } })).status
    next = planFor('former')
    await running.control.reload()
    expect([await statusFor('former'), await statusFor('next')]).toEqual([200, 401])
    next = planFor('next')
    expect(await running.control.reload()).toMatchObject({ ok: true })
    expect([await statusFor('former'), await statusFor('next')]).toEqual([401, 200])
  })
})

test('another number of workers starts and ends only those that make the difference', async () => {
  await start(1)
  const [first] = (await running.pids()) as [number]
  next = controlPlan(origin.port, { workers: 2 })
  expect(await running.control.reload()).toMatchObject({ ok: true })
  expect(await running.pids()).toEqual([first, expect.anything()])
  next = controlPlan(origin.port, { workers: 1 })
  expect(await running.control.reload()).toMatchObject({ ok: true })
  expect(await running.pids()).toEqual([first])
  expect(await running.get()).toBe('hello')
})

test('a drain fails readiness first, while traffic is still served for a load balancer to notice', async () => {
  running = await RunningControl.start(controlPlan(origin.port, { workers: 0, drain: { delayMs: 300, graceMs: 5_000 } }))
  void running.control.drain()
  expect(await running.admin('/readyz')).toEqual({ status: 503, body: expect.stringContaining('It is shutting down.') })
  expect(await running.get()).toBe('hello')
  await running.control.ended
  await expect(running.get()).rejects.toThrow('ECONNREFUSED')
})

test('a start that cannot be says why, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-start-'))
  const listener: ListenerPlan = { name: 'web', address: { kind: 'unix', path: join(folder, 'web.sock') } }
  const file = join(folder, 'none', 'access.log')
  const plan = controlPlan(origin.port, { listeners: [listener], accessLog: { format: 'json', what: 'all', file } })
  await expect(RunningControl.start(plan)).rejects.toThrow(`Cannot write the access log ${file}: its folder does not exist.`)
  rmSync(folder, { recursive: true })
  await start(0)
})
