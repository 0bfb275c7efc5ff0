/**
 * What is left of an exchange after a switch of protocols: bytes both ways until both ends are closed, or silence lasts too long.
 * The end of one direction is passed on as such, and the other goes on.
 */
import type { Channel, ChannelOwner } from '../../net/channel.ts'
import type { Clock } from '../../std/clock.ts'
import { Deadline } from '../../std/deadline.ts'
import type { Wheel } from '../../std/wheel.ts'

/** When one side has said all it had to say, the other gets so much silence before the tunnel ends. */
const HALF_CLOSED_MS = 60_000
const BUFFER_BYTES = 64 * 1024

export type TunnelOptions = {
  readonly downstream: Channel
  readonly upstream: Channel
  readonly clock: Clock
  readonly wheel: Wheel
  readonly idleMs: number
  readonly onClosed: (bytesIn: number, bytesOut: number) => void
}

export class Tunnel {
  readonly #downstream: Channel
  readonly #upstream: Channel
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #onClosed: (bytesIn: number, bytesOut: number) => void
  readonly #deadline: Deadline
  #bytesIn = 0
  #bytesOut = 0
  #ended = 0
  #isClosed = false

  constructor(options: TunnelOptions) {
    this.#downstream = options.downstream
    this.#upstream = options.upstream
    this.#clock = options.clock
    this.#idleMs = options.idleMs
    this.#onClosed = options.onClosed
    this.#deadline = new Deadline(options.wheel, options.clock, () => this.#closeBoth())
  }

  /** `head`: the answer that ends HTTP here. `rest`, `early`: bytes of either side that came with their heads. */
  begin(head: string, rest: Buffer, early: Buffer | null): void {
    this.#downstream.owner = this.#end(this.#upstream, this.#downstream, (length) => {
      this.#bytesIn += length
    })
    this.#upstream.owner = this.#end(this.#downstream, this.#upstream, (length) => {
      this.#bytesOut += length
    })
    // The client's side read into a buffer that it shared; bytes in flight need one of their own.
    this.#downstream.switchBuffer(Buffer.allocUnsafeSlow(BUFFER_BYTES))
    this.#deadline.set(this.#clock.now(), this.#idleMs)
    this.#downstream.writeText(head)
    if (rest.length > 0) {
      this.#bytesOut += rest.length
      this.#downstream.write(Buffer.from(rest))
    }
    if (early !== null && early.length > 0) {
      this.#bytesIn += early.length
      this.#upstream.write(early)
    }
    this.#downstream.resume()
  }

  /** What `from` reads goes to `to`; while `to` is full, `from` is not read. */
  #end(to: Channel, from: Channel, count: (length: number) => void): ChannelOwner {
    let isFirst = from === this.#downstream
    return {
      onBytes: (bytes, length) => {
        count(length)
        this.#touch()
        // The buffer is switched only after the read in progress, so the first bytes may still be in the shared one.
        const piece = isFirst ? Buffer.from(bytes.subarray(0, length)) : bytes.subarray(0, length)
        isFirst = false
        if (!to.write(piece)) from.pause()
      },
      // The channel that has drained is `from`, so the other one may be read again.
      onDrain: () => to.resume(),
      onEnd: () => {
        to.end()
        this.#ended++
        if (this.#ended === 2) this.#closeBoth()
        else this.#deadline.set(this.#clock.now(), Math.min(HALF_CLOSED_MS, this.#idleMs))
      },
      onClose: () => this.#closeBoth(),
    }
  }

  #touch(): void {
    this.#deadline.set(this.#clock.now(), this.#ended > 0 ? Math.min(HALF_CLOSED_MS, this.#idleMs) : this.#idleMs)
  }

  /** Both ends have gone, or silence lasted: what is written still leaves, then the sockets go. */
  #closeBoth(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#deadline.cancel()
    for (const channel of [this.#downstream, this.#upstream]) {
      if (channel.isFlushed) channel.destroy()
      else channel.destroySoon()
    }
    this.#onClosed(this.#bytesIn, this.#bytesOut)
  }
}
