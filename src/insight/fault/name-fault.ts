/** Faults of the name server. */
import type { Address } from '../../net/address.ts'
import { ask, type Fault, GET, type Scene } from './fault.ts'
import type { NameAnswer } from './name-server.ts'
import type { PlanSetup } from './rehearsal-plan.ts'
import type { Stage } from './stage.ts'

const HOST = 'app.rehearsal.test'

export const NAME_FAULTS = {
  'dns-nxdomain': {
    describe: 'The name server says that the name of the endpoint does not exist.',
    stage: (stage) => resolving(stage, { error: 'NXDOMAIN' }),
  },
  'dns-timeout': {
    describe: 'The name server takes questions and never answers.',
    stage: (stage) => resolving(stage, 'silence'),
  },
  'dns-servfail': {
    describe: 'The name server answers SERVFAIL.',
    stage: (stage) => resolving(stage, { error: 'SERVFAIL' }),
  },
  'dns-stale': {
    describe: 'The server leaves the address that its name had, and the name server cannot be asked where it is now.',
    stage: async (stage) => {
      const origin = await stage.origin(async (connection) => {
        await connection.head()
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
        connection.end()
      })
      const server = await stage.nameServer(() => ({ addresses: ['127.0.0.1'], ttlS: 30 }))
      return {
        setup: named(server.address, (origin.address as { port: number }).port),
        act: async (gateway) => {
          await ask(stage, gateway, GET)
          await origin.close()
          server.answer = () => ({ error: 'SERVFAIL' })
          return ask(stage, gateway, GET)
        },
      }
    },
  },
} as const satisfies Record<string, Fault>

async function resolving(stage: Stage, answer: NameAnswer): Promise<Scene> {
  const server = await stage.nameServer(() => answer)
  return { setup: named(server.address, 80) }
}

function named(server: string, port: number): PlanSetup {
  const endpoint: Address = { kind: 'tcp', host: HOST, port }
  return { endpoints: [endpoint], resolver: { servers: [server], timeoutMs: 100 } }
}
