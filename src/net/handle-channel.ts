/**
 * A channel on the bare stream handle: no socket object, no streams, no events. What is written goes to the kernel at once,
 * and one request object serves all the writes that succeed at once, which nearly all do.
 */
import { getSystemErrorName } from 'node:util'
import type { Channel, ChannelOwner } from './channel.ts'
import type { StreamBinding, StreamHandle, WriteRequest } from './stream-binding.ts'
import { readWaiting } from './waiting-bytes.ts'

const END_OF_FILE = -4_095

/** A write that succeeds at once leaves its request untouched, so one serves them all until a write has to wait. */
let spareRequest: WriteRequest | null = null

function spare(binding: StreamBinding): WriteRequest {
  spareRequest ??= new binding.WriteWrap()
  return spareRequest
}

export class HandleChannel implements Channel {
  owner: ChannelOwner
  writeError: NodeJS.ErrnoException | null = null
  readonly #handle: StreamHandle
  readonly #binding: StreamBinding
  readonly #state: Int32Array
  /** The native side writes into it; this reference keeps it alive. */
  #buffer: Buffer
  #nextBuffer: Buffer | null = null
  #waiting = 0
  #isReading = true
  #isReadEnded = false
  #isEnded = false
  #isClosing = false
  #isClosingSoon = false
  #error: NodeJS.ErrnoException | null = null

  constructor(options: { owner: ChannelOwner; buffer: Buffer; handle: StreamHandle; binding: StreamBinding }) {
    const { handle, binding } = options
    this.owner = options.owner
    this.#buffer = options.buffer
    this.#handle = handle
    this.#binding = binding
    this.#state = binding.streamBaseState
    handle.setNoDelay?.(true)
    handle.onread = () => this.#onRead()
    handle.useUserBuffer(this.#buffer)
    handle.readStart()
  }

  get remoteAddress(): string {
    const peer: { address?: string } = {}
    this.#handle.getpeername?.(peer)
    return peer.address ?? ''
  }

  get isFlushed(): boolean {
    return this.#waiting === 0
  }

  writeText(latin1: string): boolean {
    if (this.#isClosing || this.#isEnded) return true
    return this.#wrote(this.#handle.writeLatin1String(spare(this.#binding), latin1), latin1)
  }

  write(bytes: Buffer): boolean {
    if (this.#isClosing || this.#isEnded) return true
    return this.#wrote(this.#handle.writeBuffer(spare(this.#binding), bytes), bytes)
  }

  writeBoth(latin1: string, bytes: Buffer): boolean {
    if (this.#isClosing || this.#isEnded) return true
    return this.#wrote(this.#handle.writev(spare(this.#binding), [latin1, 'latin1', bytes, 'buffer'], false), bytes)
  }

  writeFramed(before: string, bytes: Buffer, after: string): boolean {
    if (this.#isClosing || this.#isEnded) return true
    const chunks = [before, 'latin1', bytes, 'buffer', after, 'latin1']
    return this.#wrote(this.#handle.writev(spare(this.#binding), chunks, false), bytes)
  }

  readLast(): Buffer | null {
    return this.#isClosing ? null : readWaiting(this.#handle.fd)
  }

  switchBuffer(bytes: Buffer): void {
    this.#nextBuffer = bytes
  }

  pause(): void {
    if (!this.#isReading || this.#isClosing) return
    this.#isReading = false
    this.#handle.readStop()
  }

  resume(): void {
    if (this.#isReading || this.#isClosing || this.#isReadEnded) return
    this.#isReading = true
    this.#handle.readStart()
  }

  end(): void {
    if (this.#isEnded || this.#isClosing) return
    this.#isEnded = true
    const request = new this.#binding.ShutdownWrap()
    // Its failure means that the connection is gone, which reading tells as well.
    request.oncomplete = () => {}
    if (this.#handle.shutdown(request) < 0) this.destroy()
  }

  destroySoon(): void {
    this.#isClosingSoon = true
    if (this.#waiting === 0) this.destroy()
  }

  destroy(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#handle.close(() => this.#closed())
  }

  reset(): void {
    if (this.#isClosing) return
    // Not every handle can: one that is shutting down, or a pipe, is closed the ordinary way.
    if (this.#handle.reset === undefined || this.#isEnded || this.#handle.reset(() => this.#closed()) !== 0) return this.destroy()
    this.#isClosing = true
  }

  /** What a write came to. `kept`: what the native side still reads from while the write waits. */
  #wrote(status: number, kept: string | Buffer): boolean {
    if (status !== 0) return this.#failed(status)
    if (this.#state[this.#binding.kLastWriteWasAsync] === 0) return true
    const request = spare(this.#binding)
    spareRequest = null
    this.#waiting++
    request.buffer = kept
    request.oncomplete = (result) => this.#onWritten(request, result)
    return false
  }

  #failed(status: number): false {
    this.writeError ??= errorOf(status, 'write')
    // Not at once: who writes is in the middle of something, and may still want to read what came before.
    setImmediate(() => this.#fail(this.writeError as NodeJS.ErrnoException))
    return false
  }

  #onWritten(request: WriteRequest, status: number): void {
    request.buffer = null
    this.#waiting--
    if (this.#isClosing) return
    if (status < 0) {
      this.writeError ??= errorOf(status, 'write')
      return this.#fail(this.writeError)
    }
    if (this.#waiting > 0) return
    if (this.#isClosingSoon) this.destroy()
    else this.owner.onDrain()
  }

  /** Called by the handle. What it returns, if anything, is the buffer to read into from now on. */
  #onRead(): Buffer | undefined {
    const length = this.#state[this.#binding.kReadBytesOrError] as number
    if (length > 0) {
      if (!this.#isClosing) this.owner.onBytes(this.#buffer, length)
      const next = this.#nextBuffer
      if (next === null) return undefined
      this.#nextBuffer = null
      this.#buffer = next
      return next
    }
    if (length === 0 || this.#isClosing) return undefined
    this.pause()
    this.#isReadEnded = true
    if (length === END_OF_FILE) this.owner.onEnd()
    else this.#fail(errorOf(length, 'read'))
    return undefined
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#isClosing) return
    this.#error = error
    this.destroy()
  }

  #closed(): void {
    this.owner.onClose(this.#error)
  }
}

function errorOf(status: number, syscall: string): NodeJS.ErrnoException {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall, errno: status })
}
