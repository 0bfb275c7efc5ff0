/** The server behind a name gets another address while requests keep coming, as a container that is started anew. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RESOLVER } from '../../src/config/defaults.ts'
import { NameServer } from '../../src/insight/fault/name-server.ts'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { SiteServer } from '../support/named-site.ts'
import { offer } from '../support/offered-load.ts'

const HOST = 'app.test'
const PER_SECOND = 200

let addresses: readonly string[] = []

async function start(port: number, first: string): Promise<RunningGateway> {
  addresses = [first]
  const names = closing(await NameServer.open(() => ({ addresses, ttlS: 1 })))
  const plan = { resolver: { ...RESOLVER, servers: [names.address] } }
  return closing(await startGateway({ endpoints: [{ kind: 'tcp', host: HOST, port }], upstream: { balance: 'round-robin' }, plan }))
}

function visit(gateway: RunningGateway, forMs: number): ReturnType<typeof offer<'all'>> {
  return offer({ port: gateway.port, forMs, streams: { all: { perSecond: PER_SECOND } } })
}

test('no request fails when the old server dies at the same moment', async () => {
  const old = closing(await SiteServer.open('127.0.0.1'))
  const next = closing(await SiteServer.open('127.0.0.2', old.port))
  const gateway = await start(old.port, old.host)
  const load = visit(gateway, 2_500)
  await gateway.finishedCount(PER_SECOND)
  addresses = [next.host]
  old.close()
  const { all } = await load
  expect(all.answers).toEqual({ 200: all.sent })
  expect(all.broken).toBe(0)
  expect(next.served).toBeGreaterThan(PER_SECOND)
  expect(old.served + next.served).toBeGreaterThanOrEqual(all.sent)
})

test('connections that are kept open do not hold on to a server that the name has left', async () => {
  const old = closing(await SiteServer.open('127.0.0.1'))
  const next = closing(await SiteServer.open('127.0.0.2', old.port))
  const gateway = await start(old.port, old.host)
  const load = visit(gateway, 3_500)
  await gateway.finishedCount(PER_SECOND)
  addresses = [next.host]
  // Its time to live, and what the wheel and the name server need.
  await sleep(1_500)
  const before = old.served
  const { all } = await load
  expect(all.answers).toEqual({ 200: all.sent })
  expect(old.served).toBe(before)
  expect(await old.connections).toBe(0)
  expect(next.served).toBeGreaterThan(PER_SECOND)
})

test('all of several servers may move at once', async () => {
  const old = [closing(await SiteServer.open('127.0.0.1'))]
  const port = old[0]?.port as number
  old.push(closing(await SiteServer.open('127.0.0.2', port)))
  const next = [closing(await SiteServer.open('127.0.0.3', port)), closing(await SiteServer.open('127.0.0.4', port))]
  const gateway = await start(port, '127.0.0.1')
  addresses = old.map(({ host }) => host)
  const load = visit(gateway, 3_000)
  await gateway.finishedCount(PER_SECOND)
  addresses = next.map(({ host }) => host)
  for (const one of old) one.close()
  const { all } = await load
  expect(all.answers).toEqual({ 200: all.sent })
  expect(all.broken).toBe(0)
  for (const { served } of next) expect(served).toBeGreaterThan(PER_SECOND / 4)
})

test('after a long idle time the first request finds the new address', async () => {
  const old = closing(await SiteServer.open('127.0.0.1'))
  const next = closing(await SiteServer.open('127.0.0.2', old.port))
  addresses = [old.host]
  const names = closing(await NameServer.open(() => ({ addresses, ttlS: 60 })))
  const plan = { resolver: { ...RESOLVER, servers: [names.address], ttlMaxMs: 60_000 } }
  const gateway = closing(await startGateway({ endpoints: [{ kind: 'tcp', host: HOST, port: old.port }], retry: { attempts: 1 }, plan }))
  const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.port}/`)).text()
  expect(await ask()).toBe(old.host)
  old.close()
  addresses = [next.host]
  expect(await ask()).toBe(next.host)
  expect(gateway.finished.map(({ attempts }) => attempts)).toEqual([1, 1])
})
