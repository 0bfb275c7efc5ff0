/** The name server dies while requests keep coming: what it said last serves on, and when that is wrong too, the cause says so. */
import { expect, test } from 'vitest'
import { RESOLVER } from '../../src/config/defaults.ts'
import { type NameAnswer, NameServer } from '../../src/insight/fault/name-server.ts'
import { closing } from '../support/closing.ts'
import { type RunningGateway, startGateway } from '../support/gateway.ts'
import { SiteServer } from '../support/named-site.ts'
import { offer } from '../support/offered-load.ts'
import { RawClient } from '../support/raw-client.ts'

const PER_SECOND = 200

type Setup = { readonly server: SiteServer; readonly names: NameServer; readonly gateway: RunningGateway }

async function start(windowMs: number): Promise<Setup> {
  const server = closing(await SiteServer.open('127.0.0.1'))
  const names = closing(await NameServer.open(() => ({ addresses: [server.host], ttlS: 1 })))
  const gateway = closing(
    await startGateway({
      endpoints: [{ kind: 'tcp', host: 'app.test', port: server.port }],
      plan: { resolver: { ...RESOLVER, servers: [names.address], timeoutMs: 300 } },
      upstream: { keepAliveMax: 0, hold: { windowMs, idempotentMs: windowMs, unsafeMs: 0, requestsMax: 1_000 } },
    }),
  )
  return { server, names, gateway }
}

test.each([
  ['is silent', 'silence'],
  ['answers SERVFAIL', { error: 'SERVFAIL' }],
] as const)('no request fails while it %s, although each needs a new connection', async (_, answer: NameAnswer) => {
  const { names, gateway } = await start(10_000)
  const load = offer({ port: gateway.port, forMs: 3_500, streams: { all: { perSecond: PER_SECOND } } })
  await gateway.finishedCount(PER_SECOND / 2)
  names.answer = () => answer
  const asked = names.asked.length
  const { all } = await load
  expect(names.asked.length).toBeGreaterThan(asked)
  expect(all.answers).toEqual({ 200: all.sent })
  expect(gateway.finished.filter(({ attempts }) => attempts > 1)).toEqual([])
})

test('when the last known address is dead as well, the cause is dns-stale, with what is known', async () => {
  const { server, names, gateway } = await start(0)
  const client = closing(await RawClient.open(gateway.port))
  const ask = async (): Promise<number | undefined> => {
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    return (await client.answer())?.status
  }
  expect(await ask()).toBe(200)
  names.answer = () => ({ error: 'SERVFAIL' })
  server.close()
  expect(await ask()).toBe(502)
  expect(gateway.finished[1]).toMatchObject({
    cause: 'dns-stale',
    evidence: { cached_addresses: '127.0.0.1', lookup: 'dns-servfail', connect_cause: 'connect-refused' },
  })
})
