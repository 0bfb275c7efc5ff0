/** Hedging: while one endpoint is silent for too long, another is asked, and the first answer wins. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { type OriginConnection, type RawOrigin, type Script, serving, startOrigin } from '../support/raw-origin.ts'

const HEDGE = { isOn: true, afterMs: 30 }
const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow'

async function start(first: Script, second: Script = serving('quick')): Promise<{ port: number; origins: RawOrigin[] } & Gateway> {
  const origins = [closing(await startOrigin(first)), closing(await startOrigin(second))]
  const endpoints = origins.map(({ port }) => port)
  const running = closing(await startGateway({ endpoints, upstream: { balance: 'round-robin', hedge: HEDGE } }))
  return { ...running, origins }
}
type Gateway = Awaited<ReturnType<typeof startGateway>>

/** Says nothing to anybody until it is told to. */
function silent(): { script: Script; connections: OriginConnection[] } {
  const connections: OriginConnection[] = []
  return { connections, script: async (connection) => void ((await connection.head()) !== null && connections.push(connection)) }
}

test('the second one answers for a first one that is silent', async () => {
  const { script, connections } = silent()
  const gateway = await start(script)
  expect(String((await ask(gateway.port, GET))?.body)).toBe('quick')
  // The one that lost is not left at work.
  while (connections[0]?.isEnded !== true) await new Promise((resolve) => setImmediate(resolve))
  await gateway.finishedCount(1)
  expect(gateway.finished[0]).toMatchObject({ status: 200, attempts: 2, cause: null })
  expect(gateway.gateway.status()[0]?.endpoints.map(({ inflight }) => inflight)).toEqual([0, 0])
})

test('the first one wins when it answers after all', async () => {
  const slow: Script = async (connection) => {
    while ((await connection.head()) !== null) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      connection.send(ANSWER)
    }
  }
  const { script } = silent()
  const gateway = await start(slow, script)
  expect(String((await ask(gateway.port, GET))?.body)).toBe('slow')
  expect(gateway.origins[1]?.connections).toHaveLength(1)
  expect(gateway.gateway.status()[0]?.endpoints.map(({ inflight }) => inflight)).toEqual([0, 0])
})

test('a first one that breaks leaves the second one to it', async () => {
  const breaking: Script = async (connection) => {
    await connection.head()
    await new Promise((resolve) => setTimeout(resolve, 60))
    connection.reset()
  }
  const late: Script = async (connection) => {
    await connection.head()
    await new Promise((resolve) => setTimeout(resolve, 80))
    connection.send(ANSWER)
  }
  const gateway = await start(breaking, late)
  expect((await ask(gateway.port, GET))?.status).toBe(200)
  await gateway.finishedCount(1)
  expect(gateway.finished[0]).toMatchObject({ attempts: 2, earlier: ['reset-before-response'] })
})

test('a second one that breaks changes nothing', async () => {
  const slow: Script = async (connection) => {
    await connection.head()
    await new Promise((resolve) => setTimeout(resolve, 80))
    connection.send(ANSWER)
  }
  const gateway = await start(slow, async (connection) => {
    await connection.head()
    connection.reset()
  })
  expect(String((await ask(gateway.port, GET))?.body)).toBe('slow')
})

test.each([
  ['a POST', 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n'],
  ['a request with a body', 'PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nok'],
])('%s is asked once', async (_, request) => {
  const slow: Script = async (connection) => {
    await connection.request()
    await new Promise((resolve) => setTimeout(resolve, 80))
    connection.send(ANSWER)
  }
  const gateway = await start(slow)
  expect(String((await ask(gateway.port, request))?.body)).toBe('slow')
  expect(gateway.origins[1]?.connections).toHaveLength(0)
})
