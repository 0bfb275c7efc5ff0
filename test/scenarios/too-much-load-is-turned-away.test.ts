/** A server is offered three times what it can do: it keeps its pace, what it cannot do is told so at once, and half of it is no load. */
import { expect, test } from 'vitest'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { offer, startSlottedOrigin } from '../support/offered-load.ts'

/** 200 requests a second. */
const SLOTS = 20
const SERVICE_MS = 100

test('three times its power: the server is never idle, and never gets more than the limit', { timeout: 20_000 }, async () => {
  const origin = closing(await startSlottedOrigin(SLOTS, SERVICE_MS))
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const { all } = await offer({ port: gateway.port, forMs: 4_000, streams: { all: { perSecond: 600 } } })
  const { served, inflightMax, idle } = await origin.tally()
  // A twentieth is the bar, in test/admit; here the clients, the gateway and the server also wait for each other's processors.
  expect(idle).toBeLessThan(0.1)
  // None of its work was in vain, and nobody saw anything else than an answer or why there is none.
  expect(all.answers[200]).toBe(served)
  expect(all.causes).toEqual({ 'overload-shed': all.sent - served })
  expect(all.answers[503]).toBe(all.sent - served)
  expect(all.broken).toBe(0)
  expect(inflightMax).toBeLessThanOrEqual(gateway.plan.upstreams[0]?.concurrency.limitInitial ?? 0)
  expect(all.retryAfterS).toHaveLength(all.sent - served)
  expect(new Set(all.retryAfterS).size).toBeGreaterThan(2)
  const shed = gateway.finished.find(({ cause }) => cause === 'overload-shed')
  expect(Object.keys(shed?.evidence ?? {})).toEqual(
    expect.arrayContaining(['limit', 'inflight', 'queue', 'waited_ms', 'criticality', 'retry_after_s']),
  )
})

test('half of its power: nobody is turned away', { timeout: 20_000 }, async () => {
  const origin = closing(await startSlottedOrigin(SLOTS, SERVICE_MS))
  const gateway = closing(await startGateway({ endpoints: [origin.port] }))
  const { all } = await offer({ port: gateway.port, forMs: 2_000, streams: { all: { perSecond: 100 } } })
  expect(all.answers).toEqual({ 200: all.sent })
})
