/** The body of a request that is tried again arrives as the client sent it; one too large to be kept streams and has one try. */
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type GatewaySetup, type RunningGateway, startGateway } from '../support/gateway.ts'
import { type RawAnswer, RawClient } from '../support/raw-client.ts'
import { type Script, startOrigin, unusedPort } from '../support/raw-origin.ts'

const KIB = 1024

function digest(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex')
}

function post(body: Buffer, method = 'POST'): Buffer {
  return Buffer.concat([Buffer.from(`${method} / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n`), body])
}

/** Answers with the digest of what has come. */
const digesting: Script = async (connection) => {
  for (let one = await connection.request(); one !== null; one = await connection.request()) {
    const text = digest(one.body)
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
  }
}

/** Reads the whole request, then resets. */
const resetting: Script = async (connection) => {
  if ((await connection.request()) !== null) connection.reset()
}

/** The first endpoint is in trouble, the second answers with the digest. */
async function startPair(trouble: 'refused' | 'reset', setup: Partial<GatewaySetup> = {}): Promise<RunningGateway> {
  const first = trouble === 'refused' ? await unusedPort() : closing(await startOrigin(resetting)).port
  const second = closing(await startOrigin(digesting)).port
  return closing(await startGateway({ endpoints: [first, second], upstream: { balance: 'round-robin' }, ...setup }))
}

async function ask(gateway: RunningGateway, request: Buffer): Promise<RawAnswer | null> {
  const client = closing(await RawClient.open(gateway.port))
  client.send(request)
  return client.answer()
}

describe('a body survives an endpoint that refuses', () => {
  test.each([1, 10 * KIB, 64 * KIB, 64 * KIB + 1, 300 * KIB])('with %i bytes', async (bytes) => {
    const body = randomBytes(bytes)
    const gateway = await startPair('refused')
    const answer = await ask(gateway, post(body))
    expect(answer).toMatchObject({ status: 200, body: Buffer.from(digest(body)) })
    expect(gateway.finished[0]).toMatchObject({ attempts: 2, earlier: ['connect-refused'], bytesIn: bytes })
  })

  test('with chunks and trailers', async () => {
    let received = ''
    const origin = closing(
      await startOrigin(async (connection) => {
        const head = (await connection.head()) ?? ''
        while (!connection.received.includes('0\r\n')) await connection.more()
        while (!connection.received.toString().endsWith('\r\n\r\n')) await connection.more()
        received = head + connection.received.toString()
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      }),
    )
    const endpoints = [await unusedPort(), origin.port]
    const gateway = closing(await startGateway({ endpoints, upstream: { balance: 'round-robin' } }))
    const head = 'PUT / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nTrailer: X-Sum\r\n\r\n'
    expect((await ask(gateway, Buffer.from(`${head}5\r\nhello\r\n4\r\n you\r\n0\r\nX-Sum: 9\r\n\r\n`)))?.status).toBe(200)
    expect(gateway.finished[0]).toMatchObject({ attempts: 2, bytesIn: 9 })
    expect(received).toMatch(/transfer-encoding: chunked\r\n/i)
    expect(received.slice(received.indexOf('\r\n\r\n'))).toBe('\r\n\r\n5\r\nhello\r\n4\r\n you\r\n0\r\nX-Sum: 9\r\n\r\n')
  })
})

describe('a body that the first server has read', () => {
  test('is sent again when the method is idempotent and the body was kept', async () => {
    const body = randomBytes(64 * KIB)
    const gateway = await startPair('reset')
    expect(await ask(gateway, post(body, 'PUT'))).toMatchObject({ status: 200, body: Buffer.from(digest(body)) })
    expect(gateway.finished[0]).toMatchObject({ attempts: 2, earlier: ['reset-before-response'] })
  })

  test('is not sent again when it was too large to be kept', async () => {
    const gateway = await startPair('reset')
    expect((await ask(gateway, post(randomBytes(64 * KIB + 1), 'PUT')))?.status).toBe(502)
    expect(gateway.finished[0]?.attempts).toBe(1)
  })

  test('is not sent again when all kept bodies together have their limit', async () => {
    const body = randomBytes(10 * KIB)
    const tight = await startPair('reset', { limits: { replayBytesMax: 9 * KIB } })
    expect((await ask(tight, post(body, 'PUT')))?.status).toBe(502)
    expect(tight.finished[0]?.attempts).toBe(1)
    const roomy = await startPair('reset', { limits: { replayBytesMax: 10 * KIB } })
    // Each gives back what it had.
    for (let i = 0; i < 3; i++) expect((await ask(roomy, post(body, 'PUT')))?.status).toBe(200)
  })
})

test('a body of 1 MiB streams: the server has its beginning before the client has sent its end', async () => {
  const arrived = Promise.withResolvers<void>()
  const hash = createHash('sha1')
  const body = randomBytes(1024 * KIB)
  const origin = closing(
    await startOrigin(async (connection) => {
      await connection.head()
      for (let bytes = 0; bytes < body.length; ) {
        if (connection.received.length === 0) await connection.more()
        hash.update(connection.received)
        bytes += connection.received.length
        connection.received = Buffer.alloc(0)
        if (bytes >= 100 * KIB) arrived.resolve()
      }
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    }),
  )
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const client = closing(await RawClient.open(gateway.port))
  const request = post(body)
  client.send(request.subarray(0, 200 * KIB))
  await arrived.promise
  client.send(request.subarray(200 * KIB))
  expect((await client.answer())?.status).toBe(200)
  expect(hash.digest('hex')).toBe(digest(body))
})
