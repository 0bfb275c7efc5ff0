/** The end of a WebSocket when the gateway drains, byte by byte. */
import { beforeEach, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type OriginConnection, type RawOrigin, startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const UPGRADE = 'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const AGREED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const FRAME = Buffer.concat([Buffer.from([0x82, 10]), Buffer.from('0123456789')])
/** 1012, and a reason. */
const CLOSE = Buffer.concat([Buffer.from([0x88, 22, 0x03, 0xf4]), Buffer.from('The service restarts')])

let origin: RawOrigin
let gateway: RunningGateway
let client: RawClient
let server: OriginConnection

beforeEach(async () => {
  origin = closing(
    await startOrigin(async (connection) => {
      await connection.head()
      connection.send(AGREED)
    }),
  )
  gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
  client = closing(await RawClient.open(gateway.port))
  client.send(UPGRADE)
  await client.until((received) => received.includes('\r\n\r\n'))
  client.received = client.received.subarray(client.received.indexOf('\r\n\r\n') + 4)
  server = origin.connections[0] as OriginConnection
})

async function received(bytes: Buffer): Promise<void> {
  await client.until((all) => all.length >= bytes.length)
  expect(client.received).toEqual(bytes)
}

test('a WebSocket between two frames is told to connect again, and nothing follows', async () => {
  server.send(FRAME)
  await received(FRAME)
  void gateway.gateway.drain(30_000)
  gateway.advance(100)
  await received(Buffer.concat([FRAME, CLOSE]))
  server.send(FRAME)
  client.send('the client says goodbye, too')
  await until('the server has it', () => server.received.includes('goodbye'))
  server.end()
  await client.end()
  expect(client.received).toEqual(Buffer.concat([FRAME, CLOSE]))
})

test('the frame under way comes first, and is whole', async () => {
  server.send(FRAME.subarray(0, 7))
  await received(FRAME.subarray(0, 7))
  void gateway.gateway.drain(30_000)
  gateway.advance(100)
  server.send(Buffer.concat([FRAME.subarray(7), FRAME]))
  await received(Buffer.concat([FRAME, CLOSE]))
})

test('a frame that does not end is waited for only for a moment', async () => {
  server.send(FRAME.subarray(0, 7))
  await received(FRAME.subarray(0, 7))
  void gateway.gateway.drain(30_000)
  gateway.advance(100)
  gateway.advance(1_100)
  await client.end()
  expect(client.received).toEqual(FRAME.subarray(0, 7))
})

test('a client and a server that do not answer are not waited for for long', async () => {
  const drained = gateway.gateway.drain(30_000)
  gateway.advance(100)
  await received(CLOSE)
  gateway.advance(2_100)
  await client.end()
  await drained
})
