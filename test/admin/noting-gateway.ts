/** An admin address whose gateway does nothing but note what it was asked to. */
import { done } from '../../src/control/admin/operation.ts'
import type { Operable } from '../../src/control/admin/operation-table.ts'
import { AdminServer } from '../../src/control/admin/server.ts'
import { createLog } from '../../src/control/log.ts'
import type { Address } from '../../src/net/address.ts'

export type NotingGateway = {
  readonly server: AdminServer
  readonly port: number
  /** The methods that were called, with their input. */
  readonly asked: (readonly [method: string, input: unknown])[]
  readonly logged: Record<string, unknown>[]
}

const LOOPBACK: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 }

export type NotingOptions = {
  readonly address?: Address
  readonly token?: string
  readonly mcp?: 'off' | 'read' | 'change'
  /** What every operation is answered with. */
  readonly answer?: unknown
}

export async function openNotingGateway(options: NotingOptions = {}): Promise<NotingGateway> {
  const { address = LOOPBACK, token = null, mcp = 'off', answer = { secret: 'of the gateway' } } = options
  const asked: (readonly [string, unknown])[] = []
  const logged: Record<string, unknown>[] = []
  const operator = new Proxy({} as Operable, {
    get: (_, method) => async (input: unknown) => {
      asked.push([String(method), input])
      return done(answer)
    },
  })
  const oversight = { numbers: new Map(), hearIncidents: () => () => {} }
  const readiness = async () => ({ isReady: true, problems: [] })
  const source = { version: '1.2.3', operator, oversight, readiness, metrics: async () => 'up 1\n' }
  const log = createLog({ isTerminal: false, destination: { write: (line) => logged.push(JSON.parse(line)) } })
  const server = await AdminServer.open({ address, token, mcp, source, log })
  if (!(server instanceof AdminServer)) throw server.error
  return { server, port: server.address.kind === 'tcp' ? server.address.port : 0, asked, logged }
}
