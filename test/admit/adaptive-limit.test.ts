/** Servers of all kinds behind the adaptive limit, in a time of their own: what comes out, how long it takes, who is turned away. */
import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/std/random.ts'
import { answered, quantile, type Scene, shed, simulate } from './simulation.ts'

const exponential = (meanMs: number) => (_: number, random: Random) => -Math.log(1 - random.fraction()) * meanMs
const always = (value: number) => () => value
/** It does 200 requests a second. */
const SERVER = { slots: 20, serviceMs: always(100) }

describe('offered three times what it can do', () => {
  const check = (scene: Scene): void => {
    const { visits, inflightMax, limits } = simulate(scene)
    const inTime = answered(visits).filter(({ endedAt }) => (endedAt as number) < scene.forMs)
    expect(inTime.length).toBeGreaterThan((200 * scene.forMs * 0.95) / 1_000)
    expect(quantile(visits, 0.99)).toBeLessThan(2_000)
    expect(inflightMax).toBeLessThanOrEqual(Math.max(...limits))
    expect(answered(visits).length + shed(visits).length).toBe(visits.length)
  }

  test('from a cold start, a server keeps its pace', () => check({ ...SERVER, perSecond: always(600), forMs: 10_000 }))

  test('so it does when its answers differ in length', () =>
    check({ slots: 20, serviceMs: exponential(100), perSecond: always(600), forMs: 10_000 }))

  test('the limit finds what it works on at a time, and does not drift away again', () => {
    const { limits } = simulate({ ...SERVER, perSecond: always(600), forMs: 60_000 })
    const last = limits.slice(-6_000)
    expect(Math.max(...last)).toBeLessThan(3 * SERVER.slots)
  })

  test('after an hour of quiet, it is found as well', () => {
    const { visits } = simulate({ ...SERVER, perSecond: (ms) => (ms < 10_000 ? 100 : 600), forMs: 20_000 })
    expect(shed(visits).every(({ cameAt }) => cameAt >= 10_000)).toBe(true)
    expect(quantile(visits, 0.99)).toBeLessThan(2_000)
  })
})

describe('a site that is well notices nothing', () => {
  test.each<[string, Scene]>([
    ['at 95 % of its power', { ...SERVER, perSecond: always(190), forMs: 20_000 }],
    ['with one request a second', { slots: 4, serviceMs: always(3_000), perSecond: always(1), forMs: 60_000 }],
    ['when a burst of five seconds of work comes at once', { ...SERVER, perSecond: (ms) => (ms < 500 ? 1_800 : 50), forMs: 8_000 }],
    [
      'with a slow report now and then among quick pages',
      { slots: 400, serviceMs: (_, random) => (random.fraction() < 0.02 ? 5_000 : 20), perSecond: always(1_000), forMs: 8_000 },
    ],
    [
      'when 800 long polls come at once after a restart',
      { slots: 5_000, serviceMs: always(25_000), perSecond: (ms) => (ms < 1_000 ? 800 : 0), forMs: 2_000 },
    ],
  ])('%s', (_, scene) => {
    const { visits } = simulate(scene)
    expect(shed(visits)).toEqual([])
    expect(answered(visits)).toHaveLength(visits.length)
  })

  test('and its limit follows the demand within two seconds', () => {
    const { visits, gate } = simulate({
      slots: 2_000,
      serviceMs: always(100),
      perSecond: (ms) => (ms < 2_000 ? 50 : 3_000),
      forMs: 8_000,
    })
    expect(shed(visits).every(({ cameAt }) => cameAt < 4_000)).toBe(true)
    expect(shed(visits).length).toBeLessThan(visits.length / 50)
    expect(gate.limit).toBeGreaterThan(300)
  })
})

test('a database that has become slow is not taken for too many requests', () => {
  const { visits, gate } = simulate({
    slots: 2_000,
    serviceMs: (ms) => (ms < 3_000 ? 100 : 1_000),
    perSecond: always(200),
    forMs: 20_000,
  })
  expect(shed(visits).every(({ cameAt }) => cameAt < 10_000)).toBe(true)
  expect(gate.limit).toBeGreaterThan(200)
})

test('requests that fail as with an overloaded server lower the limit, but only while it is used', () => {
  const isGood = (): boolean => false
  const used = simulate({ ...SERVER, perSecond: always(190), forMs: 5_000, isGood, plan: { limitInitial: 30 } })
  expect(used.gate.limit).toBe(20)
  const unused = simulate({ ...SERVER, perSecond: always(20), forMs: 20_000, isGood })
  expect(unused.gate.limit).toBe(100)
})
