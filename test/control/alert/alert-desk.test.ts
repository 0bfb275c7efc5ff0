/** Who is told of what: one blip is no alert, an incident is told once, and severity comes from what visitors see. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { AlertsPlan } from '../../../src/config/alert-plan.ts'
import { AlertDesk } from '../../../src/control/alert/alert-desk.ts'
import { delivered } from '../../../src/control/alert/receipt.ts'
import { type Standing, severityOf } from '../../../src/control/alert/severity.ts'
import type { Incident, IncidentEvent } from '../../../src/control/incident/incident.ts'
import { createLog } from '../../../src/control/log.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { Wheel } from '../../../src/std/wheel.ts'
import { alertsPlan, channelPlan, START, sampleIncident } from './sample.ts'

let clock: ManualClock
let wheel: Wheel
let desk: AlertDesk
/** `CHANNEL: KIND ID SEVERITY`, in the order in which they were sent. */
let told: string[]
let standing: Standing

function open(changes: Partial<AlertsPlan> = {}): void {
  desk = new AlertDesk({
    ...{ alerts: alertsPlan(changes), letterhead: { gateway: 'edge', base: null }, clock, wheel },
    log: createLog({ destination: { write: () => {} } }),
    standingOf: () => standing,
    deliver: async (target, { notices }) => {
      const name = 'url' in target ? /services\/(\w+)-secret/.exec(target.url)?.[1] : target.kind
      for (const { kind, incident, severity } of notices) told.push(`${name}: ${kind} ${incident.id} ${severity}`)
      return delivered('200')
    },
  })
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    clock.advance(250)
    wheel.advance()
    for (let i = 0; i < 4; i++) await Promise.resolve()
  }
}

function hear(kind: IncidentEvent['kind'], changes: Partial<Incident> = {}): void {
  const state = kind === 'closed' ? 'closed' : 'open'
  desk.hear({ kind, incident: sampleIncident({ failures: 1, state, lastSeen: clock.epoch(), ...changes }) })
}

beforeEach(() => {
  clock = new ManualClock()
  wheel = new Wheel({ clock, isDriven: false })
  told = []
  standing = { isDown: true, lastGood: START - 1_000 }
  open()
})

describe('one blip is no alert', () => {
  test('two failures are not, three are, within five seconds of the first', async () => {
    hear('opened')
    await pass(250)
    hear('changed', { failures: 2 })
    await pass(60_000)
    expect(told).toEqual([])
    hear('closed', { failures: 2 })
    hear('opened', { id: 'i-2', firstSeen: clock.epoch() })
    await pass(1_000)
    hear('changed', { id: 'i-2', failures: 3 })
    await pass(3_000)
    expect(told).toEqual(['team: opened i-2 critical'])
  })

  test('three in more than a minute are not, unless it goes on for 30 s', async () => {
    open({ after: { failures: 3, withinMs: 60_000, lastingMs: 600_000 } })
    hear('opened')
    for (let failures = 2; failures < 8; failures++) {
      await pass(31_000)
      hear('changed', { failures })
    }
    await pass(3_000)
    expect(told).toEqual([])
    open()
    hear('opened', { firstSeen: clock.epoch() })
    await pass(31_000)
    hear('changed', { failures: 2, firstSeen: clock.epoch() - 31_000 })
    await pass(3_000)
    expect(told).toEqual(['team: opened i-1 critical'])
  })

  test('what nobody saw is none, however many were rescued', async () => {
    hear('opened', { failures: 0, rescued: 50 })
    await pass(40_000)
    hear('changed', { failures: 0, rescued: 50_000 })
    await pass(5_000)
    expect(told).toEqual([])
  })
})

describe('an incident', () => {
  test('is told once, and when it is over', async () => {
    hear('opened', { failures: 3 })
    for (let failures = 4; failures < 200; failures++) {
      await pass(1_000)
      hear('changed', { failures })
    }
    hear('closed', { failures: 200 })
    hear('changed', { failures: 200, state: 'closed' })
    await pass(600_000)
    expect(told).toEqual(['team: opened i-1 critical', 'team: resolved i-1 critical'])
  })

  test('that comes back is told again, by what has failed since', async () => {
    hear('opened', { failures: 3 })
    await pass(5_000)
    hear('closed', { failures: 3 })
    await pass(5_000)
    hear('reopened', { failures: 4 })
    await pass(5_000)
    expect(told).toHaveLength(2)
    hear('changed', { failures: 6 })
    await pass(5_000)
    expect(told.at(-1)).toBe('team: opened i-1 critical')
  })

  test('of which nobody was told ends in silence', async () => {
    hear('opened')
    hear('closed')
    await pass(5_000)
    expect(told).toEqual([])
  })

  test('is not told to be over where nobody wants to know, but PagerDuty resolves it', async () => {
    const pager = { name: 'pager', target: { kind: 'pagerduty', url: 'https://events.example.com/', key: 'k' } } as const
    open({
      isResolveTold: false,
      channels: [channelPlan(), { ...pager, target: { ...pager.target, url: 'https://x/services/pager-secret' } }],
    })
    hear('opened', { failures: 3 })
    await pass(3_000)
    hear('closed', { failures: 3 })
    await pass(3_000)
    expect(told).toEqual(['team: opened i-1 critical', 'pager: opened i-1 critical', 'pager: resolved i-1 critical'])
  })

  test('is told again as often as reminders are wanted', async () => {
    open({ remindMs: 3_600_000 })
    hear('opened', { failures: 3 })
    await pass(2.5 * 3_600_000)
    expect(told).toEqual(['team: opened i-1 critical', 'team: reminder i-1 critical', 'team: reminder i-1 critical'])
  })

  test('of a former life of this program is not told again, only that it is over', async () => {
    await pass(60_000)
    hear('changed', { failures: 50, opened: START, firstSeen: START })
    await pass(5_000)
    hear('closed', { failures: 50, opened: START, firstSeen: START })
    await pass(5_000)
    expect(told).toEqual(['team: resolved i-1 critical'])
  })
})

describe('severity', () => {
  const judge = (changes: Partial<Incident>, now: Partial<Standing & { now: number }>) =>
    severityOf(sampleIncident(changes), { isDown: false, lastGood: START - 1_000, since: START, now: START + 5_000, ...now })

  test('is critical where visitors get nothing but errors', () => {
    expect([
      judge({}, { isDown: true, now: START }),
      judge({}, {}),
      judge({}, { lastGood: null }),
      // An answer from before it began that was heard of later.
      judge({}, { lastGood: START + 1_000 }),
    ]).toEqual(['critical', 'critical', 'critical', 'critical'])
  })

  test('is a warning where some are answered well, where it is too soon to say, and where nobody saw it', () => {
    expect([
      judge({}, { lastGood: START + 4_000 }),
      judge({}, { now: START + 1_000 }),
      judge({ failures: 2 }, {}),
      judge({ failures: 0 }, { isDown: true }),
      judge({ upstream: '' }, { isDown: true }),
    ]).toEqual(['warning', 'warning', 'warning', 'warning', 'warning'])
  })

  test('that grows is told, once', async () => {
    standing = { isDown: false, lastGood: START + 100_000 }
    hear('opened', { failures: 3 })
    await pass(5_000)
    standing = { isDown: true, lastGood: START + 5_000 }
    await pass(5_000)
    standing = { isDown: false, lastGood: START + 100_000 }
    await pass(60_000)
    standing = { isDown: true, lastGood: START + 5_000 }
    await pass(60_000)
    expect(told).toEqual(['team: opened i-1 warning', 'team: worse i-1 critical'])
  })

  test('that was told as critical stays so until the end, so that the end is told in quiet hours, too', async () => {
    hear('opened', { failures: 3 })
    await pass(5_000)
    standing = { isDown: false, lastGood: START + 100_000 }
    await pass(5_000)
    hear('closed', { failures: 3 })
    await pass(5_000)
    expect(told).toEqual(['team: opened i-1 critical', 'team: resolved i-1 critical'])
  })

  test('of a first moment is not told where the next one knows better', async () => {
    hear('opened', { failures: 3 })
    await pass(1_000)
    standing = { isDown: false, lastGood: START + 100_000 }
    await pass(5_000)
    expect(told).toEqual(['team: opened i-1 warning'])
  })
})

describe('rules', () => {
  const after = alertsPlan().after
  const rule = { causes: [], upstreams: [], severity: null, to: [], after }
  const channels = [channelPlan('team'), channelPlan('pager')]

  test('the first one that fits decides who is told', async () => {
    open({
      channels,
      rules: [
        { ...rule, causes: ['overload-shed'] },
        { ...rule, upstreams: ['blog'], severity: 'critical', to: ['pager'] },
        { ...rule, upstreams: ['blog'], to: ['team'], after: { ...after, failures: 1 } },
      ],
    })
    hear('opened', { id: 'shed', failures: 30, cause: 'overload-shed' })
    hear('opened', { id: 'blog', failures: 3, upstream: 'blog' })
    hear('opened', { id: 'shop', failures: 3 })
    await pass(3_000)
    expect(told.toSorted()).toEqual(['pager: opened blog critical', 'pager: opened shop critical', 'team: opened shop critical'])
  })

  test('a channel that only a worse one concerns is told then', async () => {
    open({ channels, rules: [{ ...rule, severity: 'warning', to: ['team'] }] })
    standing = { isDown: false, lastGood: START + 100_000 }
    hear('opened', { failures: 3 })
    await pass(5_000)
    standing = { isDown: true, lastGood: START }
    await pass(5_000)
    expect(told).toEqual(['team: opened i-1 warning', 'team: worse i-1 critical', 'pager: opened i-1 critical'])
  })
})

test('a reload keeps what a channel has still to tell, and takes channels that are new or gone', async () => {
  hear('opened', { failures: 3 })
  desk.apply(alertsPlan({ channels: [channelPlan(), channelPlan('pager')] }), { gateway: 'edge', base: null })
  await pass(3_000)
  expect(told).toEqual(['team: opened i-1 critical', 'pager: opened i-1 critical'])
  desk.apply(alertsPlan({ channels: [] }), { gateway: 'edge', base: null })
  hear('closed', { failures: 3 })
  await pass(3_000)
  expect([told.length, desk.channels]).toEqual([2, []])
  expect(wheel.armed).toBe(0)
})

test('a test goes to all channels, or to one by its name', async () => {
  open({ channels: [channelPlan('team'), channelPlan('pager')] })
  expect((await desk.test(null))?.map(({ name, isDelivered }) => [name, isDelivered])).toEqual([
    ['team', true],
    ['pager', true],
  ])
  expect((await desk.test('pager'))?.map(({ name }) => name)).toEqual(['pager'])
  expect(await desk.test('nobody')).toBe(null)
})
