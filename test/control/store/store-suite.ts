/** What every store must do, whatever database is behind it. */
import { afterEach, describe, expect, test } from 'vitest'
import type { KeptAlerts } from '../../../src/control/alert/kept-alerts.ts'
import type { Incident, KeptIncident } from '../../../src/control/incident/incident.ts'
import type { KeptRecord, Retention, ServiceDay, Store } from '../../../src/control/store/store.ts'
import type { Clock } from '../../../src/std/clock.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { failed } from '../incident/record.ts'

const DAY_MS = 24 * 3_600_000
export const RETENTION: Retention = { ageMs: 30 * DAY_MS, bytesMax: 1024 * 1024, incidentsMax: 5 }

export type Opening = { readonly clock: Clock; readonly retention: Retention }

export function incident(id: string, changes: Partial<Incident> = {}): KeptIncident {
  const counts = { causes: { 'connect-refused': 3 }, statuses: { '502': 3 }, routes: { all: 3 }, endpoints: { 'http://10.0.0.1:3000': 3 } }
  const times = { opened: 1_000, closed: null, firstSeen: 1_000, lastSeen: 2_000, lastGood: null }
  const told = { examples: ['r-1'], pulse: { beganAt: 1_000, stepMs: 1_000, counts: [3] }, diagnosis: null, worth: null }
  const kept: Incident = {
    ...{ id, cause: 'connect-refused', upstream: 'shop', state: 'open', reopened: 0, failures: 3, visitors: 2, crawlers: 1, rescued: 0 },
    ...counts,
    ...times,
    ...told,
    ...changes,
  }
  return { incident: kept, sketch: Uint8Array.of(0, 1, 2, 255) }
}

function kept(id: string, changes: Partial<KeptRecord['record']> = {}, of = ''): KeptRecord {
  return { record: failed('connect-refused', { id, ...changes }), incident: of }
}

type Open = (opening: Opening, isAgain: boolean) => Promise<Store>

/** The store of one test, opened and closed as often as it likes. */
class Bench {
  readonly clock = new ManualClock()
  readonly #open: Open
  #store: Store | null = null

  constructor(open: Open) {
    this.#open = open
  }

  get store(): Store {
    return this.#store as Store
  }

  async opened(retention: Partial<Retention> = {}, isAgain = false): Promise<Store> {
    await this.close()
    this.#store = await this.#open({ clock: this.clock, retention: { ...RETENTION, ...retention } }, isAgain)
    return this.#store
  }

  async close(): Promise<void> {
    await this.#store?.close()
    this.#store = null
  }
}

/** `open` begins with an empty database, unless `isAgain`: then with what the former one of the same test has left. */
export function describeStore(name: string, open: Open): void {
  const bench = new Bench(open)
  afterEach(() => bench.close())
  describe(name, () => {
    testRequests(bench)
    testIncidents(bench)
    testForgetting(bench)
    testAlerts(bench)
    testDays(bench)
  })
}

function testRequests(bench: Bench): void {
  test('finds a request by its id, as it was told, also after it was closed and opened again', async () => {
    const record = failed('connect-refused', { id: 'a-1', target: '/\u0000ü?q=\u{1f600}', isCrawler: true, ms: 1.5 })
    await (await bench.opened()).write({ records: [kept('other'), { record, incident: 'i-1' }], incidents: [] })
    const [found] = await (await bench.opened({}, true)).request('a-1')
    expect(found).toEqual({ record, incident: 'i-1', place: expect.any(Number) })
    expect(await bench.store.request('nobody')).toEqual([])
  })

  test('gives all that have one id, the latest first', async () => {
    await (await bench.opened()).write({ records: [kept('same', { ms: 1 }), kept('same', { ms: 2 })], incidents: [] })
    expect((await bench.store.request('same')).map(({ record }) => record.ms)).toEqual([2, 1])
  })

  test('lists records by what they belong to, page by page', async () => {
    const records = Array.from({ length: 5 }, (_, i) => kept(`p-${i}`, { upstream: i === 4 ? 'blog' : 'shop' }, i % 2 === 0 ? 'i-1' : ''))
    await (await bench.opened()).write({ records, incidents: [] })
    const ids = async (query: object): Promise<string[]> =>
      (await bench.store.records({ limit: 10, ...query })).map(({ record }) => record.id)
    expect(await ids({})).toEqual(['p-4', 'p-3', 'p-2', 'p-1', 'p-0'])
    expect(await ids({ incident: 'i-1' })).toEqual(['p-4', 'p-2', 'p-0'])
    expect(await ids({ incident: 'i-1', upstream: 'shop' })).toEqual(['p-2', 'p-0'])
    expect(await ids({ cause: 'connect-timeout' })).toEqual([])
    const [, second] = await bench.store.records({ cause: 'connect-refused', limit: 2 })
    expect(await ids({ cause: 'connect-refused', limit: 2, before: second?.place })).toEqual(['p-2', 'p-1'])
  })
}

function testIncidents(bench: Bench): void {
  test('keeps the latest state of an incident, with what is needed to go on counting', async () => {
    await (await bench.opened()).write({ records: [], incidents: [incident('i-1'), incident('i-2', { opened: 3_000 })] })
    const later = incident('i-1', { state: 'closed', closed: 9_000, failures: 12, lastSeen: 5_000 })
    await bench.store.write({ records: [kept('r', {}, 'i-1')], incidents: [later] })
    expect(await bench.store.incident('i-1')).toEqual(later.incident)
    expect(await bench.store.incident('i-9')).toBeNull()
    expect((await bench.store.incidents({ limit: 10 })).map(({ id }) => id)).toEqual(['i-2', 'i-1'])
    expect((await bench.store.incidents({ limit: 10, before: 3_000 })).map(({ id }) => id)).toEqual(['i-1'])
    expect((await bench.store.incidents({ limit: 10, since: 9_000 })).map(({ id }) => id)).toEqual(['i-2'])
    expect((await bench.store.unfinished(9_000)).map((one) => one.incident.id)).toEqual(['i-2'])
    const [unfinished] = await (await bench.opened({}, true)).unfinished(8_999)
    expect({ ...unfinished, sketch: [...(unfinished?.sketch ?? [])] }).toEqual({ incident: later.incident, sketch: [0, 1, 2, 255] })
  })
}

function testForgetting(bench: Bench): void {
  test('forgets the oldest when there is too much, and never the latest', async () => {
    await bench.opened({ bytesMax: 200_000 })
    for (let batch = 0; batch < 20; batch++) {
      const records = Array.from({ length: 100 }, (_, i) => kept(`${batch}-${i}`))
      await bench.store.write({ records, incidents: [] })
    }
    const left = await bench.store.records({ limit: 10_000 })
    expect(left.length).toBeGreaterThan(50)
    expect(left.length).toBeLessThan(800)
    expect(left[0]?.record.id).toBe('19-99')
    expect(await bench.store.request('0-0')).toEqual([])
  })

  test('forgets what is too old, but no incident that is open', async () => {
    await bench.opened()
    const now = bench.clock.epoch()
    const records = [kept('old', { endedAt: now - 31 * DAY_MS }), kept('young', { endedAt: now - 29 * DAY_MS })]
    const long = { lastSeen: now - 31 * DAY_MS, closed: now - 31 * DAY_MS }
    await bench.store.write({ records, incidents: [incident('i-old', { ...long, state: 'closed' }), incident('i-open', { lastSeen: 1 })] })
    bench.clock.advance(120_000)
    await bench.store.write({ records: [kept('new', { endedAt: bench.clock.epoch() })], incidents: [] })
    expect((await bench.store.records({ limit: 10 })).map(({ record }) => record.id)).toEqual(['new', 'young'])
    expect((await bench.store.incidents({ limit: 10 })).map(({ id }) => id)).toEqual(['i-open'])
  })

  test('keeps so many incidents, the latest', async () => {
    await bench.opened()
    const now = bench.clock.epoch()
    const times = (index: number) => ({ opened: now + index, closed: now + index, lastSeen: now })
    const incidents = Array.from({ length: 9 }, (_, index) => incident(`i-${index}`, times(index)))
    await bench.store.write({ records: [], incidents })
    bench.clock.advance(120_000)
    await bench.store.write({ records: [kept('new', { endedAt: bench.clock.epoch() })], incidents: [] })
    expect((await bench.store.incidents({ limit: 10 })).map(({ id }) => id)).toEqual(['i-8', 'i-7', 'i-6', 'i-5', 'i-4'])
  })
}

function testAlerts(bench: Bench): void {
  const kept = (channel: string, incident: string): KeptAlerts => ({
    channel,
    waiting: [{ incident, kind: 'opened', severity: 'critical', since: 1_000 }],
    told: [{ incident: 'i-0', severity: 'warning' }],
  })

  test('what a channel has still to tell is kept, replaced, and found again by another process', async () => {
    const write = { records: [], incidents: [] }
    await (await bench.opened()).write({ ...write, alerts: [kept('slack', 'i-1'), kept('email', 'i-1')] })
    await bench.store.write({ ...write, alerts: [kept('slack', 'i-2')] })
    await bench.store.write(write)
    const alerts = await (await bench.opened({}, true)).alerts()
    expect(alerts.toSorted((one, other) => one.channel.localeCompare(other.channel))).toEqual([kept('email', 'i-1'), kept('slack', 'i-2')])
  })
}

function testDays(bench: Bench): void {
  const day = (number: number, service: string, downMs = 0): ServiceDay => ({
    day: number,
    service,
    watchedMs: 86_400_000,
    downMs,
    partialMs: 7,
  })

  test('days of services are kept, replaced, and found again by another process', async () => {
    await (await bench.opened()).writeDays([day(20_000, 'Shop'), day(20_000, 'Search'), day(20_001, 'Shop')])
    await bench.store.writeDays([day(20_001, 'Shop', 5)])
    const store = await bench.opened({}, true)
    expect(await store.days(20_001)).toEqual([day(20_001, 'Shop', 5)])
    expect(await store.days(0)).toHaveLength(3)
  })

  test('days are forgotten after more than a year', async () => {
    const store = await bench.opened()
    await store.writeDays([day(20_000, 'Shop'), day(20_300, 'Shop')])
    await store.writeDays([day(20_401, 'Shop')])
    expect((await store.days(0)).map((one) => one.day)).toEqual([20_300, 20_401])
  })
}
