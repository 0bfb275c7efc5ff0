/** A server that is down gets little more than the requests of its visitors: the budget, the number of tries, the pauses. */
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type RawOrigin, startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

/** Takes each request and resets the connection, so that every attempt is one connection. */
async function startDown(): Promise<RawOrigin> {
  return closing(
    await startOrigin(async (connection) => {
      if ((await connection.head()) !== null) connection.reset()
    }),
  )
}

describe('the budget', () => {
  test('lets a storm of requests cost a fifth more, and ten a second', { timeout: 20_000 }, async () => {
    const REQUESTS = 1_000
    const origin = await startDown()
    const gateway = closing(await startGateway({ endpoints: [origin.port] }))
    const visit = async (count: number): Promise<void> => {
      const client = closing(await RawClient.open(gateway.port))
      for (let i = 0; i < count; i++) {
        client.send(GET)
        expect((await client.answer())?.status).toBe(502)
      }
    }
    await Promise.all(Array.from({ length: 10 }, () => visit(REQUESTS / 10)))
    const retries = origin.connections.length - REQUESTS
    // The window is ten seconds, and all of this took less than two of them.
    expect(retries).toBeGreaterThan(100)
    expect(retries).toBeLessThanOrEqual(REQUESTS * 0.2 + 10 * 12)
    expect(gateway.finished.every(({ cause }) => cause === 'reset-before-response')).toBe(true)
  })

  test('once spent, a failure is told at once', async () => {
    const origin = await startDown()
    const gateway = closing(
      await startGateway({ endpoints: [origin.port], isClockManual: true, retry: { budgetMinPerSecond: 0, budgetShare: 0 } }),
    )
    const client = closing(await RawClient.open(gateway.port))
    client.send(GET)
    // The clock stands still: there was no pause.
    expect((await client.answer())?.status).toBe(502)
    expect(gateway.finished[0]?.attempts).toBe(1)
  })
})

describe('the pause before the same endpoint is asked again', () => {
  test('has full jitter: anything up to 25 ms, then up to 50 ms', async () => {
    const origin = await startDown()
    const retry = { budgetMinPerSecond: 1_000 }
    const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true, retry }))
    const client = closing(await RawClient.open(gateway.port))
    for (let request = 1; request <= 40; request++) {
      client.send(GET)
      while (gateway.finished.length < request) {
        gateway.advance(1)
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect((await client.answer())?.status).toBe(502)
    }
    const first = gateway.finished.map(({ pauses }) => pauses[0] ?? 0)
    const second = gateway.finished.map(({ pauses }) => pauses[1] ?? 0)
    // The wheel's resolution is 5 ms.
    expect(Math.max(...first)).toBeLessThanOrEqual(30)
    expect(Math.max(...second)).toBeLessThanOrEqual(55)
    expect(Math.max(...second)).toBeGreaterThan(30)
    expect(Math.min(...second)).toBeLessThan(20)
    expect(new Set(first).size).toBeGreaterThan(5)
  })

  test('ends with the time of the whole request', async () => {
    const origin = await startDown()
    const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true, timeouts: { totalMs: 1 } }))
    const client = closing(await RawClient.open(gateway.port))
    client.send(GET)
    const inflight = (): number | undefined => gateway.gateway.status()[0]?.endpoints[0]?.inflight
    await until('the attempt has failed', () => origin.connections.length === 1 && inflight() === 0)
    gateway.advance(100)
    expect((await client.answer())?.status).toBe(502)
    expect(gateway.finished[0]).toMatchObject({ attempts: 1, cause: 'reset-before-response' })
  })
})
