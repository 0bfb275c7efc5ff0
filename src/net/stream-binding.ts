/**
 * The part of Node beneath its sockets: what it takes to read and write a stream handle without a `net.Socket` around it.
 * Undocumented, hence in one place, checked for its shape, and null when it is not as expected: then sockets do (socket-channel.ts).
 */

/** A TCP or pipe handle, as far as it is used here. Results below 0 are negated errno values. */
export type StreamHandle = {
  onread: () => Buffer | undefined
  readonly fd: number
  useUserBuffer(bytes: Buffer): void
  readStart(): number
  readStop(): number
  writeLatin1String(request: WriteRequest, text: string): number
  writeBuffer(request: WriteRequest, bytes: Buffer): number
  writev(request: WriteRequest, chunks: unknown[], isAllBuffers: boolean): number
  shutdown(request: ShutdownRequest): number
  close(done?: () => void): void
  reset?(done?: () => void): number
  getpeername?(into: { address?: string }): number
  setNoDelay?(isOn: boolean): number
}

export type WriteRequest = { oncomplete: ((status: number) => void) | null; buffer: unknown }
export type ShutdownRequest = { oncomplete: ((status: number) => void) | null }

export type StreamBinding = {
  readonly WriteWrap: new () => WriteRequest
  readonly ShutdownWrap: new () => ShutdownRequest
  readonly streamBaseState: Int32Array
  readonly kReadBytesOrError: number
  readonly kLastWriteWasAsync: number
}

export function loadStreamBinding(): StreamBinding | null {
  try {
    const { binding } = process as unknown as { binding: (name: string) => Partial<StreamBinding> }
    const found = binding('stream_wrap')
    const isComplete =
      typeof found.WriteWrap === 'function' &&
      typeof found.ShutdownWrap === 'function' &&
      ArrayBuffer.isView(found.streamBaseState) &&
      typeof found.kReadBytesOrError === 'number' &&
      typeof found.kLastWriteWasAsync === 'number'
    return isComplete ? (found as StreamBinding) : null
  } catch {
    return null
  }
}

/** Does this handle have all that a channel needs? */
export function isStreamHandle(handle: unknown): handle is StreamHandle {
  if (typeof handle !== 'object' || handle === null) return false
  const methods = ['useUserBuffer', 'readStart', 'readStop', 'writeLatin1String', 'writeBuffer', 'writev', 'shutdown', 'close']
  return methods.every((name) => typeof (handle as Record<string, unknown>)[name] === 'function')
}
