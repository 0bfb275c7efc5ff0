/**
 * Socket activation: systemd has bound the sockets before this process began (sd_listen_fds(3)), and they outlive it. Which is which is
 * told by where each is bound, as the kernel shows it in /proc, and for the admin address also by the name `admin`.
 */
import { formatAddress } from '../../config/address.ts'
import type { Address, ListenerPlan } from '../../config/plan.ts'
import { inheritedSocket, type ListeningSocket } from '../../net/listening-socket.ts'
import type { Inherited } from '../handover.ts'
import { boundAddress } from './bound-address.ts'

const FIRST_DESCRIPTOR = 3
const ADMIN = 'admin'

type Activated = { readonly fd: number; readonly name: string; readonly address: Address }

export class ActivatedSockets implements Inherited {
  #left: Activated[]

  private constructor(sockets: Activated[]) {
    this.#left = sockets
  }

  /** Null where there are none for this process. What tells of them is taken out of `environment`, so that no child sees it. */
  static find(environment: NodeJS.ProcessEnv, pid: number, addressOf = boundAddress): ActivatedSockets | null {
    const { LISTEN_PID, LISTEN_FDS = '0', LISTEN_FDNAMES = '' } = environment
    delete environment.LISTEN_PID
    delete environment.LISTEN_FDS
    delete environment.LISTEN_FDNAMES
    if (LISTEN_PID !== String(pid)) return null
    const names = LISTEN_FDNAMES.split(':')
    const sockets = Array.from({ length: Number(LISTEN_FDS) || 0 }, (_, index) => {
      const fd = FIRST_DESCRIPTOR + index
      const address = addressOf(fd)
      return address === null ? [] : [{ fd, name: names[index] ?? '', address }]
    })
    return new ActivatedSockets(sockets.flat())
  }

  takeListener({ address }: ListenerPlan): ListeningSocket | null {
    return this.#take((one) => one.name !== ADMIN && isSame(one.address, address))
  }

  takeAdmin(address: Address): ListeningSocket | null {
    return this.#take((one) => one.name === ADMIN || isSame(one.address, address))
  }

  /** Where systemd listens although nobody here wants to. */
  get unused(): readonly Address[] {
    return this.#left.map(({ address }) => address)
  }

  #take(isWanted: (one: Activated) => boolean): ListeningSocket | null {
    const found = this.#left.find(isWanted)
    if (found === undefined) return null
    this.#left = this.#left.filter((one) => one !== found)
    return inheritedSocket(found.fd, found.address, false)
  }
}

/** `bound` is as the kernel says it, `wanted` as it is configured. */
function isSame(bound: Address, wanted: Address): boolean {
  if (bound.kind === 'unix' || wanted.kind === 'unix') return formatAddress(bound) === formatAddress(wanted)
  if (bound.port !== wanted.port) return false
  const host = wanted.host === 'localhost' ? '127.0.0.1' : wanted.host
  return host === '' ? bound.host === '0.0.0.0' || bound.host === '::' : bound.host === host
}
