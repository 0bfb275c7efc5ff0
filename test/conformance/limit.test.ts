import { describe, expect, test } from 'vitest'
import type { LimitsPlan } from '../../src/config/plan.ts'
import type { RawClient } from '../support/raw-client.ts'
import { get, head, post, type Rig, settle, startRig } from './rig.ts'

/** Limits of their own, so that none can be taken for another. */
const LIMITS: Partial<LimitsPlan> = { headerMs: 1_000, bodyIdleMs: 2_000, keepAliveMs: 3_000 }

async function start(limits: Partial<LimitsPlan> = LIMITS): Promise<{ rig: Rig; client: RawClient }> {
  const rig = await startRig({ isClockManual: true, limits, timeouts: { responseMs: 60_000, totalMs: 60_000 } })
  return { rig, client: await rig.client() }
}

async function sendAndWait(client: RawClient, bytes: string): Promise<void> {
  client.send(bytes)
  await settle()
}

async function expectTimeout(client: RawClient, cause: string): Promise<void> {
  const answer = await client.answer()
  expect(answer?.status).toBe(408)
  expect(answer?.fields.get('proxy-status')).toContain(`details="${cause}"`)
  expect(answer?.fields.get('connection')).toBe('close')
  expect((await client.end()).length).toBe(0)
}

describe('The time that a head may take (RFC 9110 §15.5.9)', () => {
  test('a head that does not end is answered with 408 when its time is over, and not before', async () => {
    const { rig, client } = await start()
    await sendAndWait(client, 'GET / HTTP/1.1\r\nHost: a\r\n')
    rig.gateway.advance(990)
    await settle()
    expect(client.isEnded).toBe(false)
    rig.gateway.advance(20)
    await expectTimeout(client, 'request-header-timeout')
    expect(rig.seen).toEqual([])
  })

  test('the time runs from the first byte, and lines that trickle in do not stretch it, on a first request or a later one', async () => {
    for (const before of [0, 2]) {
      const { rig, client } = await start()
      for (let i = 0; i < before; i++) {
        client.send(get())
        await client.answer()
      }
      rig.gateway.advance(before * 400)
      await sendAndWait(client, 'GET / HTTP/1.1\r\n')
      for (const line of ['Host: a\r\n', 'A: b\r\n', 'C: d\r\n']) {
        rig.gateway.advance(300)
        await sendAndWait(client, line)
      }
      expect(client.isEnded).toBe(false)
      rig.gateway.advance(110)
      await expectTimeout(client, 'request-header-timeout')
    }
  })

  test('empty lines do not stretch it either', async () => {
    const { rig, client } = await start()
    for (let i = 0; i < 4; i++) {
      await sendAndWait(client, '\r\n')
      rig.gateway.advance(300)
    }
    expect((await client.end()).length).toBe(0)
  })

  test('a connection on which nothing is ever said ends without an answer', async () => {
    const { rig, client } = await start()
    await settle()
    rig.gateway.advance(1_010)
    expect((await client.end()).length).toBe(0)
    expect(rig.gateway.finished).toEqual([])
  })

  test('what a request before was called does not show in the record of one that never came whole', async () => {
    const { rig, client } = await start()
    client.send(head('HEAD /before HTTP/1.1', 'Host: before.example'))
    await client.answer('HEAD')
    await sendAndWait(client, 'GET / HT')
    rig.gateway.advance(1_010)
    const answer = await client.answer()
    expect(answer?.status).toBe(408)
    expect(answer?.body.length).toBeGreaterThan(0)
  })
})

describe('The time between requests (RFC 9112 §9.5)', () => {
  test('an idle connection ends without a word', async () => {
    const { rig, client } = await start()
    client.send(get())
    await client.answer()
    rig.gateway.advance(2_990)
    await settle()
    expect(client.isEnded).toBe(false)
    rig.gateway.advance(20)
    expect((await client.end()).length).toBe(0)
  })

  test('each answer gives it that time anew', async () => {
    const { rig, client } = await start()
    for (let i = 0; i < 3; i++) {
      client.send(get())
      await client.answer()
      rig.gateway.advance(2_500)
      await settle()
    }
    expect(client.isEnded).toBe(false)
  })

  test('an empty line behind an answer is no request that begins', async () => {
    const { rig, client } = await start()
    client.send(get())
    await client.answer()
    await sendAndWait(client, '\r\n')
    rig.gateway.advance(1_500)
    await settle()
    expect(client.isEnded).toBe(false)
    rig.gateway.advance(1_510)
    expect((await client.end()).length).toBe(0)
  })

  test('it does not run while an exchange does', async () => {
    const rig = await startRig({ isClockManual: true, limits: LIMITS, timeouts: { responseMs: 60_000 } }, undefined, async (connection) => {
      await connection.head()
      while (!isAllowed) await settle()
      connection.send(`${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`)
    })
    let isAllowed = false
    const client = await rig.client()
    await sendAndWait(client, get())
    rig.gateway.advance(10_000)
    await settle()
    isAllowed = true
    expect((await client.answer())?.status).toBe(200)
  })
})

describe('The pauses of a request body', () => {
  const begun = [post(['Content-Length: 10'], 'hello'), post(['Transfer-Encoding: chunked'], '5\r\nhello\r\n'), post(['Content-Length: 5'])]

  test.for(begun)('%j and then silence is answered with 408', async (request) => {
    const { rig, client } = await start()
    await sendAndWait(client, request)
    rig.gateway.advance(1_990)
    await settle()
    expect(client.isEnded).toBe(false)
    rig.gateway.advance(20)
    await expectTimeout(client, 'request-body-timeout')
    expect(rig.seen).toEqual([])
  })

  test('a body may take any time in all as long as it goes on', async () => {
    const { rig, client } = await start()
    await sendAndWait(client, post(['Content-Length: 10']))
    for (const byte of '0123456789') {
      rig.gateway.advance(1_500)
      await sendAndWait(client, byte)
    }
    expect((await client.answer('POST'))?.status).toBe(200)
    expect(rig.seen[0]?.body).toBe('0123456789')
  })
})

describe('The size of a request body (RFC 9110 §15.5.14)', () => {
  const limits = { bodyBytesMax: 1_000 }
  const chunks = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`

  test('one of just the limit passes, declared or in chunks', async () => {
    const rig = await startRig({ limits })
    expect((await rig.upstream(post(['Content-Length: 1000'], 'x'.repeat(1_000))))?.body.length).toBe(1_000)
    expect((await rig.upstream(post(['Transfer-Encoding: chunked'], `${chunks(600)}${chunks(400)}0\r\n\r\n`)))?.body.length).toBe(1_000)
  })

  test.for([
    ['a declared one is refused before any of it comes', post(['Content-Length: 1001'])],
    ['a declared one with all of it', post(['Content-Length: 1001'], 'x'.repeat(1_001))],
    ['one in chunks is refused when it has grown too large', post(['Transfer-Encoding: chunked'], `${chunks(600)}${chunks(401)}0\r\n\r\n`)],
    ['one in a single chunk', post(['Transfer-Encoding: chunked'], `${chunks(50_000)}0\r\n\r\n`)],
    ['one of the largest size that can be said', post([`Content-Length: ${Number.MAX_SAFE_INTEGER}`], 'x')],
  ] as const)('%s', async ([, request]) => {
    const rig = await startRig({ limits })
    for (const stepBytes of [100_000, 100]) {
      const answer = await rig.ask(request, { stepBytes })
      expect(answer?.status).toBe(413)
      expect(answer?.fields.get('proxy-status')).toContain('details="request-body-too-large"')
      expect(answer?.fields.get('connection')).toBe('close')
    }
    expect(rig.seen).toEqual([])
  })

  test('each route has a limit of its own', async () => {
    const to = { kind: 'upstream', upstream: 'app' } as const
    const routes = [
      { name: 'small', host: '', path: '/small', to, bodyBytesMax: 10, criticality: 'auto' as const, errorPage: null },
      { name: 'large', host: '', path: '/large', to, bodyBytesMax: 100, criticality: 'auto' as const, errorPage: null },
    ]
    const rig = await startRig({ routes })
    for (const [path, length, status] of [
      ['small', 10, 200],
      ['small', 11, 413],
      ['large', 11, 200],
      ['large', 101, 413],
    ] as const) {
      const request = head(`POST /${path} HTTP/1.1`, 'Host: a', `Content-Length: ${length}`) + 'x'.repeat(length)
      expect((await rig.ask(request))?.status, `${path} ${length}`).toBe(status)
    }
  })
})
