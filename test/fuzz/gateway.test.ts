import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type RawOrigin, startOrigin } from '../support/raw-origin.ts'
import { readAnswer, readRequests } from './codec.ts'
import { isDecided } from './decision.ts'
import { oracleAnswer } from './oracle.ts'
import { bytesOf, type Message } from './reading.ts'
import { setting, TIMEOUT_MS } from './setting.ts'
import { answerStream, cuts, piecesOf, requestStream } from './stream.ts'

type Seen = { readonly method: string; readonly body: string }

async function send(target: { send(bytes: string): void }, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    target.send(piece)
    await setImmediate()
  }
}

describe('A whole gateway in front of a server of node:http', { timeout: TIMEOUT_MS }, () => {
  const seen: Seen[] = []
  let refusedThere = 0
  let server: Server
  let gateway: RunningGateway

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    try {
      for await (const piece of request) body += (piece as Buffer).latin1Slice()
    } catch {
      // The gateway broke it off, which is what becomes of a request that breaks off or turns out to be wrong.
      return
    }
    seen.push({ method: request.method ?? '', body })
    response.setHeader('X-Seen', seen.length)
    response.end(request.method)
  }

  beforeAll(async () => {
    server = createServer({ insecureHTTPParser: false, keepAliveTimeout: 0 }, serve)
    server.on('checkExpectation', serve)
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE') refusedThere++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    gateway = await startGateway({ endpoints: [(server.address() as AddressInfo).port], retry: { attempts: 1 } })
  })
  afterAll(() => {
    gateway.close()
    server.closeAllConnections()
    server.close()
  })

  /** Sends a stream in pieces; what the server sees and what the client is told must be what the codec says of the whole. */
  async function behaves(stream: string, shares: readonly number[]): Promise<void> {
    const model = readRequests(bytesOf(stream))
    fc.pre(!model.messages.some((message) => isDecided(message, '')))
    const whole = model.messages.filter((message) => message.isWhole)
    seen.length = 0
    refusedThere = 0
    const client = await RawClient.open(gateway.port)
    try {
      await send(client, piecesOf(stream, shares))
      for (const [index, { method }] of whole.entries()) {
        const status = await finalStatus(client, method)
        expect(status, `answer ${index}`).toEqual({ status: 200, seen: `${index + 1}` })
      }
      if (model.fault !== '') expect((await finalStatus(client, '')).status, model.fault).toBeGreaterThanOrEqual(400)
      if (model.fault !== '' || whole.at(-1)?.isKeepAlive === false) expect((await client.end()).latin1Slice()).toBe('')
      else expect(client.received.latin1Slice()).toBe('')
    } finally {
      client.close()
    }
    expect(seen).toEqual(whole.map(({ method, body }) => ({ method, body })))
    expect(refusedThere, 'requests that the server could not read').toBe(0)
  }

  async function finalStatus(client: RawClient, method: string): Promise<{ status: number; seen: string }> {
    for (;;) {
      const answer = await client.answer(method)
      if (answer === null || answer.status >= 200) return { status: answer?.status ?? 0, seen: answer?.fields.get('x-seen') ?? '' }
    }
  }

  test('answers every request that the codec reads, in order, and passes on just these', async () => {
    await fc.assert(fc.asyncProperty(requestStream, cuts, behaves), setting(500))
  })
})

describe('A whole gateway in front of a server that answers anything', { timeout: TIMEOUT_MS }, () => {
  let pieces: readonly string[] = []
  let origin: RawOrigin
  let gateway: RunningGateway

  beforeAll(async () => {
    origin = await startOrigin(async (connection) => {
      if ((await connection.head()) === null) return
      await send(connection, pieces)
      connection.end()
    })
    gateway = await startGateway({ endpoints: [origin.port], retry: { attempts: 1 }, upstream: { keepAliveMax: 0 } })
  })
  afterAll(() => {
    gateway.close()
    origin.close()
  })

  /** A strict client makes of what the gateway relays what it would make of the answer itself; or it gets an error of the gateway's. */
  async function relays(stream: string, shares: readonly number[], method: string): Promise<void> {
    pieces = piecesOf(stream, shares)
    const asked = { method, isUpgrade: false }
    const model = readAnswer(bytesOf(stream), asked, true)
    const client = await RawClient.open(gateway.port)
    client.send(`${method} / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
    const received = await client.end()
    client.close()
    const relayed = oracleAnswer(received, asked, !client.isReset)
    const last = relayed.messages.findLast((message) => message.status >= 200)
    const final = model.messages.at(-1)
    if (final !== undefined && final.status >= 200 && final.isWhole) return expectSame(relayed.messages, model.messages, relayed.fault)
    // What the origin said is broken: either nothing of its last answer was relayed, or the client can tell that it is not whole.
    if (last?.isWhole !== true) return
    expect(last.status).toBe(502)
    expect(last.fields.join('\n')).toContain('Proxy-Status\ngatewell; error=')
  }

  function expectSame(relayed: Message[], meant: Message[], fault: string): void {
    expect(fault).toBe('')
    const essence = ({ status, body, trailers, isWhole }: Message): object => ({ status, body, trailers, isWhole })
    expect(relayed.map(essence)).toEqual(meant.map(essence))
  }

  test('relays it as what it is, or not at all', async () => {
    await fc.assert(fc.asyncProperty(answerStream, cuts, fc.constantFrom('GET', 'GET', 'HEAD'), relays), setting(500))
  })
})
