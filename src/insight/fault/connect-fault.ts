/** Faults that keep a connection from being made: on the server's side, on the way, and on this machine. */

import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Address } from '../../net/address.ts'
import { fewDescriptors, noOverride, ownNetwork } from './confinement.ts'
import { ask, type Fault, GET } from './fault.ts'
import { GOOD_ANSWER } from './origin.ts'

/** From the block for documentation, RFC 5737. */
const ELSEWHERE = '192.0.2.1'
/** A worker needs about half of them for itself. */
const DESCRIPTORS = 64
const LAST_PORTS = [40_000, 40_001]

export const CONNECT_FAULTS = {
  'connect-refused': {
    describe: 'Nothing listens on the port of the endpoint.',
    stage: async (stage) => {
      const origin = await stage.origin(() => {})
      await origin.close()
      return { setup: { endpoints: [origin.address] } }
    },
  },
  'connect-timeout': {
    describe: 'Packets to the endpoint are dropped in silence on their way.',
    // They come back in where they went out, and nobody here has that address.
    confinement: ownNetwork([`ip route add ${ELSEWHERE}/32 dev lo`]),
    stage: (stage) => ({
      setup: { endpoints: [tcp(ELSEWHERE, 80)], timeouts: { connectMs: 100 }, listeners: [unix(stage.path('gateway'))] },
    }),
  },
  'connect-unreachable': {
    describe: 'The address of the endpoint is one that no connection can lead to: the broadcast address of loopback.',
    stage: () => ({ setup: { endpoints: [tcp('127.255.255.255', 80)] } }),
  },
  'firewall-blocked': {
    describe: 'A rule of the machine prohibits the way to the endpoint.',
    confinement: ownNetwork([`ip route add prohibit ${ELSEWHERE}`]),
    stage: (stage) => ({ setup: { endpoints: [tcp(ELSEWHERE, 80)], listeners: [unix(stage.path('gateway'))] } }),
  },
  'backlog-overflow': {
    describe: 'The queue of the unix socket of the server is full.',
    stage: async (stage) => ({ setup: { endpoints: [(await stage.stuckListener({ path: stage.path('app') })).address] } }),
  },
  'socket-missing': {
    describe: 'There is no file at the path of the unix socket.',
    stage: (stage) => ({ setup: { endpoints: [unix(stage.path('app'))] } }),
  },
  'socket-permission': {
    describe: 'The mode of the unix socket lets nobody connect.',
    confinement: noOverride(),
    stage: async (stage) => {
      const address = unix(stage.path('app'))
      const server = createServer()
      server.listen(address.path)
      await stage.keep(once(server, 'listening').then(() => server))
      chmodSync(address.path, 0)
      return { setup: { endpoints: [address] } }
    },
  },
  'port-exhaustion': {
    describe: 'Every local port that a connection could begin at is taken.',
    confinement: ownNetwork([`echo ${LAST_PORTS.join(' ')} >/proc/sys/net/ipv4/ip_local_port_range`]),
    stage: (stage) => {
      const taken = LAST_PORTS.map((port) => tcp('127.0.0.1', port))
      return { setup: { endpoints: [tcp('127.0.0.1', 80)], listeners: [unix(stage.path('gateway')), ...taken] } }
    },
  },
  'fd-exhaustion': {
    describe: 'Idle connections of clients have taken all file descriptors of the gateway but its reserve.',
    confinement: fewDescriptors(DESCRIPTORS),
    stage: async (stage) => ({
      setup: { endpoints: [(await stage.origin(() => {})).address] },
      act: async (gateway) => {
        const visitors = await Promise.all(Array.from({ length: DESCRIPTORS }, () => stage.visitor(gateway)))
        // Who got a connection says nothing, and so hears nothing.
        return Promise.race(visitors.map((one) => one.reply()))
      },
    }),
  },
  'local-resource-exhausted': {
    describe: 'More clients are connected than the gateway may hold.',
    stage: async (stage) => {
      const origin = await stage.origin(async (connection) => {
        await connection.head()
        connection.send(GOOD_ANSWER)
      })
      return {
        setup: { endpoints: [origin.address], limits: { connectionsMax: 1 } },
        act: async (gateway) => {
          await ask(stage, gateway, GET)
          return ask(stage, gateway, GET)
        },
      }
    },
  },
} as const satisfies Record<string, Fault>

function tcp(host: string, port: number): Address {
  return { kind: 'tcp', host, port }
}

function unix(path: string): Address & { kind: 'unix' } {
  return { kind: 'unix', path }
}
