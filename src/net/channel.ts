/**
 * A socket for people who want bytes: reads into a buffer that is handed in, tells one owner what happened,
 * and says of each write whether the kernel took it all. No streams' events in between, no allocation a read.
 * Half-open is allowed: the end of one direction is not the end of the other.
 */
import { readSync } from 'node:fs'
import { connect, type NetConnectOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Accepted } from './acceptor.ts'

export interface ChannelOwner {
  /** Bytes 0 to `length` of `bytes`; the buffer is written again after the next read, unless `switchBuffer` was called. */
  onBytes(bytes: Buffer, length: number): void
  /** All that was written is with the kernel, after a write that returned false. */
  onDrain(): void
  /** The peer will send no more. */
  onEnd(): void
  /** Once, last of all. */
  onClose(error: NodeJS.ErrnoException | null): void
}

const NOTHING = Buffer.alloc(0)
const LAST_BYTES = 16 * 1024

export class Channel {
  readonly socket: Socket
  owner: ChannelOwner
  #buffer: Buffer
  #nextBuffer: Buffer | null = null
  #error: NodeJS.ErrnoException | null = null
  #isFlushing = false
  #isClosed = false

  /** Dials, or takes what was accepted. `buffer` may be shared with other channels if what is read is used at once. */
  constructor(owner: ChannelOwner, buffer: Buffer, options: { dial: NetConnectOpts } | Accepted) {
    this.owner = owner
    this.#buffer = buffer
    if ('dial' in options) this.socket = connect({ ...options.dial, allowHalfOpen: true, onread: this.#reading() } as NetConnectOpts)
    else if ('handle' in options)
      this.socket = new Socket({ handle: options.handle, allowHalfOpen: true, onread: this.#reading() } as SocketConstructorOpts)
    else this.socket = options.socket
    this.#attach()
    if ('socket' in options) this.socket.on('data', (bytes) => this.owner.onBytes(bytes as Buffer, bytes.length))
  }

  /** True when the kernel took everything; false when some of it waits, and `onDrain` will follow. */
  write(bytes: Buffer): boolean {
    this.socket.write(bytes)
    return this.socket.writableLength === 0 || this.#awaitFlush()
  }

  writeText(latin1: string): boolean {
    this.socket.write(latin1, 'latin1')
    return this.socket.writableLength === 0 || this.#awaitFlush()
  }

  /** A head and what follows it, in one system call. */
  writeBoth(latin1: string, bytes: Buffer): boolean {
    const socket = this.socket
    socket.cork()
    socket.write(latin1, 'latin1')
    socket.write(bytes)
    socket.uncork()
    return socket.writableLength === 0 || this.#awaitFlush()
  }

  /** A chunk with its framing, in one system call. */
  writeFramed(before: string, bytes: Buffer, after: string): boolean {
    const socket = this.socket
    socket.cork()
    socket.write(before, 'latin1')
    socket.write(bytes)
    socket.write(after, 'latin1')
    socket.uncork()
    return socket.writableLength === 0 || this.#awaitFlush()
  }

  /** Nothing waits in this process to be written. */
  get isFlushed(): boolean {
    return this.socket.writableLength === 0
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The error of a write, known before the socket has gone through its own closing. */
  get writeError(): Error | null {
    return this.socket.errored
  }

  /** After a failed write: what the peer had sent before, read straight from the descriptor, for the stream is about to close it. */
  readLast(): Buffer | null {
    const fd = (this.socket as unknown as { _handle?: { fd?: number } })._handle?.fd
    if (fd === undefined || fd < 0) return null
    const bytes = Buffer.allocUnsafeSlow(LAST_BYTES)
    try {
      const length = readSync(fd, bytes)
      return length > 0 ? bytes.subarray(0, length) : null
    } catch {
      // Nothing there, or the connection is gone altogether.
      return null
    }
  }

  /** Reads on into another buffer, because the one in use is still needed by someone. */
  switchBuffer(bytes: Buffer): void {
    this.#nextBuffer = bytes
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Sends FIN behind what was written; reading goes on. */
  end(): void {
    if (!this.socket.destroyed) this.socket.end()
  }

  /** Closes without waiting for anything. */
  destroy(): void {
    this.socket.destroy()
  }

  /** Closes when what was written is with the kernel. */
  destroySoon(): void {
    this.socket.destroySoon()
  }

  /** Closes with RST, so that the peer cannot take a body that breaks off for a whole one. */
  reset(): void {
    const socket = this.socket
    if (socket.destroyed) return
    if (socket.connecting) socket.destroy()
    else socket.resetAndDestroy()
  }

  #reading(): { buffer: () => Buffer; callback: (length: number, bytes: Uint8Array) => boolean } {
    let isFirst = true
    return {
      buffer: () => {
        if (isFirst) {
          isFirst = false
          return this.#buffer
        }
        const next = this.#nextBuffer
        this.#nextBuffer = null
        // Anything but a buffer means to go on with the one there is.
        return next as Buffer
      },
      callback: (length, bytes) => {
        this.owner.onBytes(bytes as Buffer, length)
        return true
      },
    }
  }

  #awaitFlush(): boolean {
    if (!this.#isFlushing && !this.socket.destroyed) {
      this.#isFlushing = true
      this.socket.write(NOTHING, () => {
        this.#isFlushing = false
        if (!this.#isClosed && !this.socket.destroyed) this.owner.onDrain()
      })
    }
    return false
  }

  #attach(): void {
    const socket = this.socket
    socket.on('end', () => this.owner.onEnd())
    socket.on('error', (error) => {
      this.#error = error
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.owner.onClose(this.#error)
    })
  }
}
