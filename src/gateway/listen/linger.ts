/**
 * The end of a client's connection (RFC 9112 §9.6): FIN goes out, and what the client still sends is read for a moment and thrown
 * away. Closing at once would make the system answer it with RST, and that can destroy the last answer on its way.
 */
import type { Channel, ChannelOwner } from '../../net/channel.ts'
import { Deadline } from '../../std/deadline.ts'
import type { Context } from '../context.ts'

const LINGER_MS = 2_000
const LINGER_BYTES_MAX = 1024 * 1024

export class Linger implements ChannelOwner {
  readonly #channel: Channel
  readonly #onClosed: () => void
  readonly #deadline: Deadline
  #bytes = 0

  constructor(options: { channel: Channel; context: Context; onClosed: () => void }) {
    this.#channel = options.channel
    this.#onClosed = options.onClosed
    const { wheel, clock } = options.context
    this.#deadline = new Deadline(wheel, clock, () => this.#channel.destroy())
    this.#deadline.set(clock.now(), LINGER_MS)
    this.#channel.owner = this
    this.#channel.end()
    this.#channel.resume()
  }

  onBytes(_bytes: Buffer, length: number): void {
    this.#bytes += length
    if (this.#bytes > LINGER_BYTES_MAX) this.#channel.destroy()
  }

  onDrain(): void {}

  onEnd(): void {
    this.#channel.destroySoon()
  }

  onClose(): void {
    this.#deadline.cancel()
    this.#onClosed()
  }
}
