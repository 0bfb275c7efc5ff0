/** A Node app with `ws` behind the gateway, and `ws` as its client. RFC 6455. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type RunningGateway, startGateway } from '../support/gateway.ts'

const MIB = 1024 * 1024

let app: Server
let server: WebSocketServer
let gateway: RunningGateway

beforeAll(async () => {
  app = createServer((_, answer) => answer.end('plain http'))
  server = new WebSocketServer({ noServer: true, maxPayload: 16 * MIB, handleProtocols: (offered) => [...offered].at(-1) ?? false })
  app.on('upgrade', (request, socket, head) => {
    if (request.url === '/refused') return void socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\nlog in')
    if (request.headers.upgrade === 'echo') return echo(socket as Socket)
    server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request))
  })
  server.on('connection', (client) => client.on('message', (data, isBinary) => client.send(data, { binary: isBinary })))
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  gateway = await startGateway({ endpoints: [(app.address() as AddressInfo).port] })
})

afterAll(() => {
  gateway?.close()
  server?.close()
  app?.close()
})

test('frames of 1 MiB come back as they were sent, from twenty clients at once', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => open()))
  const echoes = clients.map(async (client) => {
    const sent = Array.from({ length: 3 }, () => randomBytes(MIB))
    const received = messages(client, sent.length)
    for (const one of sent) client.send(one)
    return Buffer.concat(await received).equals(Buffer.concat(sent))
  })
  expect(await Promise.all(echoes)).toEqual(clients.map(() => true))
  for (const client of clients) client.close()
})

test('thousands of small messages keep their order', async () => {
  const client = await open()
  const sent = Array.from({ length: 5_000 }, (_, index) => `message ${index}`)
  const received = messages(client, sent.length)
  for (const one of sent) client.send(one)
  expect((await received).map(String)).toEqual(sent)
  client.close()
})

test('a message in fragments, and a compressed one, come back whole', async () => {
  const client = await open()
  const received = messages(client, 1)
  client.send('one ', { fin: false })
  client.send('two ', { fin: false })
  client.send('three', { fin: true })
  expect(String((await received)[0])).toBe('one two three')
  client.close()

  const compressing = new WebSocketServer({ server: createServer().listen(0, '127.0.0.1'), perMessageDeflate: { threshold: 0 } })
  await once(compressing, 'listening')
  compressing.on('connection', (other) => other.on('message', (data) => other.send(data)))
  const other = await startGateway({ endpoints: [(compressing.address() as AddressInfo).port] })
  const compressed = new WebSocket(`ws://127.0.0.1:${other.port}`)
  await once(compressed, 'open')
  expect(compressed.extensions).toBe('permessage-deflate')
  const answer = messages(compressed, 1)
  compressed.send('x'.repeat(MIB))
  expect((await answer)[0]?.length).toBe(MIB)
  compressed.close()
  await once(compressed, 'close')
  other.close()
  compressing.options.server?.close()
  compressing.close()
})

test('close codes and reasons pass in both directions', async () => {
  const told = once(server, 'connection') as Promise<[WebSocket]>
  const client = await open()
  const [peer] = await told
  const ends = Promise.all([once(peer, 'close'), once(client, 'close')])
  client.close(4_001, 'the client has enough')
  const [[code, reason]] = await ends
  expect([code, String(reason)]).toEqual([4_001, 'the client has enough'])

  const toldAgain = once(server, 'connection') as Promise<[WebSocket]>
  const other = await open()
  const [its] = await toldAgain
  its.close(1_013, 'try again later')
  const [otherCode, otherReason] = await once(other, 'close')
  expect([otherCode, String(otherReason)]).toEqual([1_013, 'try again later'])
})

test('a peer that dies without a word is noticed on the other side', async () => {
  const told = once(server, 'connection') as Promise<[WebSocket]>
  const client = await open()
  const [peer] = await told
  peer.terminate()
  const [code] = await once(client, 'close')
  expect(code).toBe(1_006)
})

test('pings are answered across the gateway, from both sides', async () => {
  const told = once(server, 'connection') as Promise<[WebSocket]>
  const client = await open()
  const [peer] = await told
  const pongs = Promise.all([once(client, 'pong'), once(peer, 'pong')])
  client.ping('from the client')
  peer.ping('from the server')
  expect((await pongs).map(([data]) => String(data))).toEqual(['from the client', 'from the server'])
  client.close()
})

test('what the server offers and refuses reaches the client', async () => {
  const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/`, ['v1', 'v2'])
  await once(client, 'open')
  expect(client.protocol).toBe('v2')
  client.close()
  const refused = new WebSocket(`ws://127.0.0.1:${gateway.port}/refused`)
  const [, answer] = await once(refused, 'unexpected-response')
  expect(answer.statusCode).toBe(401)
  answer.resume()
})

test('the end of one direction is passed on, and the other goes on', async () => {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.on('data', (bytes) => {
    received += bytes
  })
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  // Before the switch, an end would mean that nobody waits for it any more.
  await once(socket, 'data')
  socket.end('all I have to say\n')
  await once(socket, 'close')
  // The server says this only after it has seen the client's end.
  expect(received).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nall I have to say\nand all that I answer\n$/)
})

test('a server is not read faster than its client reads', async () => {
  const told = once(server, 'connection') as Promise<[WebSocket]>
  const client = await open()
  const [peer] = await told
  client.pause()
  const frames = 64
  for (let i = 0; i < frames; i++) peer.send(Buffer.alloc(MIB, i))
  // What the sockets in between hold is the kernel's, a few MiB for each; the rest must stay where it came from.
  expect(await settled(() => peer.bufferedAmount)).toBeGreaterThan(24 * MIB)
  const received = messages(client, frames)
  client.resume()
  expect((await received).map((frame) => frame[0])).toEqual(Array.from({ length: frames }, (_, index) => index))
  client.close()
})

test('a tunnel counts as one request, with the bytes that went through it', async () => {
  const other = await startGateway({ endpoints: [(app.address() as AddressInfo).port] })
  const client = await open(other.port)
  const received = messages(client, 1)
  client.send(Buffer.alloc(100_000))
  await received
  client.close()
  await once(client, 'close')
  const [finished] = await other.finishedCount(1)
  other.close()
  expect(finished).toMatchObject({ status: 101, cause: null })
  expect(finished?.bytesIn).toBeGreaterThan(100_000)
  expect(finished?.bytesOut).toBeGreaterThan(100_000)
})

async function open(port = gateway.port): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false })
  await once(client, 'open')
  return client
}

function messages(client: WebSocket, count: number): Promise<Buffer[]> {
  const received: Buffer[] = []
  return new Promise((resolve, reject) => {
    client.on('close', () => reject(new Error(`closed after ${received.length} of ${count} messages`)))
    client.on('message', (data) => {
      received.push(data as Buffer)
      if (received.length === count) resolve(received)
    })
  })
}

/** Sends back what it gets, and a word after its end. */
function echo(socket: Socket): void {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  socket.on('data', (bytes) => socket.write(bytes))
  socket.on('end', () => socket.end('and all that I answer\n'))
}

/** The value when it has not changed for a while. */
async function settled(read: () => number): Promise<number> {
  let value = read()
  for (let quiet = 0; quiet < 20; quiet++) {
    await pause(10)
    if (read() !== value) quiet = 0
    value = read()
  }
  return value
}
