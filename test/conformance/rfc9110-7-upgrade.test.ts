import { describe, expect, test } from 'vitest'
import type { RawClient } from '../support/raw-client.ts'
import type { OriginConnection } from '../support/raw-origin.ts'
import { feed, get, head, post, type Rig, settle, startRig } from './rig.ts'

const ASK = get('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x')
const SWITCH = head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Accept: y')

/** A tunnel, and what stands at its two ends. `early`: bytes that either side sends along with its head. */
async function open(
  early = { client: '', origin: '' },
): Promise<{ rig: Rig; client: RawClient; origin: OriginConnection; heads: string[] }> {
  const heads: string[] = []
  const rig = await startRig({ isClockManual: true, timeouts: { tunnelMs: 5_000 } }, undefined, async (connection) => {
    heads.push((await connection.head()) ?? '')
    connection.send(SWITCH + early.origin)
  })
  const client = await rig.client()
  client.send(ASK + early.client)
  await client.until((received) => received.includes('\r\n\r\n'))
  const [origin] = rig.origin.connections
  return { rig, client, origin: origin as OriginConnection, heads }
}

async function received(connection: OriginConnection, text: string): Promise<void> {
  while (connection.received.latin1Slice() !== text && !connection.isEnded) await connection.more()
  expect(connection.received.latin1Slice()).toBe(text)
}

describe('Upgrade (RFC 9110 §7.8)', () => {
  test('a switch that both sides want becomes a tunnel', async () => {
    const { rig, client, origin, heads } = await open()
    expect(heads[0]).toContain('\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n')
    expect(heads[0]).toContain('\r\nSec-WebSocket-Key: x\r\n')
    const answer = await client.answer()
    expect(answer?.status).toBe(101)
    expect(answer?.fields.get('connection')).toBe('Upgrade')
    expect(answer?.fields.get('upgrade')).toBe('websocket')
    expect(answer?.fields.get('sec-websocket-accept')).toBe('y')
    expect(answer?.fields.get('via')).toBe('1.1 gatewell-test')
    client.send('from the client')
    await received(origin, 'from the client')
    origin.send('from the origin')
    await client.until((bytes) => bytes.length >= 15)
    expect(client.received.latin1Slice()).toBe('from the origin')
    client.socket.end()
    origin.end()
    expect((await rig.gateway.finishedCount(1))[0]).toMatchObject({ status: 101, cause: null, bytesIn: 15, bytesOut: 15 })
  })

  test('bytes that either side sent along with its head are not lost', async () => {
    const { client, origin } = await open({ client: 'early client', origin: 'early origin' })
    await received(origin, 'early client')
    await client.answer()
    await client.until((bytes) => bytes.length >= 12)
    expect(client.received.latin1Slice()).toBe('early origin')
  })

  test('nothing is lost or doubled when everything comes a byte at a time', async () => {
    const heads: (string | null)[] = []
    const rig = await startRig({}, undefined, async (connection) => {
      heads.push(await connection.head())
      await feed(connection, `${SWITCH}from the origin`, 1)
    })
    const client = await rig.client()
    await feed(client, `${ASK}from the client`, 1)
    expect((await client.answer())?.status).toBe(101)
    await client.until((bytes) => bytes.length >= 15)
    expect(client.received.latin1Slice()).toBe('from the origin')
    await received(rig.origin.connections[0] as OriginConnection, 'from the client')
  })

  test('much goes through both ways at once', async () => {
    const { client, origin } = await open()
    await client.answer()
    const bytes = Buffer.alloc(3_000_000, 'abcdefghij0123456789')
    client.send(bytes)
    origin.send(bytes)
    await client.until((got) => got.length >= bytes.length)
    while (origin.received.length < bytes.length) await origin.more()
    expect(client.received.equals(bytes)).toBe(true)
    expect(origin.received.equals(bytes)).toBe(true)
  })

  test('when the client has said all, the origin still speaks', async () => {
    const { client, origin } = await open()
    await client.answer()
    client.send('last words')
    client.socket.end()
    await received(origin, 'last words')
    while (!origin.isEnded) await origin.more()
    origin.send('reply')
    await client.until((bytes) => bytes.length >= 5)
    expect(client.isEnded).toBe(false)
    origin.end()
    expect((await client.end()).latin1Slice()).toBe('reply')
  })

  test('when the origin has said all, the client still speaks', async () => {
    const { client, origin } = await open()
    await client.answer()
    origin.send('last words')
    origin.end()
    expect((await client.end()).latin1Slice()).toBe('last words')
    client.send('reply')
    await received(origin, 'reply')
    client.socket.end()
    while (!origin.isEnded) await origin.more()
  })

  test('a reset of one side ends the other', async () => {
    for (const side of ['client', 'origin'] as const) {
      const { rig, client, origin } = await open()
      await client.answer()
      if (side === 'client') client.socket.resetAndDestroy()
      else origin.reset()
      while (!origin.isEnded) await origin.more()
      await client.end()
      await rig.gateway.finishedCount(1)
    }
  })

  test('silence ends it after the time for tunnels, any byte either way gives it that time anew', async () => {
    const { rig, client, origin } = await open()
    await client.answer()
    for (let i = 0; i < 4; i++) {
      rig.gateway.advance(3_000)
      if (i % 2 === 0) client.send('x')
      else origin.send('x')
      await settle()
    }
    expect(client.isEnded).toBe(false)
    rig.gateway.advance(5_010)
    await client.end()
    while (!origin.isEnded) await origin.more()
  })

  test('an origin that does not switch answers, and what the client sent early is the next request', async () => {
    const rig = await startRig({}, () => head('HTTP/1.1 426 No', 'Content-Length: 0'))
    const client = await rig.client()
    client.send(ASK + get('X: second'))
    expect((await client.answer())?.status).toBe(426)
    expect((await client.answer())?.status).toBe(426)
    expect(rig.seen[1]?.fields).toContain('X: second')
    expect(rig.seen[1]?.fields.join()).not.toMatch(/upgrade/i)
  })

  test.for([
    ['h2c, which would hide what follows', get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMA')],
    ['h2', get('Connection: Upgrade', 'Upgrade: h2')],
    ['H2C among others', get('Connection: Upgrade', 'Upgrade: websocket, H2C')],
    ['h2c in a second line', get('Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: h2c')],
    ['one that Connection does not name', get('Upgrade: websocket')],
    ['one that Connection names but that is not there', get('Connection: Upgrade')],
    ['one in HTTP/1.0', head('GET / HTTP/1.0', 'Host: example.com', 'Connection: Upgrade', 'Upgrade: websocket')],
    ['one with a body', post(['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 2'], 'hi')],
    ['one with a body in chunks', post(['Connection: Upgrade', 'Upgrade: websocket', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
  ])('%s is not passed on, and the request goes on as HTTP/1.1', async ([, request]) => {
    const rig = await startRig()
    const seen = await rig.upstream(request as string)
    expect(seen?.fields.join('\n')).not.toMatch(/upgrade|http2/i)
    expect(seen?.fields.join('\n')).not.toMatch(/^connection/im)
  })

  test.for([
    ['a switch that nobody asked for', get(), SWITCH, 'malformed-response', 'unasked-101'],
    ['one asked for by a request that may not', get('Connection: Upgrade', 'Upgrade: h2c'), SWITCH, 'malformed-response', 'unasked-101'],
    [
      'a switch to what was not asked for',
      ASK,
      head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: mqtt'),
      'upgrade-failed',
      '101-to-another-protocol',
    ],
    ['a switch to nothing', ASK, head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade'), 'upgrade-failed', '101-without-upgrade'],
  ])('%s is a failure', async ([, request, answered, cause, rule]) => {
    const rig = await startRig({ retry: { attempts: 1 } }, () => `${answered}hidden`)
    const client = await rig.client()
    client.send(request as string)
    const answer = await client.answer()
    expect(answer?.status).toBe(502)
    expect(answer?.fields.get('proxy-status')).toContain(`details="${cause}"`)
    expect(rig.gateway.finished[0]?.evidence).toMatchObject({ rule })
    expect(answer?.body.latin1Slice()).not.toContain('hidden')
  })
})
