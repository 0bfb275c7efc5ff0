/** Which failures make an incident, and when it is over. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { IncidentEvent } from '../../../src/control/incident/incident.ts'
import { IncidentBook } from '../../../src/control/incident/incident-book.ts'
import type { FailureRecord } from '../../../src/gateway/observe/record.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { failed, rescued } from './record.ts'

let clock: ManualClock
let events: IncidentEvent[]
let book: IncidentBook

beforeEach(() => {
  clock = new ManualClock()
  events = []
  book = createBook()
})

function createBook(): IncidentBook {
  return new IncidentBook({ clock, lastGoodOf: (name) => (name === 'shop' ? 42 : null), onEvent: (event) => events.push(event) })
}

function take(record: FailureRecord): string {
  return book.take({ ...record, endedAt: clock.epoch() })
}

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 1_000) {
    clock.advance(Math.min(1_000, ms - passed))
    book.tick()
  }
}

const kinds = (): string[] => events.map(({ kind }) => kind)

describe('an incident', () => {
  test('is opened by the first failure that a visitor saw, and told at once', () => {
    const id = take(failed('connect-refused', { id: 'first', client: '192.0.2.1' }))
    expect(id).toMatch(/^i-[0-9a-z]{8}$/)
    expect(events).toMatchObject([
      {
        kind: 'opened',
        incident: {
          ...{ id, cause: 'connect-refused', upstream: 'shop', state: 'open', failures: 1, visitors: 1, crawlers: 0, rescued: 0 },
          ...{ routes: { all: 1 }, endpoints: { 'http://127.0.0.1:3000': 1 }, statuses: { 502: 1 }, lastGood: 42, examples: ['first'] },
        },
      },
    ])
  })

  test('gathers failures of one cause at one upstream, and tells of them once a second', () => {
    const id = take(failed('connect-refused', { client: '192.0.2.1' }))
    for (const client of ['192.0.2.2', '192.0.2.1', '192.0.2.3']) expect(take(failed('connect-refused', { client }))).toBe(id)
    take(failed('connect-refused', { isCrawler: true, client: '192.0.2.9' }))
    take(rescued('connect-refused'))
    pass(3_000)
    expect(kinds()).toEqual(['opened', 'changed'])
    expect(events[1]?.incident).toMatchObject({ failures: 5, visitors: 3, crawlers: 1, rescued: 1 })
  })

  test('is another one for another cause or another upstream', () => {
    const ids = [take(failed('connect-refused')), take(failed('response-timeout')), take(failed('connect-refused', { upstream: 'blog' }))]
    expect(new Set(ids).size).toBe(3)
  })

  test('closes after two quiet minutes, and says when', () => {
    take(failed('connect-refused'))
    const at = clock.epoch()
    pass(119_000)
    expect(kinds()).toEqual(['opened'])
    pass(1_000)
    expect(events.at(-1)).toMatchObject({ kind: 'closed', incident: { state: 'closed', closed: at + 120_000, lastSeen: at } })
  })

  test('goes on when it comes back within ten minutes, and is a new one after that', () => {
    const id = take(failed('connect-refused'))
    pass(120_000 + 599_000)
    expect(take(failed('connect-refused'))).toBe(id)
    expect(events.at(-1)).toMatchObject({ kind: 'reopened', incident: { state: 'open', closed: null, reopened: 1, failures: 2 } })
    pass(120_000 + 601_000)
    expect(take(failed('connect-refused'))).not.toBe(id)
    expect(kinds()).toEqual(['opened', 'closed', 'reopened', 'closed', 'opened'])
  })

  test('goes on where it was when control is started again', () => {
    const id = take(failed('connect-refused', { client: '192.0.2.1' }))
    const kept = structuredClone(book.kept(id))
    book = createBook()
    book.restore(kept === null ? [] : [kept])
    expect(take(failed('connect-refused', { client: '192.0.2.1' }))).toBe(id)
    expect(take(failed('connect-refused', { client: '192.0.2.2' }))).toBe(id)
    expect(book.find(id)).toMatchObject({ failures: 3, visitors: 2, causes: { 'connect-refused': 3 } })
  })

  test('that had gone quiet while control was away ended then', () => {
    const id = take(failed('connect-refused'))
    const { lastSeen } = book.find(id) ?? { lastSeen: 0 }
    const kept = structuredClone(book.kept(id))
    clock.advance(7_200_000)
    book = createBook()
    book.restore(kept === null ? [] : [kept])
    pass(1_000)
    expect(events.at(-1)).toMatchObject({ kind: 'closed', incident: { closed: lastSeen + 120_000 } })
  })
})

describe('no incident', () => {
  test.each(['client-closed', 'request-malformed', 'route-not-found', 'maintenance-mode', 'upstream-paused'] as const)(
    'is made of %s',
    (cause) => {
      expect(take(failed(cause))).toBe('')
      expect(events).toEqual([])
    },
  )

  test('is made of a few that were rescued, but of fifty within a minute', () => {
    for (let i = 0; i < 49; i++) expect(take(rescued('connect-refused'))).toBe('')
    clock.advance(61_000)
    for (let i = 0; i < 49; i++) expect(take(rescued('connect-refused'))).toBe('')
    expect(take(rescued('connect-refused'))).not.toBe('')
    expect(events).toMatchObject([{ kind: 'opened', incident: { failures: 0, rescued: 50, visitors: 0 } }])
  })

  test('is made of races on kept connections, for they belong to keeping them', () => {
    for (let i = 0; i < 200; i++) take(rescued('keepalive-race'))
    expect(events).toEqual([])
  })
})

describe('one that is many rescued requests', () => {
  test('ends when they are few, and counts those from before it', () => {
    for (let i = 0; i < 60; i++) take(rescued('connect-refused'))
    for (let s = 0; s < 130; s++) {
      take(rescued('connect-refused'))
      pass(1_000)
    }
    expect(events.at(-1)?.kind).not.toBe('closed')
    for (let s = 0; s < 260; s++) {
      if (s % 20 === 0) take(rescued('connect-refused'))
      pass(1_000)
    }
    expect(events.at(-1)?.kind).toBe('closed')
  })
})

describe('different signs of one thing', () => {
  test('are one incident: the requests that a dying server cut off, and those that it refuses afterwards', () => {
    const id = take(failed('reset-before-response'))
    clock.advance(2_000)
    expect(take(failed('connect-refused'))).toBe(id)
    expect(take(failed('truncated-body', { status: 200 }))).toBe(id)
    expect(take(failed('no-healthy-upstream', { status: 503 }))).toBe(id)
    expect(book.find(id)).toMatchObject({
      cause: 'connect-refused',
      causes: { 'reset-before-response': 1, 'connect-refused': 1, 'truncated-body': 1, 'no-healthy-upstream': 1 },
      statuses: { 502: 2, 'cut off': 1, 503: 1 },
    })
  })

  test('are two incidents when they come apart', () => {
    const id = take(failed('reset-before-response'))
    clock.advance(11_000)
    expect(take(failed('connect-refused'))).not.toBe(id)
  })
})

describe('what grows', () => {
  test('has a limit: examples, routes and the steps of time', () => {
    let id = ''
    for (let i = 0; i < 300; i++) {
      id = take(failed('connect-refused', { id: `x-${i}`, route: `/${i}` }))
      clock.advance(1_000)
    }
    const found = book.find(id)
    expect(found?.examples).toEqual(['x-0', 'x-1', 'x-2', 'x-293', 'x-294', 'x-295', 'x-296', 'x-297', 'x-298', 'x-299'])
    expect(Object.keys(found?.routes ?? {})).toHaveLength(51)
    expect(found?.routes.others).toBe(250)
    expect(found?.pulse).toMatchObject({ stepMs: 8_000 })
    expect(found?.pulse.counts).toEqual([...Array(37).fill(8), 4])
  })
})
