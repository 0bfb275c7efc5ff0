/** What could not be told before a restart is told after it, once, unless it is over or too old; what was told is not told again. */
import { beforeEach, describe, expect, test } from 'vitest'
import { AlertDesk } from '../../../src/control/alert/alert-desk.ts'
import type { KeptAlerts } from '../../../src/control/alert/kept-alerts.ts'
import { delivered, undelivered } from '../../../src/control/alert/receipt.ts'
import type { Incident } from '../../../src/control/incident/incident.ts'
import { createLog } from '../../../src/control/log.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { Wheel } from '../../../src/std/wheel.ts'
import { alertsPlan, channelPlan, START, sampleIncident } from './sample.ts'

const PAGER = { name: 'pager', target: { kind: 'pagerduty', url: 'https://events.example.com', key: 'k'.repeat(32) } } as const

let clock: ManualClock
let wheel: Wheel
/** `CHANNEL: KIND ID STATE`, in the order in which they arrived. */
let told: string[]
let delays: (string | null)[]
let isAway: boolean
let kept: Map<string, KeptAlerts>
let incidents: Map<string, Incident>

/** As it is kept: what cannot be written as JSON is lost. */
function open(): AlertDesk {
  const desk = new AlertDesk({
    ...{ alerts: alertsPlan({ channels: [channelPlan(), PAGER] }), letterhead: { gateway: 'edge', base: null }, clock, wheel },
    log: createLog({ destination: { write: () => {} } }),
    standingOf: () => ({ isDown: true, lastGood: null }),
    keep: (one) => kept.set(one.channel, JSON.parse(JSON.stringify(one))),
    deliver: async ({ kind: channel }, { notices, delay }) => {
      if (isAway) return undelivered('nothing listens there')
      for (const { kind, incident } of notices) told.push(`${channel}: ${kind} ${incident.id} ${incident.state}`)
      delays.push(delay)
      return delivered('200')
    },
  })
  return desk
}

function restart(former: AlertDesk): AlertDesk {
  former.close()
  const desk = open()
  desk.restore([...kept.values()], (id) => incidents.get(id) ?? null)
  return desk
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    clock.advance(250)
    wheel.advance()
    for (let i = 0; i < 4; i++) await Promise.resolve()
  }
}

function hear(desk: AlertDesk, kind: 'opened' | 'changed' | 'closed', changes: Partial<Incident> = {}): void {
  const state = kind === 'closed' ? 'closed' : 'open'
  const closed = kind === 'closed' ? clock.epoch() : null
  const incident = sampleIncident({ state, closed, lastSeen: clock.epoch(), ...changes })
  incidents.set(incident.id, incident)
  desk.hear({ kind, incident })
}

beforeEach(() => {
  clock = new ManualClock()
  wheel = new Wheel({ clock, isDriven: false })
  told = []
  delays = []
  isAway = true
  kept = new Map()
  incidents = new Map()
})

describe('what was not told before a restart', () => {
  test('is told after it, and says why it comes late', async () => {
    const desk = open()
    hear(desk, 'opened')
    await pass(10_000)
    const next = restart(desk)
    isAway = false
    await pass(10_000)
    expect(told).toEqual(['slack: opened i-1 open', 'pagerduty: opened i-1 open'])
    expect(delays[0]).toBe('This could not be told before Gatewell was started anew.')
    hear(next, 'changed', { failures: 100 })
    await pass(60_000)
    expect(told).toHaveLength(2)
    expect([...kept.values()].every(({ waiting }) => waiting.length === 0)).toBe(true)
  })

  test('is not told if it is over by then, and a pager hears its end all the same', async () => {
    const desk = open()
    hear(desk, 'opened')
    await pass(10_000)
    incidents.set('i-1', sampleIncident({ state: 'closed', closed: clock.epoch() }))
    restart(desk)
    isAway = false
    await pass(10_000)
    expect(told).toEqual(['pagerduty: resolved i-1 closed'])
  })

  test('is not told after an hour, nor of an incident that nobody remembers', async () => {
    const desk = open()
    hear(desk, 'opened')
    hear(desk, 'opened', { id: 'i-2' })
    await pass(10_000)
    incidents.delete('i-2')
    clock.advance(3_600_000)
    restart(desk)
    isAway = false
    await pass(10_000)
    expect(told).toEqual([])
  })

  test('keeps its age over several restarts', async () => {
    let desk = open()
    hear(desk, 'opened')
    await pass(1_000)
    for (let times = 0; times < 5; times++) {
      clock.advance(1_000_000)
      desk = restart(desk)
      await pass(250)
    }
    expect([...kept.values()].flatMap(({ waiting }) => waiting.map(({ since }) => since - START))).toEqual([0, 0])
  })
})

describe('what was told before a restart', () => {
  test('is not told again, and its end is told', async () => {
    isAway = false
    const desk = open()
    hear(desk, 'opened')
    await pass(10_000)
    told = []
    const next = restart(desk)
    hear(next, 'changed', { failures: 1_000 })
    await pass(10_000)
    expect(told).toEqual([])
    hear(next, 'closed')
    await pass(10_000)
    expect(told).toEqual(['slack: resolved i-1 closed', 'pagerduty: resolved i-1 closed'])
    expect([...kept.values()]).toMatchObject([{ told: [] }, { told: [] }])
  })

  test('is told to be over if it was over while nobody looked', async () => {
    isAway = false
    const desk = open()
    hear(desk, 'opened')
    await pass(10_000)
    told = []
    hear(restart(desk), 'closed')
    await pass(10_000)
    expect(told).toEqual(['slack: resolved i-1 closed', 'pagerduty: resolved i-1 closed'])
  })
})

test('an incident that nobody was told of is told when it becomes worth it, though it is an old one', async () => {
  isAway = false
  const desk = open()
  hear(desk, 'opened', { failures: 1 })
  await pass(20_000)
  const next = restart(desk)
  hear(next, 'changed', { failures: 1 })
  await pass(10_000)
  expect(told).toEqual([])
  hear(next, 'changed', { failures: 5 })
  await pass(10_000)
  expect(told).toHaveLength(2)
})

test('an open incident that nobody was told of is told, for it is known that nobody was', async () => {
  isAway = false
  clock.advance(60_000)
  const desk = restart(open())
  hear(desk, 'changed')
  await pass(10_000)
  expect(told).toEqual(['slack: opened i-1 open', 'pagerduty: opened i-1 open'])
})

test('a message that does not get through tells of an end that came meanwhile, and is one message', async () => {
  const desk = open()
  hear(desk, 'opened')
  await pass(10_000)
  hear(desk, 'closed')
  await pass(10_000)
  isAway = false
  await pass(60_000)
  expect(told.filter((line) => line.startsWith('slack'))).toEqual(['slack: opened i-1 closed'])
  expect(told.filter((line) => line.startsWith('pager'))).toEqual(['pagerduty: opened i-1 closed', 'pagerduty: resolved i-1 closed'])
})
