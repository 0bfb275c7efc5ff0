/** One client sends three times what the server can do, twenty others what they always send: these are served. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { offer, startSlottedOrigin } from '../support/offered-load.ts'

test('twenty quiet clients beside a noisy one', { timeout: 20_000 }, async () => {
  const origin = closing(await startSlottedOrigin(20, 100))
  const gateway = closing(await startGateway({ endpoints: [origin.port], plan: { trustedProxies: ['127.0.0.1/32'] } }))
  const { noisy, quiet } = await offer({
    port: gateway.port,
    forMs: 4_000,
    streams: {
      noisy: { perSecond: 600, clients: ['192.0.2.1'] },
      quiet: { perSecond: 100, clients: Array.from({ length: 20 }, (_, index) => `198.51.100.${index + 1}`) },
    },
  })
  expect((quiet.answers[200] ?? 0) / quiet.sent).toBeGreaterThan(0.98)
  expect((noisy.answers[503] ?? 0) / noisy.sent).toBeGreaterThan(0.5)
  // What the others leave is not wasted either.
  expect((noisy.answers[200] ?? 0) + (quiet.answers[200] ?? 0)).toBe((await origin.tally()).served)
  expect((await origin.tally()).idle).toBeLessThan(0.1)
})
