/**
 * A listening socket that hands over accepted connections as channels.
 * Node's server wraps each connection in a socket that reads into buffers of its own; the handle is taken before that happens
 * (an undocumented callback of the listening handle). Without it the documented `connection` event serves, only slower.
 */
import { createServer, type ListenOptions, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import type { Failure } from '../causes/failure.ts'
import type { Address } from './address.ts'
import type { Courtesy } from './courtesy.ts'
import { listenFailure } from './listening-socket.ts'

/** `handle` is to be adopted by a channel, or `socket` wrapped by one. */
export type Accepted = { readonly handle: unknown } | { readonly socket: Socket }

/** The first turn of the event loop may be over before the next look at the queue. */
const QUIET_TURNS = 2
/** Where connections come without end, some will be lost. */
const TURNS_MAX = 1_000

/** Connections that may wait to be accepted, if the system allows so many. With fewer, clients of a burst wait a second or more. */
const BACKLOG = 4_096

type ListenWithBacklog = (options: ListenOptions | { fd: number }, backlog: number, onListening: () => void) => Server
type ServerHandle = { onconnection?: (status: number, handle: unknown) => void }

export class Acceptor {
  readonly #server: Server
  readonly #onAccepted: (accepted: Accepted) => void
  readonly #onError: (error: NodeJS.ErrnoException) => void
  readonly courtesy: Courtesy | null
  #accepted = 0

  /**
   * `onError`: accepting one connection failed, as when no descriptor is left; listening goes on.
   * `courtesy`: for a socket that other processes accept from as well.
   */
  constructor(options: {
    onAccepted: (accepted: Accepted) => void
    onError: (error: NodeJS.ErrnoException) => void
    courtesy?: Courtesy | null
  }) {
    this.#onAccepted = options.onAccepted
    this.#onError = options.onError
    this.courtesy = options.courtesy ?? null
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#take({ socket }))
  }

  /** Listens on an inherited descriptor, or binds. Resolves to null, or to why not. */
  listen(address: Address, fd: number | null): Promise<Failure | null> {
    const options: ListenOptions | { fd: number } =
      fd !== null ? { fd } : address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port }
    return new Promise((resolve) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        resolve(listenFailure(address, error.code ?? 'EIO'))
      })
      // Of a descriptor, too, though the types do not say so.
      ;(this.#server.listen as ListenWithBacklog).call(this.#server, options, BACKLOG, () => {
        this.#server.removeAllListeners('error')
        this.#server.on('error', this.#onError)
        this.#takeHandles()
        resolve(null)
      })
    })
  }

  /** Where it listens; a port of 0 has become a real one. */
  get bound(): Address | null {
    const address = this.#server.address()
    if (address === null) return null
    if (typeof address === 'string') return { kind: 'unix', path: address }
    return { kind: 'tcp', host: address.address, port: address.port }
  }

  /** To be passed on to another process; undefined where it does not listen. */
  get handle(): unknown {
    return (this.#server as unknown as { _handle?: unknown })._handle
  }

  /** Stops accepting as soon as nothing waits in the queue: closing what waits there would reset it. */
  async drain(): Promise<void> {
    let quiet = 0
    for (let turn = 0; quiet < QUIET_TURNS && turn < TURNS_MAX; turn++) {
      const before = this.#accepted
      await new Promise((resolve) => setImmediate(resolve))
      quiet = this.#accepted === before ? quiet + 1 : 0
    }
    this.close()
  }

  /** Stops accepting at once. Connections that were accepted live on. */
  close(): void {
    this.#server.close()
  }

  #take(accepted: Accepted): void {
    this.#accepted++
    this.#onAccepted(accepted)
    this.courtesy?.give()
  }

  #takeHandles(): void {
    const handle = (this.#server as unknown as { _handle?: ServerHandle })._handle
    if (typeof handle?.onconnection !== 'function') return
    const wrap = handle.onconnection
    handle.onconnection = (status, accepted): void => {
      // Errors go the documented way, which turns the status into an error event.
      if (status !== 0 || accepted === undefined) wrap.call(handle, status, accepted)
      else this.#take({ handle: accepted })
    }
  }
}

/** Says `text` to a connection that is not wanted, and closes it. */
export function turnAway(accepted: Accepted, text: string): void {
  const socket = 'socket' in accepted ? accepted.socket : new Socket({ handle: accepted.handle } as SocketConstructorOpts)
  socket.on('error', () => {})
  socket.end(text, 'latin1', () => socket.destroySoon())
}
