/** Names, asked of a real name server that answers as the test says; time moves only by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '../../src/causes/failure.ts'
import { RESOLVER } from '../../src/config/defaults.ts'
import { type NameAnswer, NameServer, type Question } from '../../src/insight/fault/name-server.ts'
import { type Resolution, Resolver, type ResolverOptions } from '../../src/net/resolver.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'

const HOST = 'app.test'

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
  return new Promise((done) => resolver.resolve(host, done, isFresh))
}

async function addresses(isFresh = false): Promise<readonly string[]> {
  const outcome = await resolve(HOST, isFresh)
  if (outcome.kind === 'failure') throw new Error(outcome.cause)
  return outcome.addresses
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
    for (let i = 0; i < 5; i++) expect(await addresses(true)).toEqual(['fd00::1', '10.0.0.1', '10.0.0.2'])
  })

  it('may have addresses of one family only, also where the other one is an error', async () => {
    server.answer = ({ type }: Question): NameAnswer => (type === 'A' ? { addresses: ['10.0.0.1'], ttlS: 5 } : { error: 'NXDOMAIN' })
    expect(await addresses()).toEqual(['10.0.0.1'])
  })

  it('that is an address needs no asking', async () => {
    expect(await resolve('127.0.0.1')).toEqual({ kind: 'resolution', addresses: ['127.0.0.1'], isCached: false, isStale: false })
    expect(await resolve('::1')).toMatchObject({ addresses: ['::1'] })
    expect(server.asked).toEqual([])
  })

  it('localhost belongs to the machine, whatever servers there are', async () => {
    const outcome = await resolve('localhost')
    expect(outcome.kind === 'resolution' && outcome.addresses).toContain('127.0.0.1')
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
    expect(await resolve()).toMatchObject({ addresses: ['10.0.0.1'], isCached: true, isStale: false })
    advance(1)
    expect(await resolve()).toMatchObject({ addresses: ['10.0.0.2'], isCached: false, isStale: false })
  })

  it('no shorter and no longer than configured', async () => {
    resolver = create({ ttlMinMs: 2_000, ttlMaxMs: 10_000 })
    answer(0, '10.0.0.1')
    await addresses()
    answer(3_600, '10.0.0.2')
    advance(1_999)
    expect(await addresses()).toEqual(['10.0.0.1'])
    advance(1)
    expect(await addresses()).toEqual(['10.0.0.2'])
    answer(5, '10.0.0.3')
    advance(10_000)
    expect(await addresses()).toEqual(['10.0.0.3'])
  })

  it('unless a fresh one is wanted', async () => {
    answer(60, '10.0.0.1')
    await addresses()
    answer(60, '10.0.0.2')
    expect(await addresses(true)).toEqual(['10.0.0.2'])
    expect(await resolve()).toMatchObject({ addresses: ['10.0.0.2'], isCached: true })
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
    expect(await resolve()).toEqual({ kind: 'resolution', addresses: ['10.0.0.1'], isCached: true, isStale: true })
    const asked = server.asked.length
    advance(4_999)
    expect(await resolve()).toMatchObject({ isStale: true })
    expect(server.asked.length).toBe(asked)
    answer(60, '10.0.0.2')
    advance(1)
    expect(await resolve()).toMatchObject({ addresses: ['10.0.0.2'], isStale: false })
  })

  it('the old answer serves after a second of silence', async () => {
    server.answer = () => 'silence'
    const outcome = resolve()
    advance(1_010)
    expect(await outcome).toMatchObject({ addresses: ['10.0.0.1'], isStale: true })
  })

  it('a name that is gone is gone', async () => {
    server.answer = () => ({ error: 'NXDOMAIN' })
    expect(await resolve()).toMatchObject({ kind: 'failure', cause: 'dns-nxdomain' })
    server.answer = () => ({ error: 'SERVFAIL' })
    expect(await resolve()).toMatchObject({ kind: 'failure', cause: 'dns-servfail' })
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
