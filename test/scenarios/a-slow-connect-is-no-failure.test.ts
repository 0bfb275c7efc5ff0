/** Servers that take their time to accept, and names with an address that is dead: neither is a failure. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { RESOLVER } from '../../src/config/defaults.ts'
import { NameServer } from '../../src/insight/fault/name-server.ts'
import { StuckListener } from '../../src/insight/fault/stuck-listener.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'
import { serving, startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

test('a connect that takes a second, longer than Node’s own limit of 250 ms an address', async () => {
  const stuck = closing(await StuckListener.open())
  // Two addresses, for that is when Node would cut each of them short.
  const names = closing(await NameServer.open(() => ({ addresses: ['127.0.0.1', '127.0.0.3'], ttlS: 60 })))
  const endpoint = { kind: 'tcp', host: 'app.test', port: (stuck.address as { port: number }).port } as const
  const gateway = closing(await startGateway({ endpoints: [endpoint], plan: { resolver: { ...RESOLVER, servers: [names.address] } } }))
  const answer = ask(gateway.port, GET)
  setTimeout(() => stuck.release(), 400)
  expect((await answer)?.status).toBe(200)
  expect(gateway.finished[0]).toMatchObject({ attempts: 1, cause: null })
})

test('a name whose first address refuses', async () => {
  const origin = closing(await startOrigin(serving('fine')))
  const names = closing(await NameServer.open(() => ({ addresses: ['127.0.0.9', '127.0.0.1'], ttlS: 60 })))
  const endpoint = { kind: 'tcp', host: 'app.test', port: origin.port } as const
  const gateway = closing(await startGateway({ endpoints: [endpoint], plan: { resolver: { ...RESOLVER, servers: [names.address] } } }))
  expect((await ask(gateway.port, GET))?.body.toString()).toBe('fine')
  expect(gateway.finished[0]).toMatchObject({ attempts: 1, cause: null })
})

test('localhost, where only IPv4 listens', async () => {
  const origin = closing(await startOrigin(serving('fine')))
  const gateway = closing(await startGateway({ endpoints: [{ kind: 'tcp', host: 'localhost', port: origin.port }] }))
  expect((await ask(gateway.port, GET))?.body.toString()).toBe('fine')
  expect(gateway.finished[0]).toMatchObject({ attempts: 1, cause: null })
})

test('a server that moves to another address while its name’s old one is still in the cache', async () => {
  const origin = closing(await startOrigin(serving('old', 'Connection: close\r\n')))
  let addresses = ['127.0.0.1']
  const names = closing(await NameServer.open(() => ({ addresses, ttlS: 60 })))
  const endpoint = { kind: 'tcp', host: 'app.test', port: origin.port } as const
  const gateway = closing(await startGateway({ endpoints: [endpoint], plan: { resolver: { ...RESOLVER, servers: [names.address] } } }))
  expect((await ask(gateway.port, GET))?.body.toString()).toBe('old')
  origin.close()
  const moved = closing(createServer((_, response) => response.end('new')))
  moved.listen(origin.port, '127.0.0.2')
  await once(moved, 'listening')
  addresses = ['127.0.0.2']
  expect((await ask(gateway.port, GET))?.body.toString()).toBe('new')
  expect(gateway.finished[1]).toMatchObject({ attempts: 1, cause: null })
})
