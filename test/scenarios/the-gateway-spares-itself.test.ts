/** The gateway itself is at its limits: it says so, to those who can wait first, and closes what is idle before it refuses anybody. */
import { describe, expect, test } from 'vitest'
import type { Readings } from '../../src/gateway/admit/pressure.ts'
import { Vitals } from '../../src/worker/vitals.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask, RawClient } from '../support/raw-client.ts'
import { serving, startOrigin } from '../support/raw-origin.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const CRAWL = 'GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nok'
const CALM: Readings = { delayMs: 0, memoryShare: 0.1, descriptors: 50, descriptorsMax: 1_000 }

async function start(limits: { connectionsMax?: number } = {}): Promise<Awaited<ReturnType<typeof startGateway>>> {
  const origin = closing(await startOrigin(serving()))
  return closing(await startGateway({ endpoints: [origin.port], limits }))
}

async function statuses(port: number): Promise<(number | undefined)[]> {
  return [(await ask(port, CRAWL))?.status, (await ask(port, GET))?.status, (await ask(port, POST))?.status]
}

describe('its event loop is late', () => {
  test('crawlers go first, then readers, and all are served when it is well again', async () => {
    const { gateway, port, finished } = await start()
    gateway.observePressure({ ...CALM, delayMs: 300 })
    expect(await statuses(port)).toEqual([503, 200, 200])
    gateway.observePressure({ ...CALM, delayMs: 2_000 })
    expect(await statuses(port)).toEqual([503, 503, 200])
    gateway.observePressure(CALM)
    expect(await statuses(port)).toEqual([200, 200, 200])
    expect(finished[0]).toMatchObject({ cause: 'overload-shed', evidence: { monitor: 'event-loop', pressure: 0.86, criticality: 'low' } })
  })

  test('an answer that sheds says when to come back', async () => {
    const { gateway, port } = await start()
    gateway.observePressure({ ...CALM, memoryShare: 0.99 })
    const answer = await ask(port, GET)
    expect(answer?.fields.get('proxy-status')).toBe('gatewell; error=connection_limit_reached; details="overload-shed"')
    expect(Number(answer?.fields.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('descriptors run short', () => {
  test('idle clients are closed, kept-alive ones after their answer, and nobody is shed', async () => {
    const { gateway, port } = await start()
    const idle = closing(await RawClient.open(port))
    idle.send(GET)
    expect((await idle.answer())?.fields.get('connection')).not.toBe('close')
    gateway.observePressure({ ...CALM, descriptors: 900 })
    await idle.end()
    const late = closing(await RawClient.open(port))
    late.send(GET)
    expect(await late.answer()).toMatchObject({ status: 200 })
    await late.end()
  })

  test('newcomers are turned away while there are some left for upstreams and logs', async () => {
    const { gateway, port } = await start()
    gateway.observePressure({ ...CALM, descriptors: 970 })
    const turnedAway = [await ask(port, GET), await ask(port, GET)]
    for (const answer of turnedAway) {
      expect(answer?.status).toBe(503)
      expect(answer?.fields.get('proxy-status')).toContain('fd-exhaustion')
    }
  })
})

test('more connections than the configuration allows are turned away with their own cause', async () => {
  const { gateway, port } = await start({ connectionsMax: 1 })
  gateway.observePressure(CALM)
  const first = closing(await RawClient.open(port))
  first.send(GET)
  await first.answer()
  expect((await ask(port, GET))?.fields.get('proxy-status')).toContain('local-resource-exhausted')
})

test('what the process knows of itself is true', () => {
  const vitals = closing(new Vitals())
  const before = vitals.takeReadings()
  expect(before.memoryShare).toBeGreaterThan(0)
  expect(before.memoryShare).toBeLessThan(1)
  expect(before.descriptors).toBeGreaterThan(3)
  expect(before.descriptors).toBeLessThan(before.descriptorsMax)
})
