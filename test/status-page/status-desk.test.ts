/** When the page is made and handed on, and what is kept of each day. */
import { beforeEach, expect, test } from 'vitest'
import type { Incident } from '../../src/control/incident/incident.ts'
import { createLog } from '../../src/control/log.ts'
import { StatusDesk } from '../../src/control/status-page/status-desk.ts'
import type { ServiceDay } from '../../src/control/store/store.ts'
import type { StatusFile } from '../../src/gateway/respond/status-page.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { closing } from '../support/closing.ts'
import { planOf } from '../support/gateway.ts'
import { open } from './sample.ts'

const STATUS = { host: 's.example.com', title: 'S', services: [{ name: 'Shop', parts: [{ upstream: 'app', route: null }] }] }
const PLAN = planOf({ endpoints: [1], plan: { status: STATUS } })

let clock: ManualClock
let sent: (readonly StatusFile[])[]
let kept: ServiceDay[]
let isLost: boolean
let isBroken: boolean
let incidents: Incident[]
let desk: StatusDesk

beforeEach(() => {
  clock = new ManualClock()
  sent = []
  kept = []
  isLost = isBroken = false
  incidents = []
  desk = created()
})

function created(): StatusDesk {
  const answer = async <T>(value: T): Promise<T> => {
    if (isBroken) throw new Error('the disk is full')
    return value
  }
  const source = {
    isLost: () => isLost,
    lastGoodOf: () => clock.epoch(),
    incidents: () => answer(incidents),
    days: () => answer(kept),
    keepDays: async (days: readonly ServiceDay[]) => {
      await answer(null)
      kept = [...kept.filter((one) => !days.some(({ day, service }) => one.day === day && one.service === service)), ...days]
    },
  }
  const log = createLog({ isTerminal: false, destination: { write: () => {} } })
  const one = new StatusDesk({ clock, log, source, send: (files) => sent.push(files) })
  closing({ close: () => one.stop() })
  return one
}

async function pass(ms: number, stepMs = 2_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs)
    await desk.look()
  }
}

/** `apply` looks at once. */
async function begun(): Promise<void> {
  desk.apply(PLAN)
  await new Promise(setImmediate)
}

const stateSent = (): string => JSON.parse(sent.at(-1)?.find(({ path }) => path === '/status.json')?.body ?? '{}').state

test('the page is made at once, again when something has changed, and every half minute', async () => {
  await begun()
  expect(sent).toHaveLength(1)
  await pass(28_000)
  expect(sent).toHaveLength(1)
  await pass(2_000)
  expect(sent).toHaveLength(2)
  isLost = true
  await pass(8_000)
  expect([sent.length, stateSent()]).toEqual([3, 'down'])
})

test('an incident is on the page at the next look', async () => {
  await begun()
  const now = clock.epoch()
  incidents = [open({ upstream: 'app', opened: now, firstSeen: now, lastSeen: now })]
  desk.hear()
  await pass(2_000)
  expect(stateSent()).toBe('partial')
})

test('maintenance is told with the words of the operator', async () => {
  await begun()
  desk.operate({
    drained: [],
    paused: [],
    maintenance: [{ upstream: null, route: null, message: 'Back at <9>.', allow: [], retryAfterMs: 1 }],
  })
  await new Promise(setImmediate)
  expect(stateSent()).toBe('maintenance')
  expect(sent.at(-1)?.[0]?.body).toContain('Back at &lt;9&gt;.')
})

test('what is counted of a day is kept every minute, and goes on after a restart', async () => {
  await begun()
  isLost = true
  await pass(66_000)
  const [first] = kept
  expect(first).toMatchObject({ service: 'Shop', watchedMs: 60_000, downMs: 54_000, partialMs: 0 })
  desk.stop()
  await new Promise(setImmediate)
  expect(kept[0]?.watchedMs).toBe(66_000)
  desk = created()
  isLost = false
  await begun()
  await pass(60_000)
  expect(kept[0]).toMatchObject({ watchedMs: 126_000, downMs: 60_000 })
})

test('without its memory it goes on, and adds up when that is back', async () => {
  kept = [{ day: Math.floor(clock.epoch() / 86_400_000), service: 'Shop', watchedMs: 500_000, downMs: 100_000, partialMs: 0 }]
  isBroken = true
  await begun()
  await pass(62_000)
  expect(stateSent()).toBe('up')
  expect(kept[0]?.watchedMs).toBe(500_000)
  isBroken = false
  await pass(70_000)
  expect(kept[0]).toMatchObject({ downMs: 100_000 })
  expect(kept[0]?.watchedMs).toBeGreaterThanOrEqual(620_000)
})

test('a process that slept has seen nothing meanwhile', async () => {
  await begun()
  clock.advance(3_600_000)
  await desk.look()
  await pass(60_000)
  expect(kept[0]?.watchedMs).toBeLessThanOrEqual(72_000)
})

test('without a status page nothing is made', async () => {
  desk.apply({ ...PLAN, status: null })
  await pass(60_000)
  expect([sent, kept]).toEqual([[], []])
})
