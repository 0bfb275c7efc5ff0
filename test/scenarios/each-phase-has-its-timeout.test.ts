/** A server that is silent is given up by the phase in which it is, each with its own time and cause. The clock is moved by hand. */
import { describe, expect, test } from 'vitest'
import { StuckListener } from '../../src/insight/fault/stuck-listener.ts'
import { closing } from '../support/closing.ts'
import { type GatewaySetup, type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type RawOrigin, type Script, startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const RETRY = { attempts: 1 }

type Rig = { gateway: RunningGateway; client: RawClient; origin: RawOrigin }

/** One request is under way, and the server has done what its script says. */
async function start(script: Script, request = GET, setup: Partial<GatewaySetup> = {}): Promise<Rig> {
  const origin = closing(await startOrigin(script))
  const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true, retry: RETRY, ...setup }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(request)
  await until('the request is there', () => origin.connections[0]?.received.includes('\r\n\r\n'))
  return { gateway, client, origin }
}

/** What the client has, if anything, after the gateway has had every occasion to say something. */
async function seen({ client }: Rig): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 15))
  return client.received.length
}

/** Nothing happens within `ms`; a moment later the exchange is over. */
async function expires(rig: Rig, ms: number): Promise<RunningGateway['finished'][number]> {
  rig.gateway.advance(ms - 20)
  await seen(rig)
  expect(rig.gateway.finished).toEqual([])
  rig.gateway.advance(40)
  const [finished] = await rig.gateway.finishedCount(1)
  return finished as RunningGateway['finished'][number]
}

const silent: Script = () => {}

function saying(bytes: string): Script {
  return async (connection) => {
    while (!connection.received.includes('\r\n\r\n')) await connection.more()
    connection.send(bytes)
  }
}

describe('by default', () => {
  test('a connection may take 3 s', async () => {
    const stuck = closing(await StuckListener.open())
    const gateway = closing(await startGateway({ endpoints: [stuck.address], isClockManual: true, retry: RETRY }))
    const client = closing(await RawClient.open(gateway.port))
    client.send(GET)
    await until('it is connecting', () => gateway.gateway.status()[0]?.endpoints[0]?.inflight === 1)
    gateway.advance(2_980)
    await new Promise((resolve) => setTimeout(resolve, 15))
    expect(gateway.finished).toEqual([])
    gateway.advance(40)
    expect((await client.answer())?.status).toBe(504)
    expect(gateway.finished[0]).toMatchObject({ cause: 'connect-timeout', phase: 'connect', evidence: { limit_ms: 3_000 } })
  })

  test('the head of an answer may take 30 s', async () => {
    const rig = await start(silent)
    expect(await expires(rig, 30_000)).toMatchObject({ status: 504, cause: 'response-timeout', phase: 'await-head' })
    expect((await rig.client.answer())?.fields.get('proxy-status')).toContain('http_response_timeout')
    await until('the server is rid of it', () => rig.origin.connections[0]?.isEnded)
  })

  test('an interim answer does not count as one', async () => {
    const rig = await start(saying('HTTP/1.1 103 Early Hints\r\n\r\n'))
    await rig.client.until((received) => received.includes('103'))
    expect(await expires(rig, 30_000)).toMatchObject({ status: 504, cause: 'response-timeout' })
  })

  test('a pause in an answer may take 60 s, from the last byte', async () => {
    const rig = await start(saying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n'))
    await rig.client.until((received) => received.includes('one'))
    rig.gateway.advance(50_000)
    rig.origin.connections[0]?.send('3\r\ntwo\r\n')
    await rig.client.until((received) => received.includes('two'))
    expect(await expires(rig, 60_000)).toMatchObject({ status: 200, cause: 'idle-timeout', phase: 'receive-body' })
    await rig.client.end()
    expect(rig.client.isReset).toBe(true)
  })

  test('a pause in an event stream may take an hour', async () => {
    const rig = await start(saying('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'))
    await rig.client.until((received) => received.includes('data: 1'))
    expect(await expires(rig, 3_600_000)).toMatchObject({ cause: 'idle-timeout' })
  })

  test('an answer that is held may pause for 60 s like any other, though it goes out after one', async () => {
    const rig = await start(saying('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
    await seen(rig)
    rig.gateway.advance(1_010)
    await rig.client.until((received) => received.includes('half'))
    expect(await expires(rig, 60_000)).toMatchObject({ status: 200, cause: 'idle-timeout' })
  })

  test('all attempts together may take 60 s', async () => {
    const rig = await start(silent, GET, { timeouts: { responseMs: 300_000 } })
    expect(await expires(rig, 60_000)).toMatchObject({ status: 504, cause: 'deadline-exceeded' })
  })

  test('the second attempt gets what the first has left of it', async () => {
    const origins = await Promise.all([1, 2].map(async () => closing(await startOrigin(silent))))
    const endpoints = origins.map(({ port }) => port)
    const timeouts = { responseMs: 40_000, totalMs: 60_000 }
    const gateway = closing(await startGateway({ endpoints, isClockManual: true, timeouts, retry: { attempts: 2 } }))
    const client = closing(await RawClient.open(gateway.port))
    client.send(GET)
    const attempts = (): number => origins.filter(({ connections }) => connections[0]?.received.includes('\r\n\r\n')).length
    await until('the first', () => attempts() === 1)
    gateway.advance(40_010)
    await until('the second', () => attempts() === 2)
    gateway.advance(19_970)
    await new Promise((resolve) => setTimeout(resolve, 15))
    expect(gateway.finished).toEqual([])
    gateway.advance(40)
    expect((await client.answer())?.status).toBe(504)
    expect(gateway.finished[0]).toMatchObject({ attempts: 2, cause: 'deadline-exceeded', earlier: ['response-timeout'] })
  })
})

describe('an upload', () => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000000\r\n\r\n'

  test('that goes on slowly is no slow server, however long it takes', async () => {
    const rig = await start(silent, `${HEAD}x`)
    for (let i = 0; i < 20; i++) {
      const before = rig.origin.connections[0]?.received.length ?? 0
      rig.client.send('another piece')
      await until('it has come', () => (rig.origin.connections[0]?.received.length ?? 0) > before)
      rig.gateway.advance(20_000)
    }
    expect(rig.gateway.finished).toEqual([])
  })

  test('that stands still is the client’s fault', async () => {
    const rig = await start(silent, `${HEAD}x`, { limits: { bodyIdleMs: 10_000 } })
    expect(await expires(rig, 10_000)).toMatchObject({ status: 408, cause: 'request-body-timeout' })
  })

  test('that the server does not read is the server’s fault', async () => {
    const rig = await start((connection) => void connection.socket.once('data', () => connection.socket.pause()), HEAD, {
      limits: { bodyIdleMs: 10_000 },
      timeouts: { responseMs: 20_000 },
    })
    rig.client.socket.write(Buffer.alloc(32 * 1024 * 1024))
    // Until all buffers on the way are full.
    let sent = -1
    await until('nothing moves any more', async () => {
      const before = sent
      sent = rig.client.socket.bytesWritten - rig.client.socket.writableLength
      await new Promise((resolve) => setTimeout(resolve, 30))
      return sent === before
    })
    expect(await expires(rig, 20_000)).toMatchObject({ status: 504, cause: 'request-write-timeout', phase: 'send-body' })
  })
})
