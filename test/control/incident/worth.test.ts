/** What an incident cost: by what the configuration says, of what visitors saw. */
import { describe, expect, test } from 'vitest'
import { WORTH } from '../../../src/config/defaults.ts'
import { planOf } from '../../../src/config/load.ts'
import type { WorthPlan } from '../../../src/config/worth-plan.ts'
import type { Incident } from '../../../src/control/incident/incident.ts'
import { IncidentBook } from '../../../src/control/incident/incident-book.ts'
import { moneyText, worthOf } from '../../../src/control/incident/worth.ts'
import type { FailureRecord } from '../../../src/gateway/observe/record.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { failed, rescued } from './record.ts'

function worthPlan(text: string): WorthPlan {
  const upstreams = 'upstreams: { shop: { endpoints: ["http://10.0.0.1:3000"] } }'
  const { plan } = planOf(text.includes('upstreams') ? text : `${upstreams}\n${text}`, {
    ...{ file: 'gatewell.yaml', environment: {}, instance: 'i', parallelism: 1 },
  })
  return plan?.worth ?? WORTH
}

function incidentOf(worth: WorthPlan, records: readonly FailureRecord[]): Incident | undefined {
  const book = new IncidentBook({
    clock: new ManualClock(),
    lastGoodOf: () => null,
    worthOf: (one) => worthOf(one, worth),
    onEvent: () => {},
  })
  for (const record of records) book.take(record)
  const [incident] = book.recent
  const kept = incident === undefined ? null : book.kept(incident.id)
  const next = new IncidentBook({ clock: new ManualClock(), lastGoodOf: () => null, onEvent: () => {} })
  if (kept !== null) next.restore([JSON.parse(JSON.stringify({ ...kept, sketch: [] }))])
  // It is the same after a restart.
  expect(next.recent[0]?.worth).toEqual(incident?.worth)
  return incident
}

describe('an incident costs', () => {
  test('what each failed request was worth', () => {
    const records = [failed('connect-refused'), failed('connect-refused'), failed('connect-refused')]
    expect(incidentOf(worthPlan('worth: 0.1 EUR per request'), records)?.worth).toEqual({ amount: 0.3, currency: 'EUR' })
  })

  test('an order for each POST', () => {
    const records = [failed('connect-refused'), failed('connect-refused', { method: 'POST' }), failed('connect-refused', { method: 'PUT' })]
    expect(incidentOf(worthPlan('worth: 80 EUR per order'), records)?.worth).toEqual({ amount: 80, currency: 'EUR' })
  })

  test('the share of an order that each request is', () => {
    const records = [failed('connect-refused'), failed('connect-refused', { method: 'POST' })]
    expect(incidentOf(worthPlan('worth: 80 EUR per order, 2% of requests'), records)?.worth).toEqual({ amount: 3.2, currency: 'EUR' })
  })

  test('nothing for what crawlers saw, what clients provoked and what was rescued', () => {
    const records = [
      failed('connect-refused', { isCrawler: true }),
      failed('client-closed', { upstream: 'shop' }),
      rescued('connect-refused'),
    ]
    expect(incidentOf(worthPlan('worth: 1 EUR per request'), records)).toMatchObject({ failures: 1, worth: { amount: 0, currency: 'EUR' } })
  })

  test('nobody knows what where nobody has said it', () => {
    expect(incidentOf(WORTH, [failed('connect-refused')])?.worth).toBeNull()
  })
})

test('what stands at a route goes before its upstream, and that before the whole', () => {
  const plan = worthPlan(`
upstreams:
  shop: { endpoints: ["http://10.0.0.1:3000"], worth: 2 EUR per request }
  blog: { endpoints: ["http://10.0.0.2:3000"] }
routes:
  - { host: a.test, path: /pay/*, to: shop, worth: 3 EUR per request }
  - { to: shop }
worth: 1 EUR per request
`)
  const asked = { method: 'GET', isCrawler: false }
  expect(worthOf({ ...asked, route: 'a.test/pay/*', upstream: 'shop' }, plan)?.amount).toBe(3)
  expect(worthOf({ ...asked, route: '/*', upstream: 'shop' }, plan)?.amount).toBe(2)
  expect(worthOf({ ...asked, route: '/*', upstream: 'blog' }, plan)?.amount).toBe(1)
  expect(worthOf({ ...asked, route: 'constructor', upstream: 'toString' }, plan)?.amount).toBe(1)
})

test('amounts are told as people write them', () => {
  expect(moneyText({ amount: 38.4, currency: 'EUR' })).toBe('about 38.40 EUR')
  expect(moneyText({ amount: 1_234_567.891, currency: 'USD' })).toBe('about 1,234,567.89 USD')
  expect(moneyText({ amount: 1_234.5, currency: 'JPY' })).toBe('about 1,235 JPY')
})
