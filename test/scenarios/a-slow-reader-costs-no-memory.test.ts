/** Whoever does not read holds the other side back; the gateway keeps next to nothing in between. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { openRequest } from '../support/http-request.ts'
import { RawClient } from '../support/raw-client.ts'
import { startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const MIB = 1024 * 1024
const BYTES = 64 * MIB
/** What the kernel's buffers of two connections may hold, and some for the gateway itself. */
const ON_THE_WAY_MAX = 24 * MIB

/** A megabyte that is not all the same, so that pieces in the wrong order are noticed. */
const PIECE = Buffer.from(Array.from({ length: MIB / 4 }, (_, i) => String(i % 9_973).padStart(4, '0')).join(''))

function digestOfAll(): string {
  const hash = createHash('sha1')
  for (let i = 0; i < BYTES / MIB; i++) hash.update(PIECE)
  return hash.digest('hex')
}

/** Resolves to what `look` says when it has not changed for a while. */
async function settled(look: () => number): Promise<number> {
  let last = -1
  await until('nothing moves any more', async () => {
    const before = last
    last = look()
    await new Promise((resolve) => setTimeout(resolve, 60))
    return last === before
  })
  return last
}

const plain = (bytes: Buffer): Buffer => bytes
const chunk = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

test.each([
  ['of declared length', `Content-Length: ${BYTES}`, plain, ''],
  ['in chunks', 'Transfer-Encoding: chunked', chunk, '0\r\n\r\n'],
])('an answer %s of 64 MiB to a client that pauses', { timeout: 30_000 }, async (_, field, frame, last) => {
  let taken = 0
  const origin = closing(
    await startOrigin(async (connection) => {
      await connection.head()
      connection.send(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`)
      const piece = frame(PIECE)
      for (; taken < BYTES; taken += MIB) {
        if (!connection.socket.write(piece)) await new Promise((resolve) => connection.socket.once('drain', resolve))
      }
      connection.send(last)
    }),
  )
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const before = process.memoryUsage().arrayBuffers
  const answer = await openRequest(gateway.port)
  expect(await settled(() => taken)).toBeLessThan(ON_THE_WAY_MAX)
  // A piece that the server could not get rid of is the most there is in this process: the rest is with the kernel.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MIB)
  const hash = createHash('sha1')
  for await (const bytes of answer) hash.update(bytes)
  expect(hash.digest('hex')).toBe(digestOfAll())
  expect((await gateway.finishedCount(1))[0]).toMatchObject({ status: 200, cause: null, bytesOut: BYTES })
})

test('an upload of 64 MiB to a server that pauses', { timeout: 30_000 }, async () => {
  const hash = createHash('sha1')
  let received = 0
  const origin = closing(
    await startOrigin(({ socket }) => {
      socket.pause()
      socket.removeAllListeners('data')
      let isFirst = true
      socket.on('data', (bytes: Buffer) => {
        const content = isFirst ? bytes.subarray(bytes.indexOf('\r\n\r\n') + 4) : bytes
        isFirst = false
        received += content.length
        hash.update(content)
        if (received === BYTES) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
      socket.pause()
    }),
  )
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const client = closing(await RawClient.open(gateway.port))
  const before = process.memoryUsage().arrayBuffers
  client.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${BYTES}\r\n\r\n`)
  let sent = 0
  const send = (async () => {
    for (; sent < BYTES; sent += MIB) if (!client.socket.write(PIECE)) await new Promise((resolve) => client.socket.once('drain', resolve))
  })()
  expect(await settled(() => sent)).toBeLessThan(ON_THE_WAY_MAX)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MIB)
  origin.connections[0]?.socket.resume()
  await send
  expect((await client.answer('POST'))?.status).toBe(200)
  expect(hash.digest('hex')).toBe(digestOfAll())
})
