/** What the gateway does when it is itself at its limits. */
import { describe, expect, it } from 'vitest'
import { Pressure, type Readings } from '../../src/gateway/admit/pressure.ts'
import { exchangeOf } from '../observe/exchange.ts'

const CALM: Readings = { delayMs: 1, memoryShare: 0.1, descriptors: 100, descriptorsMax: 10_000 }
const crawler = exchangeOf({ request: { userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } })
const reader = exchangeOf({ request: { userAgent: 'Mozilla/5.0' } })
const buyer = exchangeOf({ request: { method: 'POST', userAgent: 'Mozilla/5.0' } })

/** Who would be turned away after these readings, one after the other. */
function shedAfter(...readings: Partial<Readings>[]): string[] {
  const pressure = new Pressure()
  for (const one of readings) pressure.observe({ ...CALM, ...one }, 10, 20_000)
  const all = { crawler, reader, buyer }
  return Object.entries(all).flatMap(([name, exchange]) => (pressure.level > 0 && pressure.refuse(exchange) !== null ? [name] : []))
}

describe('requests', () => {
  it.each<[string, Partial<Readings>[], string[]]>([
    ['are served as long as it is well', [{ delayMs: 150, memoryShare: 0.8 }], []],
    ['of crawlers are shed when its timers are late', [{ delayMs: 300 }], ['crawler']],
    ['that change nothing are shed when they are very late', [{ delayMs: 1_000 }], ['crawler', 'reader']],
    ['of crawlers are shed when the heap fills', [{ memoryShare: 0.9 }], ['crawler']],
    ['that change nothing are shed when it is nearly full', [{ memoryShare: 0.96 }], ['crawler', 'reader']],
    ['are shed on until it is clearly better', [{ memoryShare: 0.96 }, { memoryShare: 0.86 }], ['crawler', 'reader']],
    ['are shed less when it is better', [{ memoryShare: 0.96 }, { memoryShare: 0.84 }], ['crawler']],
    ['are served when it is well again', [{ memoryShare: 0.96 }, { memoryShare: 0.7 }], []],
    ['are none the worse for many descriptors', [{ descriptors: 9_400 }], []],
  ])('%s', (_, readings, expected) => {
    expect(shedAfter(...readings)).toEqual(expected)
  })

  it('are told which monitor it was', () => {
    const pressure = new Pressure()
    pressure.observe({ ...CALM, delayMs: 300 }, 10, 20_000)
    const facts = Object.fromEntries((pressure.refuse(crawler)?.evidence ?? []).map(({ name, value }) => [name, value]))
    expect(facts).toMatchObject({ monitor: 'event-loop', pressure: 0.86, criticality: 'low' })
  })
})

describe('connections', () => {
  it('may be as many as there are descriptors for, one upstream for each, less a reserve', () => {
    const pressure = new Pressure()
    pressure.observe({ ...CALM, descriptors: 1_500 }, 1_000, 20_000)
    expect(pressure.connectionsMax).toBe(1_000 + (10_000 - 500 - 1_500) / 2)
    pressure.observe({ ...CALM, descriptors: 9_900 }, 5_000, 20_000)
    expect(pressure.connectionsMax).toBeLessThan(5_000)
  })

  it('are without such a limit where descriptors are not known', () => {
    const pressure = new Pressure()
    pressure.observe({ ...CALM, descriptors: 0, descriptorsMax: Number.POSITIVE_INFINITY }, 5_000, 20_000)
    expect(pressure.connectionsMax).toBe(Number.POSITIVE_INFINITY)
    expect(pressure.isCrowded).toBe(false)
  })

  it('are crowded when most are taken, until there is clearly more room', () => {
    const pressure = new Pressure()
    const crowdedAt = (connections: number): boolean => {
      pressure.observe(CALM, connections, 1_000)
      return pressure.isCrowded
    }
    expect([800, 850, 800, 740].map(crowdedAt)).toEqual([false, true, true, false])
  })
})
