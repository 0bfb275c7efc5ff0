/** Connections to a server are reused only while it surely keeps them: by what it announces, and by what it does. */
import { describe, expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { serving, startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi'

async function setUp(fields = '') {
  const origin = closing(await startOrigin(serving('ok', fields)))
  const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
  const client = closing(await RawClient.open(gateway.port))
  const send = async (request: string): Promise<number> => {
    client.send(request)
    expect((await client.answer())?.status).toBe(200)
    return origin.connections.length
  }
  return { origin, gateway, send }
}

/** In steps, as time passes: so that connections that are too old are looked for. */
function pass(gateway: RunningGateway, ms: number): void {
  for (let left = ms; left > 0; left -= 100) gateway.advance(Math.min(left, 100))
}

describe('a server that announces Keep-Alive: timeout=1', () => {
  test('gets no request on a connection that has been idle for half of that', async () => {
    const { gateway, send } = await setUp('Keep-Alive: timeout=1\r\n')
    expect(await send(GET)).toBe(1)
    gateway.advance(490)
    expect(await send(GET)).toBe(1)
    gateway.advance(510)
    expect(await send(GET)).toBe(2)
  })

  test('gets no POST on one that has been idle for a third of that', async () => {
    const { gateway, send } = await setUp('Keep-Alive: timeout=1\r\n')
    expect(await send(GET)).toBe(1)
    gateway.advance(160)
    expect(await send(POST)).toBe(1)
    gateway.advance(180)
    expect(await send(POST)).toBe(2)
  })

  test('is told goodbye by then', async () => {
    const { origin, gateway, send } = await setUp('Keep-Alive: timeout=1\r\n')
    await send(GET)
    pass(gateway, 2_100)
    await until('it is closed', () => origin.connections[0]?.isEnded)
  })
})

describe('a server that announces nothing', () => {
  test('gets GETs on any connection that it keeps open, within the limit of the plan', async () => {
    const { gateway, send } = await setUp()
    await send(GET)
    pass(gateway, 59_000)
    expect(await send(GET)).toBe(1)
    pass(gateway, 61_000)
    expect(await send(GET)).toBe(2)
  })

  test('gets POSTs on new connections until it has proven to keep idle ones for long', async () => {
    const { gateway, send } = await setUp()
    expect(await send(GET)).toBe(1)
    expect(await send(POST)).toBe(2)
    pass(gateway, 3_000)
    // After three seconds it is known that the oldest was there shortly before; the youngest is not young enough.
    expect(await send(POST)).toBe(3)
    gateway.advance(600)
    expect(await send(POST)).toBe(3)
    gateway.advance(1_300)
    expect(await send(POST)).toBe(4)
  })

  test('proves it also by answering on a connection that was idle', async () => {
    const { gateway, send } = await setUp()
    expect(await send(GET)).toBe(1)
    gateway.advance(3_000)
    expect(await send(GET)).toBe(1)
    gateway.advance(1_000)
    expect(await send(POST)).toBe(1)
  })

  test('is not left with ever more idle connections by POSTs that each get a new one', async () => {
    const { origin, send } = await setUp()
    for (let i = 1; i <= 40; i++) expect(await send(POST)).toBe(i)
    await until('most are closed', () => origin.connections.filter(({ isEnded }) => !isEnded).length <= 9)
    // The oldest is the one that may prove something.
    expect(origin.connections[0]?.isEnded).toBe(false)
  })

  test('teaches by closing, and what it has taught is kept to', async () => {
    const { origin, gateway, send } = await setUp()
    await send(GET)
    pass(gateway, 5_000)
    origin.connections[0]?.end()
    await until('the gateway has noticed', () => origin.connections[0]?.isEnded)
    expect(await send(GET)).toBe(2)
    gateway.advance(4_900)
    expect(await send(GET)).toBe(2)
    gateway.advance(5_000)
    expect(await send(GET)).toBe(3)
  })
})
