/** What comes in pieces goes on in pieces: the client has the first before the server has sent the second. */
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

async function startStream(head: string) {
  const origin = closing(await startOrigin(async (connection) => void ((await connection.head()) !== null && connection.send(head))))
  // The clock stands still: nothing is let go by a timeout.
  const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(GET)
  // The head has nothing to wait for.
  await client.until((received) => received.includes('\r\n\r\n'))
  const says = async (bytes: string, seen: string): Promise<void> => {
    origin.connections[0]?.send(bytes)
    await client.until((received) => received.toString().includes(seen))
  }
  return { origin, client, says }
}

describe('each piece arrives by itself', () => {
  test('of an answer in chunks', async () => {
    const { client, says } = await startStream('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (const word of ['one', 'two', 'three']) await says(`${word.length.toString(16)}\r\n${word}\r\n`, word)
    await says('0\r\n\r\n', '\r\n0\r\n\r\n')
    expect((await client.answer())?.body.toString()).toBe('onetwothree')
  })

  test('of an event stream', async () => {
    const { says } = await startStream('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n')
    for (let i = 0; i < 5; i++) await says(`data: ${i}\n\n`, `data: ${i}\n\n`)
  })

  test('of an answer longer than what is held', async () => {
    const { says } = await startStream('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
    for (const word of ['one', 'two', 'three']) await says(word, word)
  })

  test('of an answer of unknown length', async () => {
    const { client, origin, says } = await startStream('HTTP/1.1 200 OK\r\n\r\n')
    for (const word of ['one', 'two', 'three']) await says(word, word)
    origin.connections[0]?.end()
    expect((await client.answer())?.body.toString()).toBe('onetwothree')
  })

  test('of a request, while the answer comes in pieces as well', async () => {
    const origin = closing(
      await startOrigin(async (connection) => {
        await connection.head()
        connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        for (;;) {
          while (!connection.received.includes('\n')) await connection.more()
          const line = connection.received.toString()
          connection.received = Buffer.alloc(0)
          connection.send(`${(line.length + 5).toString(16)}\r\necho ${line}\r\n`)
        }
      }),
    )
    const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
    const client = closing(await RawClient.open(gateway.port))
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\n')
    for (const word of ['one', 'two', 'three']) {
      client.send(`${word}\n`)
      await client.until((received) => received.toString().includes(`echo ${word}\n`))
    }
  })
})

test('early hints go ahead of the answer', async () => {
  const { client, says } = await startStream('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n')
  expect((await client.answer())?.status).toBe(103)
  await says('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'ok')
  expect((await client.answer())?.status).toBe(200)
})
