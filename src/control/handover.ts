/**
 * What a control process hands to the one that follows it at an upgrade: its listening sockets as inherited descriptors, told of in an
 * environment variable, and a channel on which the new one says that it is ready. Decision record 0023.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Address, ListenerPlan } from '../config/plan.ts'
import { inheritedSocket, type ListeningSocket } from '../net/listening-socket.ts'

const VARIABLE = 'GATEWELL_HANDOVER'

/** `address`: where it is bound. `isOwner`: a socket file is Gatewell's to remove. */
type Handed = { readonly fd: number; readonly address: Address; readonly isOwner: boolean }

export type Handover = {
  readonly listeners: readonly (Handed & { readonly name: string })[]
  /** `configured`: what the plan calls it. */
  readonly admin: (Handed & { readonly configured: Address }) | null
  /** The one that hands over stays as long as this one runs, because something waits for its end; so this one has to stay, too. */
  readonly isAwaited: boolean
}

/** Of the new process. */
export type Word =
  | { readonly kind: 'ready'; readonly version: string }
  /** It ends. `reason` is a sentence. */
  | { readonly kind: 'unable'; readonly reason: string }

export function handoverVariable(handover: Handover): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(handover) }
}

/** Sockets that were opened before this process began, by an older one or by systemd. */
export type Inherited = {
  /** The one for this listener, once. */
  takeListener(listener: ListenerPlan): ListeningSocket | null
  takeAdmin(address: Address): ListeningSocket | null
}

/** The process before this one, as this one sees it. */
export class Predecessor implements Inherited {
  readonly isAwaited: boolean
  readonly #listeners: Map<string, Handed>
  readonly #admin: Handover['admin']

  private constructor({ listeners, admin, isAwaited }: Handover) {
    this.isAwaited = isAwaited
    this.#listeners = new Map(listeners.map((one) => [one.name, one]))
    this.#admin = admin
  }

  /** Null where there was none. What it says is taken out of `environment`, so that no child sees it. */
  static find(environment: NodeJS.ProcessEnv): Predecessor | null {
    const text = environment[VARIABLE]
    delete environment[VARIABLE]
    if (text === undefined || process.send === undefined) return null
    // Only who started this one can tell it about systemd's process ids.
    delete environment.WATCHDOG_PID
    return new Predecessor(JSON.parse(text) as Handover)
  }

  takeListener({ name }: ListenerPlan): ListeningSocket | null {
    const handed = this.#listeners.get(name)
    this.#listeners.delete(name)
    return handed === undefined ? null : inheritedSocket(handed.fd, handed.address, handed.isOwner)
  }

  takeAdmin(address: Address): ListeningSocket | null {
    const handed = this.#admin
    return handed !== null && isDeepStrictEqual(handed.configured, address)
      ? inheritedSocket(handed.fd, handed.address, handed.isOwner)
      : null
  }

  /** `onGone`: it has ended, one way or the other. */
  watch(onGone: () => void): void {
    process.once('disconnect', onGone)
    process.channel?.unref()
    if (!process.connected) onGone()
  }

  tell(word: Word): Promise<void> {
    return new Promise((resolve) => {
      if (!process.connected) return resolve()
      process.send?.(word, undefined, {}, () => resolve())
    })
  }
}
