import { beforeEach, describe, expect, test } from 'vitest'
import { HealthLog } from '../../../src/control/health/health-log.ts'
import { createLog } from '../../../src/control/log.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { endpointStatus, upstreamStatus } from './monitored.ts'

let said: { level: string; msg: string }[]
let clock: ManualClock
let log: HealthLog

beforeEach(() => {
  said = []
  clock = new ManualClock()
  log = new HealthLog({ log: createLog({ isTerminal: false, destination: { write: (line) => said.push(JSON.parse(line)) } }), clock })
})

const usable = endpointStatus(1)
const failed = { cause: 'connect-refused', at: 1 } as const
const ejected = endpointStatus(1, { state: 'ejected', failure: failed })
const lines = (): string[] => said.map(({ level, msg }) => `${level} ${msg}`)

describe('the operator reads a line', () => {
  test('when traffic leaves an endpoint out, and when it comes back', () => {
    log.note([upstreamStatus([usable, endpointStatus(2)])])
    log.note([upstreamStatus([ejected, endpointStatus(2)])])
    log.note([upstreamStatus([ejected, endpointStatus(2)])])
    log.note([upstreamStatus([usable, endpointStatus(2)])])
    expect(lines()).toEqual([
      'warn app: http://127.0.0.1:1 is left out for a while after failures in a row: connect-refused (Nothing listens on that port).',
      'info app: http://127.0.0.1:1 gets requests again.',
    ])
  })

  test('when nothing can be reached any more, with the reasons, and for how long', () => {
    log.note([upstreamStatus([usable])])
    log.note([upstreamStatus([endpointStatus(1, { isDown: true, failure: failed })], { isLost: true })])
    clock.advance(4_200)
    log.note([upstreamStatus([usable])])
    expect(lines()).toEqual([
      'error app: no endpoint can be reached: http://127.0.0.1:1 connect-refused (Nothing listens on that port).',
      'info app: can be reached again after 4.2 s.',
    ])
  })

  test('when so few are usable that all are used', () => {
    const few = [endpointStatus(1), endpointStatus(2, { state: 'unhealthy' }), endpointStatus(3, { state: 'unhealthy' })]
    log.note([upstreamStatus(few, { isPanicking: true })])
    log.note([upstreamStatus([endpointStatus(1), endpointStatus(2), endpointStatus(3, { state: 'unhealthy' })])])
    expect(lines()).toEqual([
      'warn app: only 1 of 3 endpoints are usable, so few that all of them are used.',
      'info app: enough endpoints are usable again: 2 of 3 endpoints.',
    ])
    log.note([upstreamStatus([endpointStatus(1, { state: 'unhealthy' })], { isPanicking: true })])
    expect(lines().at(-1)).toBe('warn app: no endpoint is usable, so requests go to all of them as they are.')
  })

  test('and none while nothing changes', () => {
    for (let i = 0; i < 3; i++) log.note([upstreamStatus([usable])])
    expect(said).toEqual([])
  })
})
