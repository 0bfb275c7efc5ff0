/** The HTTP server of the admin address. */
import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Failure } from '../../causes/failure.ts'
import type { AdminPlan } from '../../config/plan.ts'
import type { Address } from '../../net/address.ts'
import { type ListeningSocket, listenFailure, openListeningSocket } from '../../net/listening-socket.ts'
import type { Logger } from '../log.ts'
import { type AdminSource, createApp } from './app.ts'
import { createGuard, type Guard } from './guard.ts'

const LEAVE_MS = 500

export type AdminServerOptions = {
  readonly address: Address
  readonly token: string | null
  /** What assistants may do there; `off` if left out. */
  readonly mcp?: AdminPlan['mcp']
  readonly source: AdminSource
  readonly log: Logger
  /** One that others had opened there; answers nobody before `serve`. Without it the address is bound. */
  readonly socket?: ListeningSocket | undefined
}

export class AdminServer {
  readonly #server: Server
  readonly #socket: ListeningSocket
  readonly #address: Address
  #guard: Guard
  #mcp: AdminPlan['mcp']

  private constructor({ address, token, mcp = 'off', source, log }: AdminServerOptions, socket: ListeningSocket) {
    this.#address = address
    this.#guard = createGuard({ address, token })
    this.#mcp = mcp
    const app = createApp({ source, log, guard: (asker) => this.#guard(asker), mcp: () => this.#mcp })
    this.#server = createAdaptorServer({ fetch: app.fetch }) as Server
    this.#socket = socket
  }

  static async open(options: AdminServerOptions): Promise<AdminServer | Failure> {
    const socket = options.socket ?? (await openListeningSocket(options.address))
    if (socket.kind === 'failure') return socket
    const opened = new AdminServer(options, socket)
    return options.socket === undefined ? ((await opened.serve()) ?? opened) : opened
  }

  /** All but the address may differ from before. */
  apply({ token, mcp }: AdminPlan): void {
    this.#guard = createGuard({ address: this.#address, token })
    this.#mcp = mcp
  }

  /** Where it listens; a port of 0 has become a real one. */
  get address(): Address {
    const bound = this.#server.address()
    const { address } = this.#socket
    return address.kind === 'tcp' && bound !== null && typeof bound === 'object' ? { ...address, port: bound.port } : address
  }

  /** To be inherited by the next control, or null where this Node cannot. */
  get fd(): number | null {
    return this.#socket.fd
  }

  /** Its file is this program's to remove. */
  get isOwner(): boolean {
    return this.#socket.isOwner
  }

  /** Null when it answers, or why it cannot. Once is enough. */
  serve(): Promise<Failure | null> {
    if (this.#server.listening) return Promise.resolve(null)
    const { address, source } = this.#socket
    const where = source ?? (address.kind === 'unix' ? { path: address.path } : { host: address.host || undefined, port: address.port })
    return new Promise((resolve) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => resolve(listenFailure(address, error.code ?? 'EIO')))
      this.#server.listen(where, () => resolve(null))
    })
  }

  /** At once: nobody's traffic runs here. `isLeft`: the next control answers there by now. */
  close(isLeft = false): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server.listening) {
        if (isLeft) this.#socket.leave()
        else this.#socket.close()
        return resolve()
      }
      const { address, isOwner } = this.#socket
      this.#server.close(() => {
        if (!isLeft && isOwner && address.kind === 'unix') rmSync(address.path, { force: true })
        resolve()
      })
      if (!isLeft) return this.#server.closeAllConnections()
      // Whoever asked for this is still to get the answer.
      this.#server.closeIdleConnections()
      setTimeout(() => this.#server.closeAllConnections(), LEAVE_MS)
    })
  }
}
