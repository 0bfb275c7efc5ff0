/**
 * Listening sockets passed to a process that is no child: descriptors over a unix socket (SCM_RIGHTS), which Node does for its own
 * children only. It rests on the undocumented handles that Node does it with, checked for their shape; decision record 0022 says why
 * and what is lost without them.
 */
import type { Socket } from 'node:net'
import { loadStreamBinding } from '../net/stream-binding.ts'

/** A handle that keeps a received descriptor open until it is closed. */
export type PassedHandle = { readonly fd: number; close(): void }

type PipeHandle = {
  readonly fd: number
  pendingHandle?: PassedHandle | null
  onread?: (bytes: unknown) => void
  open(fd: number): number
  connect(request: object, path: string): number
  readStart(): number
  writeUtf8String(request: object, text: string, handle: unknown): number
  close(): void
}
type PipeBinding = {
  readonly Pipe: new (type: number) => PipeHandle
  readonly PipeConnectWrap: new () => { oncomplete: ((status: number) => void) | null }
  readonly constants: { readonly IPC: number }
}

function loadPipeBinding(): PipeBinding | null {
  try {
    const { binding } = process as unknown as { binding: (name: string) => Partial<PipeBinding> }
    const found = binding('pipe_wrap')
    const { Pipe } = found
    const isComplete =
      typeof Pipe === 'function' &&
      typeof found.PipeConnectWrap === 'function' &&
      typeof found.constants?.IPC === 'number' &&
      ['open', 'connect', 'readStart', 'writeUtf8String', 'close'].every((name) => typeof Pipe.prototype[name] === 'function')
    return isComplete ? (found as PipeBinding) : null
  } catch {
    return null
  }
}

/** False where this Node cannot. */
export function canPassHandles(): boolean {
  return loadPipeBinding() !== null && loadStreamBinding() !== null
}

/** Sends the descriptors of `handles` in their order to whoever is at the other end, and hangs up. `socket` is not used by anybody else. */
export function passHandles(socket: Socket, handles: readonly unknown[]): void {
  const binding = loadPipeBinding()
  const stream = loadStreamBinding()
  const from = (socket as unknown as { _handle?: { fd?: number } })._handle
  if (binding === null || stream === null || handles.length === 0 || from?.fd === undefined) return void socket.destroy()
  // From here on the descriptor is the pipe's to close, so the socket must never be.
  const pipe = new binding.Pipe(binding.constants.IPC)
  pipe.open(from.fd)
  let left = handles.length
  for (const handle of handles) {
    const request = new stream.WriteWrap()
    request.oncomplete = () => {
      if (--left === 0) pipe.close()
    }
    // One byte each: the kernel keeps a descriptor with the byte it was sent with.
    if (pipe.writeUtf8String(request, '.', handle) !== 0) return pipe.close()
  }
}

/** As many listening sockets as are passed there, in their order, or null when it were fewer. */
export function receiveHandles(path: string, count: number, limitMs: number): Promise<PassedHandle[] | null> {
  const binding = loadPipeBinding()
  if (binding === null) return Promise.resolve(null)
  const { Pipe, PipeConnectWrap, constants } = binding
  return new Promise((resolve) => {
    const received: PassedHandle[] = []
    const pipe = new Pipe(constants.IPC)
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      clearTimeout(limit)
      pipe.close()
      if (received.length === count) return resolve(received)
      for (const handle of received) handle.close()
      resolve(null)
    }
    const limit = setTimeout(end, limitMs)
    pipe.onread = (bytes) => {
      if (pipe.pendingHandle) received.push(pipe.pendingHandle)
      pipe.pendingHandle = null
      if (bytes === undefined || received.length === count) end()
    }
    const request = new PipeConnectWrap()
    request.oncomplete = (status) => {
      if (status === 0) pipe.readStart()
      else end()
    }
    if (pipe.connect(request, path) !== 0) end()
  })
}
