/** Limits of one endpoint: requests in flight and connections. What is too much goes elsewhere, or waits. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

/** Takes some milliseconds for each answer, and remembers how much it had at a time. */
async function startCounting() {
  const most = { requests: 0, connections: 0 }
  let requests = 0
  let connections = 0
  const origin = await startOrigin(async (connection) => {
    most.connections = Math.max(most.connections, ++connections)
    while ((await connection.request()) !== null) {
      most.requests = Math.max(most.requests, ++requests)
      await new Promise((resolve) => setTimeout(resolve, 5))
      requests--
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
    connections--
    connection.end()
  })
  return closing({ port: origin.port, most, close: () => origin.close() })
}

function askMany(port: number, count: number, request = GET): Promise<(number | undefined)[]> {
  return Promise.all(Array.from({ length: count }, async () => (await ask(port, request))?.status))
}

test('requests in flight', async () => {
  const origins = [await startCounting(), await startCounting()]
  const gateway = closing(await startGateway({ endpoints: origins.map(({ port }) => port), upstream: { endpointInflightMax: 4 } }))
  expect(await askMany(gateway.port, 60)).toEqual(Array(60).fill(200))
  expect(origins.map(({ most }) => most.requests)).toEqual([4, 4])
})

test('connections, also those of requests that take none from the pool', async () => {
  const origin = await startCounting()
  const gateway = closing(await startGateway({ endpoints: [origin.port], upstream: { endpointConnectionsMax: 3 } }))
  const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nok'
  expect(await askMany(gateway.port, 30)).toEqual(Array(30).fill(200))
  expect(await askMany(gateway.port, 30, post)).toEqual(Array(30).fill(200))
  expect(origin.most.connections).toBeLessThanOrEqual(4)
  expect(origin.most.requests).toBe(3)
})
