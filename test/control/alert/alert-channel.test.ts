/** When a channel is told: what comes together, what waits, what is tried again, and that nothing of it grows without end. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { AlertsPlan } from '../../../src/config/alert-plan.ts'
import { AlertChannel } from '../../../src/control/alert/alert-channel.ts'
import type { AlertMessage } from '../../../src/control/alert/alert-message.ts'
import { isQuiet } from '../../../src/control/alert/quiet-hours.ts'
import { delivered, type Receipt, undelivered } from '../../../src/control/alert/receipt.ts'
import { createLog } from '../../../src/control/log.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { alertsPlan, channelPlan, sampleIncident, sampleNotice } from './sample.ts'

const MINUTE = 60_000

let clock: ManualClock
let channel: AlertChannel
let messages: AlertMessage[]
let said: string[]
/** What the service answers: the first of them, the last one for ever. */
let answers: (Receipt | Promise<Receipt>)[]

function open(changes: Partial<AlertsPlan> = {}): void {
  const log = createLog({ isTerminal: false, destination: { write: (line) => said.push((JSON.parse(line) as { msg: string }).msg) } })
  channel = new AlertChannel({
    ...{ plan: channelPlan(), alerts: alertsPlan(changes), letterhead: { gateway: 'edge', base: null }, clock, log },
    deliver: async (_, message) => {
      messages.push(message)
      return (answers.length > 1 ? answers.shift() : answers[0]) as Receipt
    },
  })
}

/** Ticks as the desk does, four times a second. */
async function pass(ms: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs)
    channel.tick()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
  }
}

function told(): string[][] {
  return messages.map(({ notices }) => notices.map(({ kind, incident }) => `${kind} ${incident.id}`))
}

beforeEach(() => {
  clock = new ManualClock()
  messages = []
  said = []
  answers = [delivered('200 ok')]
  open()
})

describe('what comes together', () => {
  test('is one message, most urgent first', async () => {
    channel.add(sampleNotice({ id: 'i-1' }, { severity: 'warning' }))
    await pass(1_000)
    channel.add(sampleNotice({ id: 'i-2' }))
    channel.add(sampleNotice({ id: 'i-3', state: 'closed' }, { kind: 'resolved' }))
    await pass(1_000)
    expect(messages).toEqual([])
    await pass(1_000)
    expect(told()).toEqual([['opened i-2', 'resolved i-3', 'opened i-1']])
    await pass(10 * MINUTE, 1_000)
    expect(messages).toHaveLength(1)
  })

  test('tells of an incident as it is by then', async () => {
    channel.add(sampleNotice({ failures: 3 }))
    channel.refresh(sampleIncident({ failures: 30 }), 'warning')
    channel.refresh(sampleIncident({ id: 'i-9' }), 'critical')
    await pass(3_000)
    expect(messages[0]?.notices).toEqual([sampleNotice({ failures: 30 }, { severity: 'warning' })])
  })

  test('tells whoever has not heard of it all at once: it opened, and is over', async () => {
    channel.add(sampleNotice())
    channel.add(sampleNotice({ state: 'closed' }, { kind: 'resolved' }))
    await pass(3_000)
    expect(messages[0]?.notices).toEqual([sampleNotice({ state: 'closed' })])
  })
})

describe('the allowance', () => {
  async function flood(count: number, severity: 'critical' | 'warning', from = 0): Promise<void> {
    for (let i = from; i < from + count; i++) {
      channel.add(sampleNotice({ id: `i-${i}` }, { severity }))
      await pass(3_000)
    }
  }

  test('is ten messages in ten minutes, and the next one says how many were held back', async () => {
    await flood(40, 'warning')
    expect(messages).toHaveLength(10)
    await pass(10 * MINUTE, 1_000)
    expect(messages).toHaveLength(11)
    expect(messages[10]?.notices).toHaveLength(30)
    expect(messages[10]?.delay).toBe('30 were held back, so that there are no more than 10 messages in 10 min.')
  })

  test('is another one for what is critical', async () => {
    await flood(12, 'warning')
    await flood(1, 'critical', 100)
    expect(messages).toHaveLength(11)
    expect(messages[10]?.notices[0]?.severity).toBe('critical')
  })

  test('holds no more than 200 back, and counts the rest', async () => {
    await flood(10, 'warning')
    for (let i = 0; i < 500; i++) channel.add(sampleNotice({ id: `j-${i}` }, { severity: i === 0 ? 'critical' : 'warning' }))
    expect(channel.state).toMatchObject({ waiting: 200, dropped: 300 })
    await pass(3_000)
    expect(messages[10]?.notices[0]?.incident.id).toBe('j-0')
  })
})

describe('quiet hours', () => {
  // The clock begins at 22:13 UTC.
  const quietHours = { fromMinute: 22 * 60, toMinute: 7 * 60 }

  test('are by the clock on the wall, also over midnight', () => {
    const at = (time: string, timeZone = 'UTC') => isQuiet(quietHours, timeZone, Date.parse(`2026-07-01T${time}:00Z`))
    expect([at('21:59'), at('22:00'), at('00:00'), at('06:59'), at('07:00')]).toEqual([false, true, true, true, false])
    expect([at('19:59', 'Europe/Berlin'), at('20:00', 'Europe/Berlin'), at('05:00', 'Europe/Berlin')]).toEqual([false, true, false])
    const noon = (time: string) => isQuiet({ fromMinute: 720, toMinute: 780 }, 'UTC', Date.parse(`2026-07-01T${time}:00Z`))
    expect([noon('11:59'), noon('12:00'), noon('13:00'), isQuiet(null, null, 0)]).toEqual([false, true, false, false])
  })

  test('let what is critical through, and its end', async () => {
    open({ quietHours })
    channel.add(sampleNotice({ id: 'i-1' }, { severity: 'warning' }))
    channel.add(sampleNotice({ id: 'i-2' }))
    await pass(3_000)
    channel.add(sampleNotice({ id: 'i-2', state: 'closed' }, { kind: 'resolved' }))
    await pass(3_000)
    expect(told()).toEqual([['opened i-2'], ['resolved i-2']])
    expect(messages.map(({ delay }) => delay)).toEqual([null, null])
  })

  test('keep the rest until they end, as one message', async () => {
    open({ quietHours })
    channel.add(sampleNotice({ id: 'i-1' }, { severity: 'warning' }))
    await pass(MINUTE, 1_000)
    channel.add(sampleNotice({ id: 'i-2' }, { severity: 'warning' }))
    channel.add(sampleNotice({ id: 'i-1', state: 'closed' }, { kind: 'resolved', severity: 'warning' }))
    await pass(8 * 60 * MINUTE, MINUTE)
    expect(messages).toEqual([])
    await pass(60 * MINUTE, MINUTE)
    expect(told()).toEqual([['opened i-2', 'opened i-1']])
    expect(messages[0]?.delay).toBe('This has waited for the end of quiet hours.')
  })
})

describe('a service that is away', () => {
  const DOWN = undelivered('nothing listens there')

  test('is asked again, less and less often, and told of all that happened meanwhile at once', async () => {
    answers = [DOWN]
    channel.add(sampleNotice({ id: 'i-1' }))
    await pass(3_000)
    for (let i = 2; i < 6; i++) channel.add(sampleNotice({ id: `i-${i}` }))
    await pass(10 * MINUTE)
    // After 1, 2, 4, … 256 s.
    expect(messages).toHaveLength(10)
    expect(channel.state).toMatchObject({ state: 'failing', waiting: 5, sent: 0, lastError: { says: 'nothing listens there' } })
    answers = [delivered('200 ok')]
    await pass(6 * MINUTE)
    expect(told().slice(-2)).toEqual([['opened i-1'], ['opened i-2', 'opened i-3', 'opened i-4', 'opened i-5']])
    expect(channel.state).toMatchObject({ state: 'working', waiting: 0, sent: 2, dropped: 0 })
    expect(said).toEqual([
      'Alerts do not get through to team (hooks.example.com): nothing listens there. `gatewell alerts` shows how it is.',
      'Alerts get through to team (hooks.example.com) again.',
    ])
  })

  test('is given up after an hour, message by message', async () => {
    answers = [DOWN]
    channel.add(sampleNotice({ id: 'i-1' }))
    await pass(70 * MINUTE, 1_000)
    expect(channel.state).toMatchObject({ waiting: 0, dropped: 1 })
    expect(said.at(-1)).toBe(
      'An alert was given up on team (hooks.example.com): shop is down: Nothing listens on that port. nothing listens there',
    )
  })

  test('gets the time that it asks for, up to ten minutes', async () => {
    answers = [undelivered('429', { retryAfterMs: 45_000 }), undelivered('429', { retryAfterMs: 86_400_000 }), delivered('200')]
    channel.add(sampleNotice())
    await pass(3_000)
    await pass(44_000)
    expect(messages).toHaveLength(1)
    await pass(2_000)
    expect(messages).toHaveLength(2)
    await pass(10 * MINUTE - 2_000, 1_000)
    expect(messages).toHaveLength(2)
    await pass(5_000)
    expect(channel.state).toMatchObject({ state: 'working', sent: 1 })
  })

  test('is not asked again where it refused a message for what it is', async () => {
    answers = [undelivered('400 invalid_blocks', { isFinal: true }), delivered('200')]
    channel.add(sampleNotice({ id: 'i-1' }))
    await pass(10_000)
    expect(channel.state).toMatchObject({ state: 'failing', dropped: 1, waiting: 0 })
    channel.add(sampleNotice({ id: 'i-2' }))
    await pass(10_000)
    expect(told()).toEqual([['opened i-1'], ['opened i-2']])
  })

  test('that hangs is asked by one message at a time', async () => {
    const hanging = Promise.withResolvers<Receipt>()
    answers = [hanging.promise, delivered('200')]
    for (let i = 0; i < 20; i++) {
      channel.add(sampleNotice({ id: `i-${i}` }))
      await pass(3_000)
    }
    expect(messages).toHaveLength(1)
    hanging.resolve(delivered('200'))
    await pass(1_000)
    expect(messages.map(({ notices }) => notices.length)).toEqual([1, 19])
  })
})

test('a test goes out at once, whatever waits, and says what came back', async () => {
  answers = [undelivered('404 no_service', { isFinal: true })]
  channel.add(sampleNotice())
  expect(await channel.test()).toMatchObject({ isDelivered: false, says: '404 no_service' })
  expect(messages.map(({ notices }) => notices)).toEqual([[]])
  expect(channel.state).toMatchObject({ waiting: 1, lastError: { says: '404 no_service' } })
})
