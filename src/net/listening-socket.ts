/**
 * A bound socket that a process holds without accepting on it, to be handed on by its descriptor: what waits in its queue outlives
 * every worker. It rests on Node's undocumented `net._createServerHandle`; decision record 0020 says why, and what is lost without it.
 * Not a server: who gets the descriptor calls `server.listen({ fd })`, and only that makes the kernel listen.
 */
import { closeSync, lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import net from 'node:net'
import { getSystemErrorName } from 'node:util'
import { type Failure, failure } from '../causes/failure.ts'
import { type Address, addressText } from './address.ts'

export type ListeningSocket = {
  readonly kind: 'socket'
  /** The descriptor to inherit. Null where this Node can hold no socket: every worker then binds for itself. */
  readonly fd: number | null
  /** Where it is bound: port 0 has become a real one. */
  readonly address: Address
  /** For a server of this process that is to listen there: `server.listen(source)`. The descriptor is the server's then. */
  readonly source: object | null
  /** Its file is this program's to remove. */
  readonly isOwner: boolean
  /** Gives the address up; a socket file is removed. */
  close(): void
  /** Another process has it by now: only this one's descriptor is closed. */
  leave(): void
}

type ServerHandle = {
  readonly fd: number
  close(): void
  listen?(backlog: number): number
  getsockname?(out: { port?: number }): number
}
type CreateServerHandle = (address: string, port: number, family: 4 | 6 | -1) => ServerHandle | number

const nodeCreateServerHandle = (net as { _createServerHandle?: CreateServerHandle })._createServerHandle ?? null

/** `createServerHandle` is Node's own; without it, null, comes the fallback. */
export async function openListeningSocket(
  address: Address,
  createServerHandle: CreateServerHandle | null = nodeCreateServerHandle,
): Promise<ListeningSocket | Failure> {
  const obstacle = await clearSocketFile(address)
  if (obstacle !== null) return obstacle
  if (createServerHandle === null)
    return { kind: 'socket', fd: null, address, source: null, isOwner: true, close: () => {}, leave: () => {} }
  return address.kind === 'unix' ? openUnix(address, createServerHandle) : openTcp(address, createServerHandle)
}

/** Why an address cannot be listened on, in a sentence for people: its `error.message`. */
export function listenFailure(address: Address, code: string): Failure {
  const where = addressText(address)
  const reason = address.kind === 'unix' ? unixReason(code) : tcpReason(code)
  return failure('gateway-config', 'receive', 'never', { address: where, code }, new Error(`Cannot listen on ${where}: ${reason}`))
}

function openTcp(address: Extract<Address, { kind: 'tcp' }>, create: CreateServerHandle): ListeningSocket | Failure {
  let handle: ServerHandle | number
  if (address.host === '') {
    // `::` takes IPv4 too; a machine without IPv6 refuses it.
    handle = create('::', address.port, 6)
    if (typeof handle === 'number') handle = create('0.0.0.0', address.port, 4)
  } else {
    const host = address.host === 'localhost' ? '127.0.0.1' : address.host
    handle = create(host, address.port, net.isIPv6(host) ? 6 : 4)
  }
  if (typeof handle === 'number') return listenFailure(address, getSystemErrorName(handle))
  // libuv keeps EADDRINUSE back until one listens, but tells it here.
  const name: { port?: number } = {}
  const status = handle.getsockname?.(name) ?? 0
  if (status !== 0) {
    handle.close()
    return listenFailure(address, getSystemErrorName(status))
  }
  return held(handle, { ...address, port: name.port ?? address.port })
}

/** Bound under another name first: closing the handle removes the file by the name that it was bound to, whoever uses it by then. */
function openUnix(address: Extract<Address, { kind: 'unix' }>, create: CreateServerHandle): ListeningSocket | Failure {
  const temporary = `${address.path}.${process.pid}`
  const handle = create(temporary, -1, -1)
  if (typeof handle === 'number') return listenFailure(address, getSystemErrorName(handle))
  try {
    renameSync(temporary, address.path)
    return held(handle, address)
  } catch (error) {
    handle.close()
    return listenFailure(address, (error as NodeJS.ErrnoException).code ?? 'EIO')
  }
}

/** One that another process has opened, by a handle of it that is this process's own. */
export function passedSocket(handle: { readonly fd: number; close(): void }, address: Address): ListeningSocket {
  return held(handle, address)
}

/** One that this process has inherited. Its file is removed only by who `isOwner`. */
export function inheritedSocket(fd: number, address: Address, isOwner: boolean): ListeningSocket {
  const leave = (): void => closeSync(fd)
  const close = (): void => {
    leave()
    if (isOwner) removeFile(address)
  }
  return { kind: 'socket', fd, address, source: { fd }, isOwner, close, leave }
}

function held(handle: ServerHandle, address: Address): ListeningSocket {
  const leave = (): void => handle.close()
  const close = (): void => {
    // Those who accept on it are about to stop: no more may queue up meanwhile, to be reset then.
    handle.listen?.(0)
    leave()
    removeFile(address)
  }
  return { kind: 'socket', fd: handle.fd, address, source: handle, isOwner: true, close, leave }
}

function removeFile(address: Address): void {
  if (address.kind === 'unix') rmSync(address.path, { force: true })
}

/** Removes a socket file that a dead process left; null when nothing stands in the way of binding `address`. */
export async function clearSocketFile(address: Address): Promise<Failure | null> {
  if (address.kind !== 'unix') return null
  try {
    if (!lstatSync(address.path).isSocket()) return listenFailure(address, 'ENOTSOCK')
    if (await isAnswered(address.path)) return listenFailure(address, 'EADDRINUSE')
    unlinkSync(address.path)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? null : listenFailure(address, code ?? 'EIO')
  }
}

/** Only a refusal proves that nobody listens there; a full queue or a denied permission means that somebody may. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}

function tcpReason(code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program already listens there. Stop it (`ss -ltnp` shows which one it is), or listen elsewhere with --listen.'
    case 'EACCES':
      return (
        'only root may use ports below 1024. Choose a higher port with --listen, or allow it: ' +
        '`sudo sysctl net.ipv4.ip_unprivileged_port_start=80`, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit.'
      )
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address (`ip address` lists those it has). Use one of them, or leave the host out for all.'
    case 'EAFNOSUPPORT':
      return 'this machine has IPv6 switched off. Use an IPv4 address.'
    default:
      return `the system says ${code}.`
  }
}

function unixReason(code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program already listens there. Stop it, or choose another path.'
    case 'ENOTSOCK':
      return 'a file that is not a socket is in its place. It was left alone: move it away, or choose another path.'
    case 'EACCES':
    case 'EPERM':
      // libuv says EACCES also where the folder does not exist.
      return 'the folder does not exist, or this user may not write to it.'
    default:
      return `the system says ${code}.`
  }
}
