/** What the kernel's tables say about real sockets. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Failure, failure } from '../../src/causes/failure.ts'
import { Census } from '../../src/net/census.ts'
import { ManualClock } from '../../src/std/clock.ts'

const open: { close(): unknown }[] = []
const clock = new ManualClock()

afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close()
})

async function listen(host: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}))
  server.listen(0, host)
  await once(server, 'listening')
  open.push(server)
  return (server.address() as { port: number }).port
}

async function connectTimes(count: number, host: string, port: number): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect(port, host))
  open.push(...sockets.map((socket: Socket) => ({ close: () => socket.destroy() })))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
}

async function explain(census: Census, address: string, port: number): Promise<Record<string, unknown> & { cause: string }> {
  const last = failure('port-exhaustion', 'connect', 'safe', { address, port, code: 'EADDRNOTAVAIL' })
  const { cause, evidence } = await new Promise<Failure>((resolve) => census.explain(last, resolve))
  return { cause, ...Object.fromEntries(evidence.map(({ name, value }) => [name, value])) }
}

describe.each(['127.0.0.1', '127.0.0.3', '::1'])('towards %s', (host) => {
  test('the ports of each connection count, once a second', async () => {
    const port = await listen(host)
    const census = new Census(clock)
    const before = Number((await explain(census, host, port)).ports_used)
    await connectTimes(20, host, port)
    expect(await explain(census, host, port)).toMatchObject({ ports_used: before })
    clock.advance(1_000)
    // Other listeners come and go beside this test.
    expect(Number((await explain(census, host, port)).ports_used) - before).toBeGreaterThan(15)
  })
})

test('while most ports are free, they are not what is missing', async () => {
  const [min = 0, max = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').split('\t').map(Number)
  const range = { ports_max: max - min + 1, port_range: `${min}-${max}` }
  expect(await explain(new Census(clock), '192.0.2.1', 80)).toMatchObject({ cause: 'connect-unreachable', ...range })
})
