import { afterEach, expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { serving, startOrigin, unusedPort } from '../support/raw-origin.ts'

/** Twenty retries in ten seconds: if every other request needed one, they would be spent after forty requests. */
const FEW_RETRIES = { budgetShare: 0, budgetMinPerSecond: 2 }
const REQUEST = 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'

const open: { close(): void }[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

test('an endpoint that is gone does not use up the retries of all', async () => {
  expect(await statuses(await unusedPort())).toEqual(Array(100).fill(200))
})

test('nor does one that answers 503 to everything, and quickly', async () => {
  const busy = await startOrigin(async (connection) => {
    while ((await connection.request()) !== null) connection.send('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy')
  })
  open.push(busy)
  expect(await statuses(busy.port)).toEqual(Array(100).fill(200))
})

test('nor one that breaks off in the middle of each answer', async () => {
  const broken = await startOrigin(async (connection) => {
    await connection.request()
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
    connection.end()
  })
  open.push(broken)
  expect(await statuses(broken.port)).toEqual(Array(100).fill(200))
})

/** What a hundred visitors get, one after the other, when this endpoint has its turn as often as a good one. */
async function statuses(bad: number): Promise<(number | undefined)[]> {
  const good = await startOrigin(serving('hello'))
  const gateway = await startGateway({ endpoints: [bad, good.port], retry: FEW_RETRIES, upstream: { balance: 'round-robin' } })
  open.push(good, gateway)
  const seen: (number | undefined)[] = []
  for (let i = 0; i < 100; i++) seen.push((await ask(gateway.port, REQUEST))?.status)
  return seen
}
