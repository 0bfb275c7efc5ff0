/** Dialing address by address, with real sockets on loopback and a clock that is moved by hand. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Failure } from '../../src/causes/failure.ts'
import { RESOLVER } from '../../src/config/defaults.ts'
import { NameServer } from '../../src/insight/fault/name-server.ts'
import { StuckListener } from '../../src/insight/fault/stuck-listener.ts'
import type { Address, EndpointAddress } from '../../src/net/address.ts'
import type { Channel, ChannelOwner } from '../../src/net/channel.ts'
import { Dialer, type Dialing } from '../../src/net/dial.ts'
import { Resolver } from '../../src/net/resolver.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { unusedPort } from '../support/raw-origin.ts'

const CONNECT_MS = 3_000
const OWNER: ChannelOwner = { onBytes: () => {}, onDrain: () => {}, onEnd: () => {}, onClose: () => {} }

const open: { close(): unknown }[] = []
let clock: ManualClock
let wheel: Wheel
let names: NameServer
let dialer: Dialer

beforeEach(async () => {
  clock = new ManualClock()
  wheel = new Wheel({ clock, tickMs: 10, isDriven: false })
  names = keep(await NameServer.open(() => 'silence'))
  const resolver = keep(new Resolver({ ...RESOLVER, servers: [names.address], timeoutMs: 500 }, clock, wheel))
  dialer = new Dialer({ clock, wheel, resolver })
})

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

function keep<T extends { close(): unknown }>(one: T): T {
  open.push(one)
  return one
}

async function listen(host: string, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    keep({ close: () => socket.destroy() })
  })
  server.listen(port, host)
  await once(server, 'listening')
  keep(server)
  return { server, port: (server.address() as { port: number }).port }
}

function named(port: number): Address {
  return { kind: 'tcp', host: 'app.test', port }
}

type Dialed = { readonly outcome: Promise<Channel | Failure>; readonly dialing: Dialing; isDone(): boolean }

function dial(address: EndpointAddress): Dialed {
  let isDone = false
  let dialing: Dialing | undefined
  const outcome = new Promise<Channel | Failure>((resolve) => {
    dialing = dialer.dial(address, CONNECT_MS, OWNER, Buffer.alloc(1_024), (result) => {
      isDone = true
      if (!('kind' in result)) keep({ close: () => result.destroy() })
      resolve(result)
    })
  })
  return { outcome, dialing: dialing as Dialing, isDone: () => isDone }
}

async function connected(dialed: Dialed): Promise<Channel> {
  const outcome = await dialed.outcome
  if ('kind' in outcome) throw new Error(outcome.cause)
  return outcome
}

function advance(ms: number): void {
  clock.advance(ms)
  wheel.advance()
}

/** Until the kernel and the name server have done their part; none of it depends on the clock that is moved by hand. */
async function settled(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('an address', () => {
  it('is connected to', async () => {
    const { port } = await listen('127.0.0.1', 0)
    const channel = await connected(dial({ kind: 'tcp', host: '127.0.0.1', port }))
    expect(channel.remoteAddress).toBe('127.0.0.1')
    expect(wheel.armed).toBe(0)
  })

  it('that refuses is a failure, with its evidence', async () => {
    const port = await unusedPort()
    const outcome = (await dial({ kind: 'tcp', host: '127.0.0.1', port }).outcome) as Failure
    expect(outcome).toMatchObject({ cause: 'connect-refused', phase: 'connect', replay: 'safe' })
    expect(outcome.evidence).toContainEqual({ name: 'port', value: port })
    expect(wheel.armed).toBe(0)
  })

  it('that stays silent is given up after the time for connecting, not before', async () => {
    const stuck = keep(await StuckListener.open())
    const dialed = dial(stuck.address)
    advance(CONNECT_MS - 20)
    await new Promise((resolve) => setImmediate(resolve))
    expect(dialed.isDone()).toBe(false)
    advance(40)
    expect(await dialed.outcome).toMatchObject({ cause: 'connect-timeout', phase: 'connect' })
    expect(wheel.armed).toBe(0)
  })

  it('that is dialled no more says nothing', async () => {
    const { server, port } = await listen('127.0.0.1', 0)
    const dialed = dial({ kind: 'tcp', host: '127.0.0.1', port })
    dialed.dialing.cancel()
    const other = dial({ kind: 'tcp', host: '127.0.0.1', port })
    await Promise.all([connected(other), once(server, 'connection')])
    expect(dialed.isDone()).toBe(false)
    expect(wheel.armed).toBe(0)
  })
})

describe('a name with several addresses', () => {
  it('is tried at the next one 250 ms after the first began, while that stays silent', async () => {
    const stuck = keep(await StuckListener.open())
    const { port } = stuck.address as { port: number }
    const { server } = await listen('127.0.0.2', port)
    let arrived = 0
    server.on('connection', () => arrived++)
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    const dialed = dial(named(port))
    // The time for connecting, and the one for the next address.
    await settled(() => wheel.armed === 2)
    advance(240)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(arrived).toBe(0)
    advance(20)
    expect((await connected(dialed)).remoteAddress).toBe('127.0.0.2')
    expect(wheel.armed).toBe(0)
  })

  it('is tried at the next one at once when the first refuses', async () => {
    const { port } = await listen('127.0.0.2', 0)
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    expect((await connected(dial(named(port)))).remoteAddress).toBe('127.0.0.2')
  })

  it('may still be answered by the slow first one when the second has been refused', async () => {
    const stuck = keep(await StuckListener.open())
    const { port } = stuck.address as { port: number }
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    const dialed = dial(named(port))
    await settled(() => wheel.armed === 2)
    advance(260)
    stuck.release()
    // The kernel sends its first packet again after a second, of real time.
    expect((await connected(dialed)).remoteAddress).toBe('127.0.0.1')
  })

  it('fails when all have failed, with the last failure', async () => {
    const port = await unusedPort()
    names.answer = () => ({ addresses: ['127.255.255.255', '127.0.0.1'], ttlS: 60 })
    const outcome = (await dial(named(port)).outcome) as Failure
    expect(outcome.cause).toBe('connect-refused')
    expect(outcome.evidence).toContainEqual({ name: 'address', value: '127.0.0.1' })
  })

  it('has one time for all of them together', async () => {
    const stuck = keep(await StuckListener.open())
    const { port } = stuck.address as { port: number }
    keep(await StuckListener.open({ host: '127.0.0.2', port }))
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    const dialed = dial(named(port))
    await settled(() => wheel.armed === 2)
    advance(300)
    advance(CONNECT_MS - 300)
    const outcome = (await dialed.outcome) as Failure
    expect(outcome.cause).toBe('connect-timeout')
    expect(outcome.evidence).toContainEqual({ name: 'address', value: '127.0.0.1 127.0.0.2' })
    expect(wheel.armed).toBe(0)
  })

  it('alternates between the families, IPv6 first', async () => {
    const { port } = await listen('127.0.0.9', 0)
    const refused = ['::1', '127.0.0.1', '127.0.0.9']
    names.answer = () => ({ addresses: [...refused, 'fd00::1'], ttlS: 60 })
    // ::1 refuses, 127.0.0.1 refuses, and only then comes the second IPv6 address, which has no way or is still silent.
    const dialed = dial(named(port))
    await settled(() => dialed.isDone() || wheel.armed === 2)
    advance(260)
    expect((await connected(dialed)).remoteAddress).toBe('127.0.0.9')
  })
})

describe('a name', () => {
  it('localhost works where only 127.0.0.1 listens', async () => {
    const { port } = await listen('127.0.0.1', 0)
    expect((await connected(dial({ kind: 'tcp', host: 'localhost', port }))).remoteAddress).toBe('127.0.0.1')
  })

  it('that cannot be resolved fails in its own phase', async () => {
    names.answer = () => ({ error: 'NXDOMAIN' })
    expect(await dial(named(80)).outcome).toMatchObject({ cause: 'dns-nxdomain', phase: 'resolve' })
    expect(wheel.armed).toBe(0)
  })

  it('whose server stays silent for longer than connecting may take is dns-timeout', async () => {
    const dialed = dial(named(80))
    advance(CONNECT_MS + 10)
    expect(await dialed.outcome).toMatchObject({ cause: 'dns-timeout', phase: 'resolve' })
  })

  it('that has moved is followed within the same dial', async () => {
    const { server, port } = await listen('127.0.0.1', 0)
    names.answer = () => ({ addresses: ['127.0.0.1'], ttlS: 60 })
    await connected(dial(named(port)))
    server.close()
    await listen('127.0.0.2', port)
    names.answer = () => ({ addresses: ['127.0.0.2'], ttlS: 60 })
    expect((await connected(dial(named(port)))).remoteAddress).toBe('127.0.0.2')
  })

  it('that has not moved is not asked for again and again', async () => {
    const port = await unusedPort()
    names.answer = () => ({ addresses: ['127.0.0.1'], ttlS: 60 })
    expect(await dial(named(port)).outcome).toMatchObject({ cause: 'connect-refused' })
    const asked = names.asked.length
    expect(await dial(named(port)).outcome).toMatchObject({ cause: 'connect-refused' })
    expect(names.asked.length).toBe(2 * asked)
  })

  it('that cannot be asked for again leaves a stale address', async () => {
    const { server, port } = await listen('127.0.0.1', 0)
    names.answer = () => ({ addresses: ['127.0.0.1'], ttlS: 60 })
    await connected(dial(named(port)))
    server.close()
    names.answer = () => ({ error: 'SERVFAIL' })
    const outcome = (await dial(named(port)).outcome) as Failure
    expect(outcome.cause).toBe('dns-stale')
    expect(outcome.evidence).toContainEqual({ name: 'connect_cause', value: 'connect-refused' })
    expect(outcome.evidence).toContainEqual({ name: 'cached_addresses', value: '127.0.0.1' })
  })
})

describe('an address that was found by a name', () => {
  const found = (host: string, port: number): Address => ({
    kind: 'tcp',
    host,
    port,
    found: { host: 'app.test', by: { kind: 'tcp', host: 'app.test', port } },
  })

  it('is the only one that is dialled', async () => {
    const { port } = await listen('127.0.0.2', 0)
    await listen('127.0.0.1', port)
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    expect((await connected(dial(found('127.0.0.2', port)))).remoteAddress).toBe('127.0.0.2')
  })

  it('is not dialled any more when the name leads elsewhere', async () => {
    const { server, port } = await listen('127.0.0.1', 0)
    let arrived = 0
    server.on('connection', () => arrived++)
    names.answer = () => ({ addresses: ['127.0.0.2', '127.0.0.3'], ttlS: 60 })
    const outcome = (await dial(found('127.0.0.1', port)).outcome) as Failure
    expect(outcome).toMatchObject({ cause: 'dns-stale', phase: 'resolve', replay: 'safe' })
    expect(outcome.evidence).toEqual([
      { name: 'cached_addresses', value: `127.0.0.1:${port}` },
      { name: 'fresh_addresses', value: '127.0.0.2 127.0.0.3' },
    ])
    expect(arrived).toBe(0)
  })

  it('that refuses is asked for again, and named stale when the name has left it', async () => {
    const { server, port } = await listen('127.0.0.1', 0)
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    await connected(dial(found('127.0.0.1', port)))
    server.close()
    names.answer = () => ({ addresses: ['127.0.0.2', '127.0.0.3'], ttlS: 60 })
    const outcome = (await dial(found('127.0.0.1', port)).outcome) as Failure
    expect(outcome).toMatchObject({ cause: 'dns-stale', phase: 'connect' })
    expect(outcome.evidence.slice(0, 3)).toEqual([
      { name: 'cached_addresses', value: '127.0.0.1 127.0.0.2' },
      { name: 'fresh_addresses', value: '127.0.0.2 127.0.0.3' },
      { name: 'connect_cause', value: 'connect-refused' },
    ])
  })

  it('that stays silent is asked for again after 250 ms', async () => {
    const stuck = keep(await StuckListener.open())
    const { port } = stuck.address as { port: number }
    const other = await listen('127.0.0.2', port)
    names.answer = () => ({ addresses: ['127.0.0.1', '127.0.0.2'], ttlS: 60 })
    await connected(dial(found('127.0.0.2', port)))
    other.server.close()
    names.answer = () => ({ addresses: ['127.0.0.2', '127.0.0.3'], ttlS: 60 })
    const dialed = dial(found('127.0.0.1', port))
    await settled(() => wheel.armed === 2)
    advance(260)
    expect(await dialed.outcome).toMatchObject({ cause: 'dns-stale' })
    expect(wheel.armed).toBe(0)
  })
})

describe('a service', () => {
  it('is dialled at the ports of its records, by their priority', async () => {
    const { port } = await listen('127.0.0.1', 0)
    const refused = await unusedPort()
    names.answer = ({ type }) =>
      type === 'SRV'
        ? {
            targets: [
              { target: 'b.test', port, priority: 2 },
              { target: 'a.test', port: refused, priority: 1 },
            ],
            ttlS: 60,
          }
        : { addresses: ['127.0.0.1'], ttlS: 60 }
    const channel = await connected(dial({ kind: 'srv', service: '_http._tcp.app.test' }))
    expect(channel.remoteAddress).toBe('127.0.0.1')
  })
})
