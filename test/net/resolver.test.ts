/** Names, asked of a real name server that answers as the test says; time moves only by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '../../src/causes/failure.ts'
import { RESOLVER } from '../../src/config/defaults.ts'
import { type NameAnswer, NameServer, type Question } from '../../src/insight/fault/name-server.ts'
import { type Resolution, Resolver, type ResolverOptions } from '../../src/net/resolver.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { until } from '../support/until.ts'

const HOST = 'app.test'
const SERVICE = '_http._tcp.app.test'
const PLACE = { address: '10.0.0.1', port: 0, host: HOST, priority: 0, weight: 1 }

let server: NameServer
let clock: ManualClock
let wheel: Wheel
let resolver: Resolver

beforeEach(async () => {
  server = await NameServer.open(() => 'silence')
  clock = new ManualClock()
  wheel = new Wheel({ clock, tickMs: 10, isDriven: false })
  resolver = create({})
})

afterEach(() => {
  resolver.close()
  server.close()
})

function create(options: Partial<ResolverOptions>): Resolver {
  return new Resolver({ ...RESOLVER, servers: [server.address], ...options }, clock, wheel)
}

function resolve(host = HOST, isFresh = false): Promise<Resolution | Failure> {
  return new Promise((done) => resolver.resolve({ kind: 'tcp', host, port: 80 }, done, isFresh))
}

function locate(): Promise<Resolution | Failure> {
  return new Promise((done) => resolver.resolve({ kind: 'srv', service: SERVICE }, done))
}

function addressesOf(outcome: Resolution | Failure): string[] {
  if (outcome.kind === 'failure') throw new Error(outcome.cause)
  return outcome.places.map(({ address }) => address)
}

async function addresses(isFresh = false): Promise<string[]> {
  return addressesOf(await resolve(HOST, isFresh))
}

/** Asks, gets what is known already, and waits for what comes of asking. */
function renewed(): Promise<Resolution | Failure> {
  return new Promise((done) => {
    const stop = resolver.watch({ kind: 'tcp', host: HOST, port: 80 }, (outcome) => {
      stop()
      done(outcome)
    })
    void resolve()
  })
}

function answer(ttlS: number, ...found: string[]): void {
  server.answer = () => ({ addresses: found, ttlS })
}

function advance(ms: number): void {
  clock.advance(ms)
  wheel.advance()
}

describe('a name', () => {
  it('has the addresses of both families, IPv6 first, whichever answer comes first', async () => {
    answer(60, '10.0.0.1', 'fd00::1', '10.0.0.2')
    for (let i = 0; i < 5; i++) {
      expect(await addresses(true)).toEqual(['fd00::1', '10.0.0.1', '10.0.0.2'])
      advance(1_000)
    }
    expect(server.asked.length).toBe(10)
  })

  it('may have addresses of one family only, also where the other one is an error', async () => {
    server.answer = ({ type }: Question): NameAnswer => (type === 'A' ? { addresses: ['10.0.0.1'], ttlS: 5 } : { error: 'NXDOMAIN' })
    expect(await addresses()).toEqual(['10.0.0.1'])
  })

  it('that is an address needs no asking', async () => {
    expect(await resolve('127.0.0.1')).toMatchObject({ kind: 'resolution', isCached: false, isStale: false })
    expect(addressesOf(await resolve('127.0.0.1'))).toEqual(['127.0.0.1'])
    expect(addressesOf(await resolve('::1'))).toEqual(['::1'])
    expect(server.asked).toEqual([])
  })

  it('localhost belongs to the machine, whatever servers there are', async () => {
    const outcome = await resolve('localhost')
    expect(addressesOf(outcome)).toContain('127.0.0.1')
    expect(server.asked).toEqual([])
  })

  it('is asked for once, however many wait for it', async () => {
    answer(60, '10.0.0.1')
    await Promise.all(Array.from({ length: 20 }, () => resolve()))
    expect(server.asked.filter(({ type }) => type === 'A').length).toBe(1)
  })
})

describe('an answer is kept', () => {
  it('for its time to live', async () => {
    answer(5, '10.0.0.1')
    await addresses()
    answer(5, '10.0.0.2')
    advance(4_999)
    expect(await resolve()).toMatchObject({ places: [PLACE], isCached: true, isStale: false })
    expect(server.asked.length).toBe(2)
    advance(1)
    expect(await renewed()).toMatchObject({ places: [{ ...PLACE, address: '10.0.0.2' }], isCached: false, isStale: false })
  })

  it('and serves on for as long again, at most five seconds, while it is asked for', async () => {
    answer(3, '10.0.0.1')
    await addresses()
    server.answer = () => 'silence'
    advance(3_000)
    expect(await resolve()).toMatchObject({ places: [PLACE], isCached: true, isStale: false })
    advance(990)
    expect(await resolve()).toMatchObject({ places: [PLACE], isStale: false })
    await until('both questions have arrived', () => server.asked.length === 4)
  })

  it('not after a longer time without traffic', async () => {
    answer(3, '10.0.0.1')
    await addresses()
    answer(3, '10.0.0.2')
    advance(6_000)
    expect(await addresses()).toEqual(['10.0.0.2'])
  })

  it('no shorter and no longer than configured', async () => {
    resolver = create({ ttlMinMs: 2_000, ttlMaxMs: 10_000 })
    answer(0, '10.0.0.1')
    await addresses()
    answer(3_600, '10.0.0.2')
    advance(1_999)
    expect(await addresses()).toEqual(['10.0.0.1'])
    expect(server.asked.length).toBe(2)
    advance(1)
    expect(addressesOf(await renewed())).toEqual(['10.0.0.2'])
    answer(5, '10.0.0.3')
    advance(10_000)
    expect(addressesOf(await renewed())).toEqual(['10.0.0.3'])
  })

  it('unless a fresh one is wanted', async () => {
    answer(60, '10.0.0.1')
    await addresses()
    answer(60, '10.0.0.2')
    expect(await addresses(true)).toEqual(['10.0.0.2'])
    expect(await resolve()).toMatchObject({ places: [{ ...PLACE, address: '10.0.0.2' }], isCached: true })
  })
})

describe('when asking again comes to nothing', () => {
  beforeEach(async () => {
    answer(1, '10.0.0.1')
    await addresses()
    advance(2_000)
  })

  it('the old answer serves on, and for a while without asking', async () => {
    server.answer = () => ({ error: 'SERVFAIL' })
    expect(await resolve()).toMatchObject({ kind: 'resolution', places: [PLACE], isCached: true, isStale: true })
    const asked = server.asked.length
    advance(4_999)
    expect(await resolve()).toMatchObject({ isStale: true })
    expect(server.asked.length).toBe(asked)
    answer(60, '10.0.0.2')
    advance(1)
    expect(await renewed()).toMatchObject({ places: [{ ...PLACE, address: '10.0.0.2' }], isStale: false })
  })

  it('the old answer serves after a second of silence', async () => {
    server.answer = () => 'silence'
    const outcome = resolve()
    advance(1_010)
    expect(await outcome).toMatchObject({ places: [PLACE], isStale: true })
  })

  it('a name that is gone is gone', async () => {
    server.answer = () => ({ error: 'NXDOMAIN' })
    expect(await resolve()).toMatchObject({ kind: 'failure', cause: 'dns-nxdomain' })
    server.answer = () => ({ error: 'SERVFAIL' })
    advance(1_000)
    expect(await resolve()).toMatchObject({ kind: 'failure', cause: 'dns-servfail' })
  })
})

describe('what failed is not asked for by each of many', () => {
  it('for a second', async () => {
    server.answer = () => ({ error: 'NXDOMAIN' })
    await resolve()
    answer(60, '10.0.0.1')
    const asked = server.asked.length
    advance(999)
    expect(await resolve()).toMatchObject({ cause: 'dns-nxdomain' })
    expect(await resolve(HOST, true)).toMatchObject({ cause: 'dns-nxdomain' })
    expect(server.asked.length).toBe(asked)
    advance(1)
    expect(await addresses()).toEqual(['10.0.0.1'])
  })

  it('and a fresh answer is good for all who want one just then', async () => {
    answer(60, '10.0.0.1')
    await addresses()
    await addresses(true)
    const asked = server.asked.length
    advance(249)
    await addresses(true)
    expect(server.asked.length).toBe(asked)
    advance(1)
    await addresses(true)
    expect(server.asked.length).toBe(asked + 2)
  })
})

describe('who watches a name', () => {
  it('hears what comes of asking, whoever asked, until he stops', async () => {
    const heard: (Resolution | Failure)[] = []
    const stop = resolver.watch({ kind: 'tcp', host: HOST, port: 1 }, (outcome) => heard.push(outcome))
    answer(5, '10.0.0.1')
    await addresses()
    await addresses()
    expect(heard).toMatchObject([{ places: [PLACE], isCached: false, validMs: 5_000 }])
    advance(10_000)
    server.answer = () => ({ error: 'SERVFAIL' })
    await addresses()
    expect(heard[1]).toMatchObject({ places: [PLACE], isStale: true, validMs: 5_000, problem: { cause: 'dns-servfail' } })
    stop()
    advance(10_000)
    await addresses()
    expect(heard.length).toBe(2)
  })

  it('hears of an answer that came too late for those who waited', async () => {
    answer(1, '10.0.0.1')
    await addresses()
    advance(2_000)
    const heard = Promise.withResolvers<Resolution | Failure>()
    resolver.watch({ kind: 'tcp', host: HOST, port: 1 }, heard.resolve)
    answer(60, '10.0.0.2')
    const outcome = resolve()
    advance(1_010)
    expect(addressesOf(await outcome)).toEqual(['10.0.0.1'])
    expect(addressesOf(await heard.promise)).toEqual(['10.0.0.2'])
    expect(await addresses()).toEqual(['10.0.0.2'])
  })
})

describe('a service', () => {
  const hosts: Readonly<Record<string, string>> = { 'one.test': '10.0.0.1', 'two.test': '10.0.0.2' }

  function offer(...targets: { target: string; port: number; priority?: number; weight?: number }[]): void {
    server.answer = ({ name, type }) => {
      if (name === SERVICE) return type === 'SRV' ? { targets, ttlS: 60 } : { error: 'NXDOMAIN' }
      const address = hosts[name]
      return address === undefined ? { error: 'NXDOMAIN' } : { addresses: [address], ttlS: 7 }
    }
  }

  it('is in the places that its records name, those of lower priority and greater weight first', async () => {
    offer(
      { target: 'one.test', port: 3001, priority: 2 },
      { target: 'two.test', port: 3002 },
      { target: 'one.test', port: 3003, weight: 5 },
    )
    expect(await locate()).toMatchObject({
      validMs: 7_000,
      places: [
        { address: '10.0.0.1', port: 3003, host: 'one.test', priority: 0, weight: 5 },
        { address: '10.0.0.2', port: 3002, host: 'two.test', priority: 0, weight: 1 },
        { address: '10.0.0.1', port: 3001, host: 'one.test', priority: 2, weight: 1 },
      ],
    })
    expect(server.asked.filter(({ name }) => name === 'one.test').length).toBe(2)
  })

  it('does without hosts that cannot be resolved', async () => {
    offer({ target: 'gone.test', port: 3001 }, { target: 'two.test', port: 3002 })
    expect(addressesOf(await locate())).toEqual(['10.0.0.2'])
    offer({ target: 'gone.test', port: 3001 })
    advance(20_000)
    const outcome = (await locate()) as Failure
    expect(outcome).toMatchObject({ cause: 'dns-nxdomain' })
    expect(outcome.evidence).toEqual(
      expect.arrayContaining([
        { name: 'service', value: SERVICE },
        { name: 'asked', value: 'gone.test' },
      ]),
    )
  })

  it('that is said not to be here is not', async () => {
    offer({ target: '.', port: 0 })
    expect(await locate()).toMatchObject({ cause: 'dns-nxdomain' })
  })
})

describe('a name without an address fails', () => {
  it.each([
    [{ error: 'NXDOMAIN' }, 'dns-nxdomain', 'ENOTFOUND'],
    [{ error: 'SERVFAIL' }, 'dns-servfail', 'ESERVFAIL'],
    [{ error: 'REFUSED' }, 'dns-servfail', 'EREFUSED'],
    [{ addresses: [], ttlS: 1 }, 'dns-nxdomain', 'ENODATA'],
  ] as const)('%o is %s', async (said, cause, code) => {
    server.answer = () => said
    const outcome = await resolve()
    expect(outcome).toMatchObject({ kind: 'failure', cause, phase: 'resolve', replay: 'safe' })
    expect((outcome as Failure).evidence).toContainEqual({ name: 'code', value: code })
    expect((outcome as Failure).evidence).toContainEqual({ name: 'resolver', value: server.address })
  })

  it('silence is dns-timeout', async () => {
    resolver = create({ timeoutMs: 100 })
    expect(await resolve()).toMatchObject({ kind: 'failure', cause: 'dns-timeout' })
  })

  it('the worse of two errors counts', async () => {
    server.answer = ({ type }) => ({ error: type === 'A' ? 'NXDOMAIN' : 'SERVFAIL' })
    expect(await resolve()).toMatchObject({ cause: 'dns-servfail' })
  })
})
