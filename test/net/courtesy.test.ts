import { describe, expect, test } from 'vitest'
import { Courtesy } from '../../src/net/courtesy.ts'
import { ManualClock } from '../../src/std/clock.ts'

/** A rest takes twice as long as was asked for, as it does on Linux. */
function courteous(): { clock: ManualClock; courtesy: Courtesy; rests: number[] } {
  const clock = new ManualClock()
  const rests: number[] = []
  const rest = (ms: number): void => {
    rests.push(clock.now())
    clock.advance(ms * 2)
  }
  return { clock, courtesy: new Courtesy({ clock, rest }), rests }
}

describe('a worker that shares its queue', () => {
  test('rests after each connection of a burst', () => {
    const { courtesy, rests } = courteous()
    for (let count = 0; count < 64; count++) courtesy.give()
    expect(rests).toHaveLength(64)
  })

  test('rests no more than 2 % of its time while connections keep coming', () => {
    const { clock, courtesy, rests } = courteous()
    for (let count = 0; count < 100_000; count++) {
      clock.advance(0.5)
      courtesy.give()
    }
    const seconds = (clock.now() - 1_000) / 1_000
    const restedSeconds = (rests.length * 0.1) / 1_000
    expect(restedSeconds / seconds).toBeLessThan(0.0212)
    expect(restedSeconds / seconds).toBeGreaterThan(0.019)
  })

  test('has saved up for the next burst after a pause', () => {
    const { clock, courtesy, rests } = courteous()
    for (let count = 0; count < 1_000; count++) courtesy.give()
    const spent = rests.length
    clock.advance(60_000)
    for (let count = 0; count < 64; count++) courtesy.give()
    expect(rests).toHaveLength(spent + 64)
  })

  test('rests for longer while it has more connections than the others', () => {
    const { clock, courtesy } = courteous()
    courtesy.giveMore()
    const began = clock.now()
    courtesy.give()
    expect(clock.now() - began).toBe(1)
    clock.advance(2_000)
    const later = clock.now()
    courtesy.give()
    expect(clock.now() - later).toBeCloseTo(0.1)
  })
})
