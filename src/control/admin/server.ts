/** The HTTP server of the admin address. */
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Failure } from '../../causes/failure.ts'
import type { Address } from '../../net/address.ts'
import { clearSocketFile, listenFailure } from '../../net/listening-socket.ts'
import type { Logger } from '../log.ts'
import { type AdminSource, createApp } from './app.ts'
import { createGuard } from './guard.ts'

export type AdminServerOptions = {
  readonly address: Address
  readonly token: string | null
  readonly source: AdminSource
  readonly log: Logger
}

export class AdminServer {
  readonly #server: Server
  /** Where it listens; a port of 0 has become a real one. */
  readonly address: Address

  private constructor(server: Server, address: Address) {
    this.#server = server
    this.address = address
  }

  static async open({ address, token, source, log }: AdminServerOptions): Promise<AdminServer | Failure> {
    const obstacle = await clearSocketFile(address)
    if (obstacle !== null) return obstacle
    const app = createApp({ source, guard: createGuard({ address, token }), log })
    const server = createAdaptorServer({ fetch: app.fetch }) as Server
    return new Promise((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(listenFailure(address, error.code ?? 'EIO')))
      server.listen(address.kind === 'unix' ? { path: address.path } : { host: address.host || undefined, port: address.port }, () => {
        const bound = server.address()
        const isTcp = address.kind === 'tcp' && bound !== null && typeof bound === 'object'
        resolve(new AdminServer(server, isTcp ? { ...address, port: bound.port } : address))
      })
    })
  }

  /** At once: nobody's traffic runs here. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}
