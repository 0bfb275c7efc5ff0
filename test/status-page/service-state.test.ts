import { describe, expect, test } from 'vitest'
import { headlineOf, publicIncidents } from '../../src/control/status-page/public-incident.ts'
import { maintenanceMessage, type Sight, stateOf } from '../../src/control/status-page/service-state.ts'
import { NOW, open } from './sample.ts'

const SHOP = { upstream: 'shop', route: null }
const FIND = { upstream: 'shop', route: 'shop/find/*' }
const BLOG = { upstream: 'blog', route: null }

function sight(changes: Partial<Sight> = {}): Sight {
  return {
    incidents: [],
    lostSince: () => null,
    lastGoodOf: () => NOW,
    routesOf: (upstream) => [`${upstream}/*`],
    maintenance: [],
    now: NOW,
    ...changes,
  }
}

const of = (...parts: { upstream: string; route: string | null }[]) => ({ name: 'Shop', parts })
const lost = (...upstreams: string[]): Partial<Sight> => ({ lostSince: (upstream) => (upstreams.includes(upstream) ? NOW - 10_000 : null) })
const off = (changes: object) => ({ upstream: null, route: null, message: '', allow: [], retryAfterMs: 1, ...changes })

describe('a service', () => {
  test('is up while nothing is wrong', () => expect(stateOf(of(SHOP, BLOG), sight())).toBe('up'))

  test('is down when nothing of it can be reached, though nobody came meanwhile', () => {
    expect(stateOf(of(SHOP), sight(lost('shop')))).toBe('down')
    expect(stateOf(of(SHOP, BLOG), sight(lost('shop', 'blog')))).toBe('down')
  })

  test('is not down for the seconds of a restart', () => {
    expect(stateOf(of(SHOP), sight({ lostSince: () => NOW - 3_000 }))).toBe('up')
  })

  test('fails for some when a part of it is down', () => expect(stateOf(of(SHOP, BLOG), sight(lost('blog')))).toBe('partial'))

  test('fails for some while some requests fail, and is down when none was answered since', () => {
    expect(stateOf(of(SHOP), sight({ incidents: [open()] }))).toBe('partial')
    expect(stateOf(of(SHOP), sight({ incidents: [open()], lastGoodOf: () => NOW - 60_000 }))).toBe('down')
  })

  test.each([
    ['it was a blip', { failures: 2, firstSeen: NOW - 2_000 }],
    ['every request was rescued', { failures: 0 }],
    ['the last one failed a minute ago', { lastSeen: NOW - 61_000 }],
    ['it is over', { state: 'closed' as const }],
    ['it is about another upstream', { upstream: 'blog' }],
  ])('is up although there is an incident: %s', (_, changes) => {
    expect(stateOf(of(SHOP), sight({ incidents: [open(changes)] }))).toBe('up')
  })

  test('of one route is only as bad as that route', () => {
    expect(stateOf(of(FIND), sight({ incidents: [open()] }))).toBe('up')
    expect(stateOf(of(FIND), sight({ incidents: [open({ routes: { 'shop/find/*': 3 } })] }))).toBe('partial')
  })

  test('suffers from the gateway itself where its routes do', () => {
    const incidents = [open({ upstream: '', cause: 'gateway-internal' })]
    expect([stateOf(of(SHOP), sight({ incidents })), stateOf(of(BLOG), sight({ incidents }))]).toEqual(['partial', 'up'])
  })

  test('is being worked on while operators say so, whatever else is wrong', () => {
    for (const one of [off({}), off({ upstream: 'shop' })]) {
      expect(stateOf(of(SHOP), sight({ ...lost('shop'), maintenance: [one] }))).toBe('maintenance')
    }
    expect(stateOf(of(SHOP), sight({ maintenance: [off({ upstream: 'blog' })] }))).toBe('up')
    const said = [off({ upstream: 'internal', message: 'Not for you.' }), off({ upstream: 'shop', message: 'Back at 9.' })]
    expect([maintenanceMessage([of(SHOP)], said), maintenanceMessage([of(BLOG)], said)]).toEqual(['Back at 9.', ''])
    expect(stateOf(of(SHOP, BLOG), sight({ ...lost('blog'), maintenance: [off({ upstream: 'shop' })] }))).toBe('partial')
  })
})

describe('incidents in visitors words', () => {
  const status = {
    host: 's',
    title: 'S',
    services: [
      { ...of(SHOP), name: 'Shop' },
      { ...of(BLOG), name: 'Blog' },
    ],
  }
  const told = (...incidents: ReturnType<typeof open>[]) => publicIncidents(status, { incidents, routesOf: sight().routesOf })

  test('name services and no causes, and are one where they are one to visitors', () => {
    const first = open({ state: 'closed', opened: NOW - 900_000, lastSeen: NOW - 800_000 })
    const second = open({
      id: 'i-2',
      cause: 'response-timeout',
      failures: 50,
      state: 'closed',
      opened: NOW - 700_000,
      lastSeen: NOW - 600_000,
    })
    const [one, ...others] = told(second, first)
    expect(one).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      services: ['Shop'],
      how: 'too slow to answer',
      from: NOW - 900_000,
      until: NOW - 600_000,
    })
    expect(others).toEqual([])
    expect(headlineOf(one as NonNullable<typeof one>)).toBe('Shop was too slow to answer')
  })

  test('go on while one of them does, and are the latest first', () => {
    const blog = open({ id: 'i-3', upstream: 'blog', state: 'closed', opened: NOW - 90_000_000, lastSeen: NOW - 89_000_000 })
    expect(told(blog, open()).map((one) => [headlineOf(one), one.until])).toEqual([
      ['Shop is unreachable', null],
      ['Blog was unreachable', NOW - 89_000_000],
    ])
  })

  test('do not tell of what no visitor saw, nor of what belongs to no service', () => {
    expect(told(open({ failures: 0, rescued: 900 }), open({ upstream: 'internal' }))).toEqual([])
  })
})
