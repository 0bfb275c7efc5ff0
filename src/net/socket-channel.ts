/**
 * A channel on Node's documented socket: the fallback for a Node whose handles are not as expected, and for streams that are
 * not plain sockets.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import type { Channel, ChannelOwner } from './channel.ts'
import { readWaiting } from './waiting-bytes.ts'

const NOTHING = Buffer.alloc(0)

export class SocketChannel implements Channel {
  owner: ChannelOwner
  readonly #socket: Socket
  #error: NodeJS.ErrnoException | null = null
  #isFlushing = false
  #isClosed = false

  constructor(owner: ChannelOwner, socket: Socket) {
    this.owner = owner
    this.#socket = socket
    // The stream gives every read a buffer of its own, so nothing need be switched.
    socket.on('data', (bytes: Buffer) => this.owner.onBytes(bytes, bytes.length))
    socket.on('end', () => this.owner.onEnd())
    socket.on('error', (error) => {
      this.#error = error
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.owner.onClose(this.#error)
    })
    socket.resume()
  }

  static socketOf(handle: unknown): Socket {
    return new Socket({ handle, allowHalfOpen: true } as SocketConstructorOpts)
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? ''
  }

  get isFlushed(): boolean {
    return this.#socket.writableLength === 0
  }

  get writeError(): NodeJS.ErrnoException | null {
    return this.#socket.errored
  }

  write(bytes: Buffer): boolean {
    this.#socket.write(bytes)
    return this.#socket.writableLength === 0 || this.#awaitFlush()
  }

  writeText(latin1: string): boolean {
    this.#socket.write(latin1, 'latin1')
    return this.#socket.writableLength === 0 || this.#awaitFlush()
  }

  writeBoth(latin1: string, bytes: Buffer): boolean {
    return this.writeFramed(latin1, bytes, '')
  }

  writeFramed(before: string, bytes: Buffer, after: string): boolean {
    const socket = this.#socket
    socket.cork()
    socket.write(before, 'latin1')
    socket.write(bytes)
    if (after !== '') socket.write(after, 'latin1')
    socket.uncork()
    return socket.writableLength === 0 || this.#awaitFlush()
  }

  readLast(): Buffer | null {
    return readWaiting((this.#socket as unknown as { _handle?: { fd?: number } })._handle?.fd)
  }

  switchBuffer(): void {}

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (!this.#socket.destroyed) this.#socket.end()
  }

  destroySoon(): void {
    this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    if (!this.#socket.destroyed) this.#socket.resetAndDestroy()
  }

  #awaitFlush(): boolean {
    if (!this.#isFlushing && !this.#socket.destroyed) {
      this.#isFlushing = true
      this.#socket.write(NOTHING, () => {
        this.#isFlushing = false
        if (!this.#isClosed && !this.#socket.destroyed) this.owner.onDrain()
      })
    }
    return false
  }
}
