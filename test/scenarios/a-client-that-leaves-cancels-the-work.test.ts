/** When nobody waits for an answer any more, nobody works on it: the attempt ends in whatever phase it is, and the record says 499. */
import { describe, expect, test } from 'vitest'
import { StuckListener } from '../../src/insight/fault/stuck-listener.ts'
import { closing } from '../support/closing.ts'
import { type GatewaySetup, type RunningGateway, startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type RawOrigin, type Script, serving, startOrigin } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

async function start(script: Script, request = GET, setup: Partial<GatewaySetup> = {}) {
  const origin = closing(await startOrigin(script))
  const gateway = closing(await startGateway({ endpoints: [origin.port], ...setup }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(request)
  await until('the server has it', () => origin.connections[0] !== undefined)
  return { origin, gateway, client }
}

async function isCancelled(gateway: RunningGateway, origin: RawOrigin, status = 499): Promise<void> {
  await until('the server is rid of it', () => origin.connections.at(-1)?.isEnded)
  const [finished] = await gateway.finishedCount(1)
  expect(finished).toMatchObject({ status, cause: 'client-closed' })
  expect(gateway.gateway.status()[0]?.endpoints[0]?.inflight).toBe(0)
}

describe.each(['close', 'reset', 'end'] as const)('a client that leaves by %s', (how) => {
  const leave = (client: RawClient): void => {
    if (how === 'close') client.close()
    else if (how === 'reset') client.socket.resetAndDestroy()
    // As a client does that will not read on either; the gateway cannot tell.
    else client.socket.end()
  }

  test('while the server works on its answer', async () => {
    const { origin, gateway, client } = await start(async (connection) => void (await connection.head()))
    await until('the head is there', () => origin.connections[0]?.received.length === 0)
    leave(client)
    await isCancelled(gateway, origin)
  })

  test('in the middle of an answer', async () => {
    const { origin, gateway, client } = await start(async (connection) => {
      await connection.head()
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n')
    })
    await client.until((received) => received.includes('one'))
    leave(client)
    await isCancelled(gateway, origin, 200)
  })

  test('in the middle of an upload', async () => {
    const request = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nbeginning'
    const { origin, gateway, client } = await start(() => {}, request)
    await until('some of it is there', () => origin.connections[0]?.received.includes('beginning'))
    leave(client)
    await isCancelled(gateway, origin)
  })
})

test('a client that leaves while its answer is held', async () => {
  const { origin, gateway, client } = await start(async (connection) => {
    await connection.head()
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf')
  })
  await until('half of it is sent', () => (origin.connections[0]?.socket.bytesWritten ?? 0) > 40)
  await new Promise((resolve) => setTimeout(resolve, 10))
  client.close()
  await isCancelled(gateway, origin)
})

test('a client that leaves while a connection is being made', async () => {
  const stuck = closing(await StuckListener.open())
  const gateway = closing(await startGateway({ endpoints: [stuck.address] }))
  const client = closing(await RawClient.open(gateway.port))
  client.send(GET)
  await until('it is connecting', () => gateway.gateway.status()[0]?.endpoints[0]?.inflight === 1)
  client.close()
  expect((await gateway.finishedCount(1))[0]).toMatchObject({ status: 499, cause: 'client-closed' })
  expect(gateway.gateway.status()[0]?.endpoints[0]?.inflight).toBe(0)
})

test('a client that leaves in the pause between two attempts gets no second one', async () => {
  const { origin, gateway, client } = await start(
    async (connection) => {
      if ((await connection.head()) !== null) connection.reset()
    },
    GET,
    { isClockManual: true },
  )
  await until('the first has failed', () => origin.connections[0]?.isEnded)
  await new Promise((resolve) => setTimeout(resolve, 10))
  client.close()
  expect((await gateway.finishedCount(1))[0]).toMatchObject({ status: 499, cause: 'client-closed', attempts: 1 })
  gateway.advance(1_000)
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(origin.connections.length).toBe(1)
})

test('a client that pipelines and leaves has its later requests not even begun', async () => {
  const heads: string[] = []
  const { origin, gateway, client } = await start(
    async (connection) => {
      for (let head = await connection.head(); head !== null; head = await connection.head()) heads.push(head)
    },
    GET + GET + GET,
  )
  await until('the first is there', () => heads.length === 1)
  client.close()
  await isCancelled(gateway, origin)
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(heads.length).toBe(1)
  expect(gateway.finished.length).toBe(1)
})

test('the connection of another client is not touched by it', async () => {
  const origin = closing(await startOrigin(serving('fine')))
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const [one, other] = await Promise.all([1, 2].map(async () => closing(await RawClient.open(gateway.port))))
  for (let i = 0; i < 20; i++) {
    one?.send(GET)
    other?.send(GET)
    if (i === 10) one?.close()
    expect((await other?.answer())?.status).toBe(200)
  }
})
