/**
 * The listening sockets that control holds for its workers, by the name of the listener: bound here, or taken over from whoever had
 * them before. See decision records 0020 and 0022.
 */
import type { Failure } from '../causes/failure.ts'
import type { ListenerPlan, Plan } from '../config/plan.ts'
import { type ListeningSocket, openListeningSocket } from '../net/listening-socket.ts'
import type { AdminServer } from './admin/server.ts'
import type { Inherited } from './handover.ts'
import type { HandedSockets } from './successor.ts'

export type Inheritance = {
  /** By the name of the listener, as workers see them. */
  readonly descriptors: Readonly<Record<string, number>>
  /** Those of this process, in that order. */
  readonly inherited: readonly number[]
  /** Each has a socket. Not so only where this Node can hold none: see decision record 0020. */
  readonly isWhole: boolean
}

export class SocketSet {
  readonly #held = new Map<string, ListeningSocket>()

  /** Takes sockets that others had opened. What it has by these names already stays. */
  takeOver(sockets: ReadonlyMap<string, ListeningSocket>): void {
    for (const [name, socket] of sockets) {
      if (this.#held.has(name)) socket.leave()
      else this.#held.set(name, socket)
    }
  }

  /** Takes what this process was started with. */
  inherit(listeners: readonly ListenerPlan[], from: Inherited | null): void {
    for (const listener of listeners) {
      const socket = from?.takeListener(listener) ?? null
      if (socket !== null) this.takeOver(new Map([[listener.name, socket]]))
    }
  }

  /** Binds those it does not have yet: all of them, or none. The names of those that are new. */
  async open(listeners: readonly ListenerPlan[]): Promise<readonly string[] | Failure> {
    const opened: string[] = []
    for (const { name, address } of listeners) {
      if (this.#held.has(name)) continue
      const socket = await openListeningSocket(address)
      if (socket.kind === 'failure') {
        this.close(opened)
        return socket
      }
      opened.push(name)
      this.#held.set(name, socket)
    }
    return opened
  }

  close(names: readonly string[]): void {
    for (const name of names) {
      this.#held.get(name)?.close()
      this.#held.delete(name)
    }
  }

  /** Closes those of no listener. What they were. */
  closeUnused(listeners: readonly ListenerPlan[]): readonly ListeningSocket[] {
    const unused = [...this.#held].filter(([name]) => !listeners.some((listener) => listener.name === name))
    this.close(unused.map(([name]) => name))
    return unused.map(([, socket]) => socket)
  }

  closeAll(): void {
    this.close([...this.#held.keys()])
  }

  /** Another process has them by now. */
  leaveAll(): void {
    for (const socket of this.#held.values()) socket.leave()
    this.#held.clear()
  }

  /** What a child gets of it whose first descriptor of its own is `first`. */
  inheritance(listeners: readonly ListenerPlan[], first: number): Inheritance {
    const descriptors: Record<string, number> = {}
    const inherited: number[] = []
    for (const { name } of listeners) {
      const fd = this.#held.get(name)?.fd ?? null
      if (fd === null) continue
      descriptors[name] = first + inherited.length
      inherited.push(fd)
    }
    return { descriptors, inherited, isWhole: inherited.length === listeners.length }
  }

  /** What the next control process is to have. Null where not all of it can be handed over. */
  handOver({ listeners, admin: configured }: Plan, admin: AdminServer | null): HandedSockets | null {
    const handed = listeners.flatMap(({ name }) => {
      const { fd = null, address, isOwner = true } = this.#held.get(name) ?? {}
      return fd === null || address === undefined ? [] : [{ name, fd, address, isOwner }]
    })
    if (handed.length < listeners.length || admin?.fd === null) return null
    if (admin === null || configured.address === null) return { listeners: handed, admin: null }
    const { fd, address, isOwner } = admin
    return { listeners: handed, admin: { fd, address, isOwner, configured: configured.address } }
  }
}
