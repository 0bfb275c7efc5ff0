/** Several endpoints, each balancing: what each of them gets of a few hundred requests. */
import { describe, expect, test } from 'vitest'
import type { Balance } from '../../src/config/plan.ts'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type Script, startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

type Setup = {
  readonly balance: Balance
  readonly scripts: readonly ((count: () => void) => Script)[]
  readonly weights?: readonly number[]
}

/** Answers after `ms`. */
const answering =
  (ms: number) =>
  (count: () => void): Script =>
  async (connection) => {
    while ((await connection.head()) !== null) {
      count()
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
  }

const resetting =
  (count: () => void): Script =>
  async (connection) => {
    if ((await connection.head()) === null) return
    count()
    connection.reset()
  }

const overloaded =
  (count: () => void): Script =>
  async (connection) => {
    while ((await connection.head()) !== null) {
      count()
      connection.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n')
    }
  }

async function start({ balance, scripts, weights = [] }: Setup): Promise<{ gateway: RunningGateway; counts: number[] }> {
  const counts = scripts.map(() => 0)
  const origins = await Promise.all(
    scripts.map(async (script, index) => closing(await startOrigin(script(() => (counts[index] = (counts[index] ?? 0) + 1))))),
  )
  const endpoints = origins.map(({ port }, index) => ({
    url: `http://127.0.0.1:${port}`,
    address: { kind: 'tcp', host: '127.0.0.1', port } as const,
    weight: weights[index] ?? 1,
    isBackup: false,
  }))
  return { gateway: closing(await startGateway({ endpoints: [], upstream: { balance, endpoints } })), counts }
}

/** So many visitors at a time, each with so many requests one after the other. */
async function visit(gateway: RunningGateway, visitors: number, requests: number): Promise<void> {
  const run = async (): Promise<void> => {
    const client = closing(await RawClient.open(gateway.port))
    for (let i = 0; i < requests; i++) {
      client.send(GET)
      expect((await client.answer())?.status).toBe(200)
    }
  }
  await Promise.all(Array.from({ length: visitors }, run))
}

describe('round robin', () => {
  test('gives each its share by weight, to the request', async () => {
    const { gateway, counts } = await start({
      balance: 'round-robin',
      scripts: [answering(0), answering(0), answering(0)],
      weights: [3, 2, 1],
    })
    await visit(gateway, 1, 60)
    expect(counts).toEqual([30, 20, 10])
  })
})

describe('least requests', () => {
  test('gives the slow one less', async () => {
    const { gateway, counts } = await start({ balance: 'least-requests', scripts: [answering(2), answering(30)] })
    await visit(gateway, 6, 25)
    const [fast = 0, slow = 0] = counts
    expect(fast + slow).toBe(150)
    expect(fast).toBeGreaterThan(3 * slow)
  })

  test('gives the heavy one more', async () => {
    const { gateway, counts } = await start({ balance: 'least-requests', scripts: [answering(10), answering(10)], weights: [1, 3] })
    await visit(gateway, 8, 10)
    const [light = 0, heavy = 0] = counts
    expect(heavy).toBeGreaterThan(2 * light)
  })
})

describe('peak EWMA', () => {
  test('prefers the faster one, even for one visitor at a time', async () => {
    const { gateway, counts } = await start({ balance: 'peak-ewma', scripts: [answering(0), answering(40)] })
    await visit(gateway, 1, 60)
    const [fast = 0, slow = 0] = counts
    expect(fast).toBeGreaterThan(10 * slow)
  })

  test('uses the slower one when the faster has enough to do', async () => {
    const { gateway, counts } = await start({ balance: 'peak-ewma', scripts: [answering(10), answering(15)] })
    await visit(gateway, 12, 10)
    for (const count of counts) expect(count).toBeGreaterThan(30)
  })

  test('spreads over equals', async () => {
    const { gateway, counts } = await start({ balance: 'peak-ewma', scripts: [answering(5), answering(5), answering(5)] })
    await visit(gateway, 9, 20)
    for (const count of counts) expect(count).toBeGreaterThan(30)
  })
})

describe.each(['round-robin', 'least-requests', 'peak-ewma'] as const)('%s', (balance) => {
  test.each([
    ['resets every connection', resetting],
    ['is overloaded', overloaded],
  ])('keeps away from an endpoint that %s, and no visitor sees it', async (_, failing) => {
    const { gateway, counts } = await start({ balance, scripts: [failing, answering(2), answering(2)] })
    await visit(gateway, 8, 40)
    expect(counts[0]).toBeGreaterThan(0)
    expect(counts[0]).toBeLessThan(32)
    expect((counts[1] ?? 0) + (counts[2] ?? 0)).toBe(320)
    expect(gateway.finished.every(({ status, cause }) => status === 200 && cause === null)).toBe(true)
  })
})
