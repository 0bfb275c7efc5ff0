/** A POST reaches the application once or not at all, whatever happens to it on the way. */
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type GatewaySetup, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type OriginConnection, type Script, startOrigin, unusedPort } from '../support/raw-origin.ts'

const POST = 'POST /order HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\none piano'

/** Acts on each whole request, and counts them. */
function counting(act: (connection: OriginConnection) => void): { script: Script; orders: string[] } {
  const orders: string[] = []
  const script: Script = async (connection) => {
    for (let one = await connection.request(); one !== null; one = await connection.request()) {
      orders.push(one.body.toString())
      act(connection)
    }
  }
  return { script, orders }
}

async function send(act: (connection: OriginConnection) => void, setup: Partial<GatewaySetup> = {}) {
  const [first, second] = [counting(act), counting(act)]
  const origins = await Promise.all([first, second].map(async ({ script }) => closing(await startOrigin(script))))
  const gateway = closing(await startGateway({ endpoints: origins.map(({ port }) => port), ...setup }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(POST)
  const answer = await client.answer('POST')
  return { answer, finished: (await gateway.finishedCount(1))[0], orders: [...first.orders, ...second.orders] }
}

describe('a POST that the server has read is not sent again when the server', () => {
  test.each<[string, (connection: OriginConnection) => void, number, string]>([
    ['resets the connection', (connection) => connection.reset(), 502, 'reset-before-response'],
    ['closes the connection', (connection) => connection.end(), 502, 'closed-before-response'],
    ['answers 503', (connection) => connection.send('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'), 503, 'upstream-overloaded'],
    [
      'breaks off its answer',
      (connection) => {
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
        connection.end()
      },
      502,
      'truncated-body',
    ],
    ['talks nonsense', (connection) => connection.send('nonsense\r\n\r\n'), 502, 'malformed-response'],
  ])('%s', async (_, act, status, cause) => {
    const { answer, finished, orders } = await send(act)
    expect(orders).toEqual(['one piano'])
    expect(answer?.status).toBe(status)
    expect(finished).toMatchObject({ attempts: 1, cause })
  })

  test('takes too long', async () => {
    const { answer, finished, orders } = await send(() => {}, { timeouts: { responseMs: 50 } })
    expect(orders).toEqual(['one piano'])
    expect(answer?.status).toBe(504)
    expect(finished).toMatchObject({ attempts: 1, cause: 'response-timeout' })
  })
})

test('a POST whose head the server may have seen is not sent again, though its body was not complete', async () => {
  const heads: string[] = []
  const resetting: Script = async (connection) => {
    const head = await connection.head()
    if (head === null) return
    heads.push(head)
    connection.reset()
  }
  const origins = await Promise.all([1, 2].map(async () => closing(await startOrigin(resetting))))
  const gateway = closing(await startGateway({ endpoints: origins.map(({ port }) => port) }))
  const client = closing(await RawClient.open(gateway.port))
  client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nonly the beginning')
  expect((await client.answer('POST'))?.status).toBe(502)
  expect(heads.length).toBe(1)
  expect(gateway.finished[0]).toMatchObject({ attempts: 1, cause: 'request-write-failed' })
})

test('a POST that found no connection is sent elsewhere', async () => {
  const good = counting((connection) => connection.send('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n'))
  const origin = closing(await startOrigin(good.script))
  const endpoints = [await unusedPort(), await unusedPort(), origin.port]
  const gateway = closing(await startGateway({ endpoints, upstream: { balance: 'round-robin' } }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(POST)
  expect((await client.answer('POST'))?.status).toBe(201)
  expect(good.orders).toEqual(['one piano'])
  expect(gateway.finished[0]).toMatchObject({ attempts: 3, earlier: ['connect-refused', 'connect-refused'] })
})

test('a POST on a connection that dies as it is reused is not sent again; a GET is, at once and on a new one', async () => {
  const requests: string[] = []
  const script: Script = async (connection) => {
    for (let one = await connection.request(); one !== null; one = await connection.request()) {
      requests.push(one.head.slice(0, one.head.indexOf(' ')))
      // The first connection ends with a POST, the second one with its second GET.
      if (requests.at(-1) === 'POST' || (connection.ordinal === 2 && requests.length > 4)) connection.reset()
      else connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
  }
  const origin = closing(await startOrigin(script))
  const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
  const client = closing(await RawClient.open(gateway.port))
  const ask = async (request: string): Promise<number | undefined> => {
    client.send(request)
    return (await client.answer())?.status
  }
  const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
  expect(await ask(GET)).toBe(200)
  gateway.advance(10_000)
  expect(await ask(GET)).toBe(200)
  gateway.advance(100)
  // Ten seconds are proven, so that the POST may have the connection that was idle for a moment.
  expect(await ask(POST)).toBe(502)
  expect(requests).toEqual(['GET', 'GET', 'POST'])
  expect(gateway.finished[2]).toMatchObject({ attempts: 1, cause: 'keepalive-race', evidence: { is_reused: true, idle_ms: 100 } })
  expect(await ask(GET)).toBe(200)
  gateway.advance(50)
  expect(await ask(GET)).toBe(200)
  expect(gateway.finished[4]).toMatchObject({ attempts: 2, cause: null, earlier: ['keepalive-race'] })
  expect(origin.connections.length).toBe(3)
})

test('the requests of a client that pipelines are each sent once, in order', async () => {
  const good = counting((connection) => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  const origin = closing(await startOrigin(good.script))
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const client = closing(await RawClient.open(gateway.port))
  const orders = Array.from({ length: 20 }, (_, i) => `order ${i}`)
  client.send(orders.map((order) => `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${order.length}\r\n\r\n${order}`).join(''))
  for (const _ of orders) expect((await client.answer('POST'))?.status).toBe(200)
  expect(good.orders).toEqual(orders)
})

test('an answer that comes although the upload is not over is the answer', async () => {
  const origin = closing(
    await startOrigin(async (connection) => {
      if ((await connection.head()) !== null) connection.send('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    }),
  )
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const client = closing(await RawClient.open(gateway.port))
  client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nonly the beginning')
  expect((await client.answer('POST'))?.status).toBe(413)
})
