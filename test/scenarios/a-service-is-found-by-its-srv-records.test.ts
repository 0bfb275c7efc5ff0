/** SRV records say hosts, ports, weights and who stands by; and they change while requests keep coming. */
import { expect, test } from 'vitest'
import { RESOLVER, UPSTREAM } from '../../src/config/defaults.ts'
import { NameServer, type ServiceTarget } from '../../src/insight/fault/name-server.ts'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { SiteServer } from '../support/named-site.ts'
import { offer } from '../support/offered-load.ts'
import { until } from '../support/until.ts'

const SERVICE = '_http._tcp.shop.test'
const PER_SECOND = 200

let targets: readonly ServiceTarget[] = []

async function servers(count: number): Promise<SiteServer[]> {
  return Promise.all(Array.from({ length: count }, async () => closing(await SiteServer.open('127.0.0.1'))))
}

/** Every host of the service is at the same address: only the ports tell them apart. */
async function start(): Promise<RunningGateway> {
  const names = closing(
    await NameServer.open(({ name, type }) => {
      if (name === SERVICE) return type === 'SRV' && targets.length > 0 ? { targets, ttlS: 1 } : { error: 'NXDOMAIN' }
      return name.endsWith('.shop.test') ? { addresses: ['127.0.0.1'], ttlS: 1 } : { error: 'NXDOMAIN' }
    }),
  )
  const endpoint = { url: `http+srv://${SERVICE}`, address: { kind: 'srv', service: SERVICE }, weight: 1, isBackup: false } as const
  const plan = { resolver: { ...RESOLVER, servers: [names.address] } }
  return closing(
    await startGateway({
      endpoints: [],
      upstream: { endpoints: [endpoint], balance: 'round-robin', slowStartMs: 0, hold: UPSTREAM.hold },
      plan,
    }),
  )
}

function target(server: SiteServer | undefined, more: Partial<ServiceTarget> = {}): ServiceTarget {
  return { target: 'web.shop.test', port: server?.port ?? 0, ...more }
}

test('weights share the load, and a host of higher priority number only stands by until the others die', async () => {
  const [light, heavy, standby] = await servers(3)
  targets = [target(light, { weight: 1 }), target(heavy, { weight: 3 }), target(standby, { priority: 9 })]
  const gateway = await start()
  const load = offer({ port: gateway.port, forMs: 3_500, streams: { all: { perSecond: PER_SECOND } } })
  await gateway.finishedCount(PER_SECOND)
  expect(standby?.served).toBe(0)
  const ratio = (heavy?.served ?? 0) / (light?.served ?? 1)
  expect(ratio).toBeGreaterThan(2.7)
  expect(ratio).toBeLessThan(3.3)
  light?.close()
  heavy?.close()
  const { all } = await load
  expect(all.answers).toEqual({ 200: all.sent })
  expect(standby?.served).toBeGreaterThan(PER_SECOND)
})

test('a service that moves to another port is followed', async () => {
  const [old, next] = await servers(2)
  targets = [target(old)]
  const gateway = await start()
  const load = offer({ port: gateway.port, forMs: 2_500, streams: { all: { perSecond: PER_SECOND } } })
  await gateway.finishedCount(PER_SECOND)
  targets = [target(next)]
  old?.close()
  const { all } = await load
  expect(all.answers).toEqual({ 200: all.sent })
  expect(next?.served).toBeGreaterThan(PER_SECOND)
})

test('one that cannot be found at the start is waited for, and then found', async () => {
  const [server] = await servers(1)
  targets = []
  const gateway = await start()
  const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${gateway.port}/`)).status
  const first = ask()
  await until('it was looked for in vain', () => gateway.gateway.status()[0]?.isLost)
  targets = [target(server)]
  expect(await first).toBe(200)
  await until('it is known', () => gateway.gateway.status()[0]?.endpoints[0]?.address === `http://127.0.0.1:${server?.port}`)
})

test('one that is never found fails with the cause', async () => {
  targets = []
  const gateway = await start()
  gateway.gateway.apply({
    ...gateway.plan,
    upstreams: gateway.plan.upstreams.map((one) => ({ ...one, hold: { ...one.hold, windowMs: 0 } })),
  })
  expect((await fetch(`http://127.0.0.1:${gateway.port}/`)).status).toBe(502)
  expect(gateway.finished[0]).toMatchObject({ cause: 'dns-nxdomain', evidence: { service: SERVICE, code: 'ENOTFOUND' } })
})
