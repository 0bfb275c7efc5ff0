/** Answers that go on as long as the server has something to say. Each next event is sent only after the client has confirmed the last. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { answerTo, openRequest } from '../support/http-request.ts'
import { RawClient } from '../support/raw-client.ts'

const EVENTS = 50

let app: Server
let gateway: RunningGateway
/** Called by a confirmation; writes the next event. */
let confirmed: () => void = () => {}
let streamClosed: Promise<unknown> = Promise.resolve()

beforeAll(async () => {
  app = createServer((request, answer) => {
    if (request.url === '/confirm') {
      confirmed()
      return answer.writeHead(204).end()
    }
    streamClosed = once(answer, 'close')
    stream(request, answer)
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  gateway = await startGateway({ endpoints: [(app.address() as AddressInfo).port] })
})

afterAll(() => {
  gateway?.close()
  app?.close()
})

/** If anything on the way kept an event back until more came, nothing would ever come: these tests would not end. */
test.each(['text/event-stream', 'application/x-ndjson', 'text/html'])(
  'each piece of a %s arrives before the next one is sent',
  async (type) => {
    const answer = await openRequest(gateway.port, { path: `/stream?type=${type}` })
    expect(answer.headers['content-type']).toBe(type)
    const events: string[] = []
    let text = ''
    for await (const piece of answer) {
      text += piece
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        events.push(text.slice(0, end))
        text = text.slice(end + 2)
        await answerTo(gateway.port, { path: '/confirm', method: 'POST' })
      }
    }
    expect(events).toEqual(Array.from({ length: EVENTS }, (_, index) => `data: ${index}`))
  },
)

test('the head of a stream arrives before its first event is sent', async () => {
  const answer = await openRequest(gateway.port, { path: '/stream?type=text/event-stream&waits' })
  expect(answer.statusCode).toBe(200)
  expect((await answerTo(gateway.port, { path: '/confirm', method: 'POST' })).status).toBe(204)
  const [first] = await once(answer, 'data')
  expect(String(first)).toBe('data: 0\n\n')
  answer.destroy()
})

test('an HTTP/1.0 client gets each event as it comes, and the end of the connection as the end', async () => {
  const client = await RawClient.open(gateway.port)
  client.send('GET /stream?type=text/event-stream HTTP/1.0\r\nHost: a\r\n\r\n')
  for (let i = 0; i < EVENTS; i++) {
    await client.until((received) => received.includes(`data: ${i}\n\n`))
    await answerTo(gateway.port, { path: '/confirm', method: 'POST' })
  }
  const received = String(await client.end())
  expect(received).not.toMatch(/transfer-encoding/i)
  expect(received.match(/data: /g)?.length).toBe(EVENTS)
})

test('a visitor who leaves is noticed by the server', async () => {
  const answer = await openRequest(gateway.port, { path: '/stream?type=text/event-stream' })
  await once(answer, 'data')
  answer.destroy()
  await streamClosed
  const finished = await finishedWith('client-closed')
  expect(finished).toMatchObject({ status: 200, phase: 'relay' })
})

function stream(request: IncomingMessage, answer: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? '', 'http://app')
  let sent = 0
  confirmed = () => {
    if (sent === EVENTS) return void answer.end()
    answer.write(`data: ${sent}\n\n`)
    sent++
  }
  answer.writeHead(200, { 'content-type': searchParams.get('type') ?? '' })
  answer.flushHeaders()
  if (!searchParams.has('waits')) confirmed()
}

async function finishedWith(cause: string) {
  for (let count = 1; ; count++) {
    const all = await gateway.finishedCount(count)
    const found = all.find((one) => one.cause === cause)
    if (found) return found
  }
}
