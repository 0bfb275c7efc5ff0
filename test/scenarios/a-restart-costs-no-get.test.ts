/** A server that restarts drops all its idle connections at once, also those on which a request is just on its way. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { type OriginConnection, startOrigin } from '../support/raw-origin.ts'
import { saw } from '../support/witness.ts'

const VISITORS = 16
const RESTARTS = 12
const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

test('under steady load and again and again, not one GET fails', async () => {
  const idle = new Set<OriginConnection>()
  const origin = closing(
    await startOrigin(async (connection) => {
      for (let head = await connection.head(); head !== null; head = await connection.head()) {
        idle.delete(connection)
        await new Promise((resolve) => setImmediate(resolve))
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        idle.add(connection)
      }
    }),
  )
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  let isOver = false
  const problems: string[] = []
  const visit = async (): Promise<void> => {
    const client = closing(await RawClient.open(gateway.port))
    while (!isOver) {
      client.send(GET)
      const answer = await client.answer()
      if (answer?.status !== 200) problems.push(answer?.head ?? 'no answer')
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const visits = Array.from({ length: VISITORS }, () => visit())
  for (let i = 0; i < RESTARTS; i++) {
    await gateway.finishedCount(gateway.finished.length + 2 * VISITORS)
    // What has been sent but not read yet is lost with the connection, as when a process ends.
    for (const connection of idle) connection.socket.destroy()
    idle.clear()
  }
  isOver = true
  await Promise.all(visits)
  saw(gateway.finished.length, gateway.finished.length - problems.length)
  expect(problems).toEqual([])
  expect(gateway.finished.length).toBeGreaterThan(VISITORS * RESTARTS)
  expect(gateway.finished.filter(({ earlier }) => earlier.some((cause) => cause !== 'keepalive-race'))).toEqual([])
})

test('afterwards connections are kept as before', async () => {
  const origin = closing(
    await startOrigin(async (connection) => {
      while ((await connection.head()) !== null) connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }),
  )
  const gateway = closing(await startGateway({ endpoints: [origin.port], isClockManual: true }))
  const clients = await Promise.all([1, 2, 3].map(async () => closing(await RawClient.open(gateway.port))))
  for (const client of clients) {
    // All at the same time, so that each needs a connection.
    client.send(GET)
  }
  for (const client of clients) expect((await client.answer())?.status).toBe(200)
  // They are idle for different times when they are closed together.
  gateway.advance(5_000)
  clients[0]?.send(GET)
  expect((await clients[0]?.answer())?.status).toBe(200)
  for (const { socket } of origin.connections) socket.destroy()
  await new Promise((resolve) => setTimeout(resolve, 20))
  const before = origin.connections.length
  for (let i = 0; i < 3; i++) {
    clients[0]?.send(GET)
    expect((await clients[0]?.answer())?.status).toBe(200)
    gateway.advance(1_000)
  }
  expect(origin.connections.length).toBe(before + 1)
})
