/** A service is scaled out and in again behind its name, under load: each address is an endpoint, as it comes and until it has gone. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RESOLVER } from '../../src/config/defaults.ts'
import { NameServer } from '../../src/insight/fault/name-server.ts'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { SiteServer } from '../support/named-site.ts'
import { offer } from '../support/offered-load.ts'
import { until } from '../support/until.ts'

const PER_SECOND = 200
const HOSTS = ['127.0.0.1', '127.0.0.2', '127.0.0.3']

let addresses: readonly string[] = []

async function start(): Promise<{ gateway: RunningGateway; servers: SiteServer[] }> {
  const first = closing(await SiteServer.open('127.0.0.1'))
  const others = await Promise.all(HOSTS.slice(1).map(async (host) => closing(await SiteServer.open(host, first.port))))
  addresses = [first.host]
  const names = closing(await NameServer.open(() => ({ addresses, ttlS: 1 })))
  const plan = { resolver: { ...RESOLVER, servers: [names.address] } }
  const upstream = { slowStartMs: 500, balance: 'round-robin' } as const
  const gateway = closing(await startGateway({ endpoints: [{ kind: 'tcp', host: 'app.test', port: first.port }], plan, upstream }))
  return { gateway, servers: [first, ...others] }
}

function endpointsOf({ gateway }: RunningGateway): string[] {
  return gateway.status()[0]?.endpoints.map(({ address }) => new URL(address).hostname) ?? []
}

test('the load spreads over all of them, and nothing is dropped on the way', async () => {
  const { gateway, servers } = await start()
  const load = offer({ port: gateway.port, forMs: 5_000, streams: { all: { perSecond: PER_SECOND } } })
  await gateway.finishedCount(PER_SECOND)
  expect(endpointsOf(gateway)).toEqual(['app.test'])
  addresses = HOSTS
  await until('there are three', () => endpointsOf(gateway).length === 3)
  expect(gateway.gateway.status()[0]?.endpoints[0]).toMatchObject({ foundBy: `app.test:${servers[0]?.port}` })
  await sleep(600)
  const before = servers.map(({ served }) => served)
  await sleep(1_000)
  const shares = servers.map(({ served }, index) => served - (before[index] ?? 0))
  for (const share of shares) expect(share).toBeGreaterThan(PER_SECOND / 6)
  addresses = ['127.0.0.3']
  await until('there is one', () => endpointsOf(gateway).length === 1)
  // They finish what they have, and then they may go.
  for (const server of servers.slice(0, 2)) {
    await until('it is left alone', async () => (await server.connections) === 0)
    server.close()
  }
  const { all } = await load
  expect(all.answers).toEqual({ 200: all.sent })
  expect(all.broken).toBe(0)
  // A connection to one that has just left is not even begun.
  expect(gateway.finished.flatMap(({ earlier }) => earlier).filter((cause) => cause !== 'dns-stale')).toEqual([])
})

test('a WebSocket to a server that has left the name stays until it ends', async () => {
  const { gateway, servers } = await start()
  addresses = HOSTS.slice(0, 2)
  const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.port}/`, { headers: { Connection: 'close' } })).text()
  await until('there are two', async () => (await ask()) !== '' && endpointsOf(gateway).length === 2)
  const tunnel = connect(gateway.port, '127.0.0.1')
  closing({ close: () => tunnel.destroy() })
  const say = async (text: string): Promise<string> => {
    tunnel.write(text)
    return String((await once(tunnel, 'data'))[0])
  }
  expect(await say('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')).toContain('101 Switching')
  const [host] = (await say('one')).split(' ')
  addresses = ['127.0.0.3']
  await until('the others have left', async () => (await ask()) === '127.0.0.3' && endpointsOf(gateway).length === 1)
  expect(await say('two')).toBe(`${host} two`)
  expect(servers[2]?.served).toBeGreaterThan(0)
})
