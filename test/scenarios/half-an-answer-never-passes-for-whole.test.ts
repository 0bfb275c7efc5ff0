/** An answer that breaks off is asked for again while nothing of it is out; after that the client's connection breaks off as well. */
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type GatewaySetup, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type Script, startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const WHOLE = 'abcdefghij'.repeat(1_024)

/** The first endpoint sends `half` and goes away in one of two ways, the second sends all. */
async function ask(half: string, end: 'end' | 'reset', setup: Partial<GatewaySetup> = {}) {
  const breaking: Script = async (connection) => {
    if ((await connection.head()) === null) return
    connection.send(half)
    // Separately, as a server does that dies in the middle.
    await new Promise((resolve) => setTimeout(resolve, 5))
    connection[end]()
  }
  const whole: Script = async (connection) => {
    while ((await connection.head()) !== null) connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${WHOLE.length}\r\n\r\n${WHOLE}`)
  }
  const origins = await Promise.all([breaking, whole].map(async (script) => closing(await startOrigin(script))))
  const endpoints = origins.map(({ port }) => port)
  const gateway = closing(await startGateway({ endpoints, upstream: { balance: 'round-robin' }, ...setup }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(GET)
  return { client, gateway }
}

describe('an answer of declared length up to 64 KiB', () => {
  const half = `HTTP/1.1 200 OK\r\nContent-Length: ${WHOLE.length}\r\nX-From: first\r\n\r\n${WHOLE.slice(0, 5_000)}`

  test.each(['end', 'reset'] as const)(
    'that breaks off by %s is asked for again, and the client sees the one that is whole',
    async (end) => {
      const { client, gateway } = await ask(half, end)
      const answer = await client.answer()
      expect(answer?.status).toBe(200)
      expect(answer?.body.toString()).toBe(WHOLE)
      expect(answer?.fields.has('x-from')).toBe(false)
      expect(gateway.finished[0]).toMatchObject({ status: 200, cause: null, attempts: 2, earlier: ['truncated-body'] })
      // Nothing of the other one is left on the connection.
      client.send(GET)
      expect((await client.answer())?.body.toString()).toBe(WHOLE)
    },
  )

  test('is an error of ours where nobody else can be asked', async () => {
    const { client, gateway } = await ask(half, 'end', { retry: { attempts: 1 } })
    const answer = await client.answer()
    expect(answer?.status).toBe(502)
    expect(answer?.fields.get('proxy-status')).toContain('truncated-body')
    expect(gateway.finished[0]).toMatchObject({ cause: 'truncated-body', evidence: { expected_bytes: WHOLE.length } })
  })

  test('goes out as it comes where holding is switched off, and breaks off', async () => {
    const { client, gateway } = await ask(half, 'end', { retry: { isHolding: false } })
    await client.end()
    expect(client.received.toString()).toContain(`Content-Length: ${WHOLE.length}`)
    expect(client.received.length).toBeLessThan(WHOLE.length)
    expect(client.isReset).toBe(true)
    const [finished] = await gateway.finishedCount(1)
    expect(finished).toMatchObject({ status: 200, cause: 'truncated-body', attempts: 1 })
  })

  test('is held for a second at most', async () => {
    const origin = closing(
      await startOrigin(async (connection) => {
        await connection.head()
        connection.send(half)
      }),
    )
    const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
    const client = closing(await RawClient.open(gateway.port))
    client.send(GET)
    await until('it has come', () => (origin.connections[0]?.socket.bytesWritten ?? 0) >= half.length)
    gateway.advance(900)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(client.received.length).toBe(0)
    gateway.advance(110)
    await client.until((received) => received.toString().endsWith(WHOLE.slice(4_000, 5_000)))
    origin.connections[0]?.send(WHOLE.slice(5_000))
    expect((await client.answer())?.body.toString()).toBe(WHOLE)
  })
})

describe('an answer that is on its way to the client', () => {
  const cases: [string, string][] = [
    ['longer than 64 KiB', `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(70_000)}`],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['in the middle of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
  ]
  describe.each(cases)('%s', (_, half) => {
    test.each(['end', 'reset'] as const)('that breaks off by %s resets the connection of the client', async (end) => {
      const { client, gateway } = await ask(half, end)
      await client.end()
      expect(client.received.toString()).toMatch(/^HTTP\/1.1 200 /)
      expect(client.received.toString()).not.toContain('\r\n0\r\n')
      expect(client.isReset).toBe(true)
      const [finished] = await gateway.finishedCount(1)
      expect(finished).toMatchObject({ status: 200, cause: 'truncated-body', attempts: 1 })
    })
  })

  test('in chunks that are no chunks resets it as well', async () => {
    const { client, gateway } = await ask('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n', 'end')
    await client.end()
    expect(client.isReset).toBe(true)
    expect((await gateway.finishedCount(1))[0]).toMatchObject({ cause: 'malformed-response', phase: 'receive-body' })
  })
})

test('an app that says chunked and writes none gets the page of a named cause, not a broken connection', async () => {
  const { client, gateway } = await ask('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<!doctype html><p>Hello', 'end')
  expect(await client.answer()).toMatchObject({ status: 502 })
  expect((await gateway.finishedCount(1))[0]).toMatchObject({ status: 502, cause: 'malformed-response' })
})

test('an answer that only the end of the connection ends is whole when it ends in good order, and not when it is reset', async () => {
  const half = 'HTTP/1.1 200 OK\r\n\r\nall there is'
  const good = await ask(half, 'end')
  expect((await good.client.answer())?.body.toString()).toBe('all there is')
  expect((await good.gateway.finishedCount(1))[0]).toMatchObject({ cause: null })
  const bad = await ask(half, 'reset')
  await bad.client.end()
  expect(bad.client.isReset).toBe(true)
  expect((await bad.gateway.finishedCount(1))[0]).toMatchObject({ cause: 'truncated-body' })
})
