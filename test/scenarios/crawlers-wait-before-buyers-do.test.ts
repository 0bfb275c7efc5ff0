/** More comes than the server can do: crawlers are turned away first, then readers, and who sends a form is served. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { type Outcome, offer, startSlottedOrigin } from '../support/offered-load.ts'

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

test('crawlers, readers and buyers under the same load', { timeout: 20_000 }, async () => {
  const origin = closing(await startSlottedOrigin(20, 100))
  const gateway = closing(await startGateway({ endpoints: [origin.port], plan: { trustedProxies: ['127.0.0.1/32'] } }))
  const { crawlers, readers, buyers } = await offer({
    port: gateway.port,
    forMs: 4_000,
    streams: {
      crawlers: { perSecond: 200, agent: GOOGLEBOT, clients: addresses('192.0.2', 10) },
      readers: { perSecond: 250, clients: addresses('198.51.100', 100) },
      buyers: { perSecond: 50, method: 'POST', clients: addresses('203.0.113', 50) },
    },
  })
  expect(servedShare(buyers)).toBeGreaterThan(0.98)
  expect(servedShare(readers)).toBeGreaterThan(0.3)
  expect(servedShare(crawlers)).toBeLessThan(servedShare(readers) / 2)
  expect(crawlers.causes).toEqual({ 'overload-shed': crawlers.answers[503] })
})

function addresses(network: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${network}.${index + 1}`)
}

function servedShare({ answers, sent }: Outcome): number {
  return (answers[200] ?? 0) / sent
}
