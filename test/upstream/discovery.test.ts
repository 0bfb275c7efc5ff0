/** When names are asked for again, and what an upstream hears of it: a real name server, and time that moves only by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RESOLVER } from '../../src/config/defaults.ts'
import type { EndpointPlan } from '../../src/config/plan.ts'
import { Discovery } from '../../src/gateway/upstream/discovery.ts'
import { NameServer } from '../../src/insight/fault/name-server.ts'
import { Resolver } from '../../src/net/resolver.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { until } from '../support/until.ts'

let server: NameServer
let clock: ManualClock
let wheel: Wheel
let resolver: Resolver
let discovery: Discovery
let isInUse: boolean
/** The endpoints that were told, and what had moved among them. */
let told: string[]

beforeEach(async () => {
  server = await NameServer.open(() => ({ error: 'NXDOMAIN' }))
  clock = new ManualClock()
  wheel = new Wheel({ clock, tickMs: 10, isDriven: false })
  resolver = new Resolver({ ...RESOLVER, servers: [server.address] }, clock, wheel)
  isInUse = true
  told = []
  discovery = new Discovery({
    resolver,
    wheel,
    isInUse: () => isInUse,
    onChange: (endpoints, moved) => told.push(`${names(endpoints)}${moved.size > 0 ? ` moved ${[...moved]}` : ''}`),
  })
})

afterEach(() => {
  discovery.close()
  resolver.close()
  server.close()
})

function plan(host = 'app.test'): EndpointPlan {
  return { url: `http://${host}:80`, address: { kind: 'tcp', host, port: 80 }, weight: 1, isBackup: false }
}

function names(endpoints: readonly EndpointPlan[]): string {
  return endpoints.map(({ url }) => url.replace(/^http:..|:80$/g, '')).join(' ')
}

function answer(...addresses: string[]): void {
  server.answer = () => ({ addresses, ttlS: 5 })
}

async function hear(count: number): Promise<string | undefined> {
  await until(`${count} changes were told`, () => told.length >= count)
  return told[count - 1]
}

/** Until every question has its answer: the timer for the next one is armed. */
async function settled(asked: number): Promise<void> {
  await until('all is answered', () => server.asked.length === asked && wheel.armed === 1)
}

function advance(ms: number): void {
  clock.advance(ms)
  wheel.advance()
}

describe('a name', () => {
  it('is one endpoint until it is known to be several', async () => {
    answer('10.0.0.1', '10.0.0.2')
    expect(names(discovery.update([plan()]))).toBe('app.test')
    expect(await hear(1)).toBe('10.0.0.1 10.0.0.2')
  })

  it('is asked for again when its time is over, while it is in use', async () => {
    answer('10.0.0.1', '10.0.0.2')
    discovery.update([plan()])
    await hear(1)
    answer('10.0.0.2', '10.0.0.3')
    advance(4_990)
    expect(server.asked.length).toBe(2)
    advance(20)
    expect(await hear(2)).toBe('10.0.0.2 10.0.0.3')
    advance(5_010)
    await settled(6)
    expect(told.length).toBe(2)
  })

  it('out of use is not asked for, until someone else does', async () => {
    answer('10.0.0.1', '10.0.0.2')
    discovery.update([plan()])
    await hear(1)
    isInUse = false
    advance(5_010)
    expect([server.asked.length, wheel.armed]).toEqual([2, 0])
    answer('10.0.0.3', '10.0.0.4')
    resolver.resolve({ kind: 'tcp', host: 'app.test', port: 99 }, () => {})
    expect(await hear(2)).toBe('10.0.0.3 10.0.0.4')
  })

  it('that keeps its one endpoint may lead to another server', async () => {
    answer('10.0.0.1')
    discovery.update([plan()])
    await settled(2)
    expect(told).toEqual([])
    answer('10.0.0.2')
    advance(5_010)
    expect(await hear(1)).toBe('app.test moved http://app.test:80')
  })

  it('that cannot be found is looked for again and again, ever less often', async () => {
    isInUse = false
    discovery.update([plan()])
    await settled(2)
    for (const [index, pauseMs] of [1_000, 2_000, 4_000].entries()) {
      advance(pauseMs - 20)
      expect(server.asked.length).toBe(2 + 2 * index)
      advance(40)
      await settled(4 + 2 * index)
    }
    answer('10.0.0.1', '10.0.0.2')
    advance(8_010)
    expect(await hear(1)).toBe('10.0.0.1 10.0.0.2')
  })

  it('that is gone keeps its endpoints: what is open goes on, and what is dialled fails with the cause', async () => {
    answer('10.0.0.1', '10.0.0.2')
    discovery.update([plan()])
    await hear(1)
    server.answer = () => ({ error: 'NXDOMAIN' })
    advance(5_010)
    await settled(4)
    expect(told.length).toBe(1)
  })
})

describe('another plan', () => {
  it('keeps what is known of the names that stay, and forgets the others', async () => {
    server.answer = ({ name }) => ({ addresses: name === 'app.test' ? ['10.0.0.1', '10.0.0.2'] : ['10.9.0.1', '10.9.0.2'], ttlS: 5 })
    discovery.update([plan(), plan('old.test')])
    expect(await hear(2)).toBe('10.0.0.1 10.0.0.2 10.9.0.1 10.9.0.2')
    expect(names(discovery.update([plan(), plan('10.1.1.1')]))).toBe('10.0.0.1 10.0.0.2 10.1.1.1')
    expect(wheel.armed).toBe(1)
  })

  it('counts an address once that several of its endpoints lead to', async () => {
    answer('10.0.0.1', '10.0.0.2')
    discovery.update([plan('10.0.0.2'), plan()])
    expect(await hear(1)).toBe('10.0.0.2 10.0.0.1')
  })
})
