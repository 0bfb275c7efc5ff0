/**
 * What is left of an exchange after a switch of protocols: bytes both ways until both ends are closed, or silence lasts too long.
 * The end of one direction is passed on as such, and the other goes on. When the gateway drains, a WebSocket is told to connect again
 * (RFC 6455 §7.4.1: 1012) between two frames; of other protocols nothing is known, so they are left alone.
 */
import type { ResponseHead } from '../../http/message.ts'
import type { Channel, ChannelOwner } from '../../net/channel.ts'
import type { Clock } from '../../std/clock.ts'
import { Deadline } from '../../std/deadline.ts'
import { writeResponseHead } from '../../wire/h1/write-head.ts'
import { closeFrame, FrameFollower, SERVICE_RESTART } from '../../wire/websocket.ts'
import type { Context } from '../context.ts'

/** When one side has said all it had to say, the other gets so much silence before the tunnel ends. */
const HALF_CLOSED_MS = 60_000
/** What a frame under way is given to end, and after the Close frame both ends to close. */
const FRAME_MS = 1_000
const CLOSING_MS = 2_000
const BUFFER_BYTES = 64 * 1024

export type TunnelOptions = {
  readonly context: Context
  readonly downstream: Channel
  readonly upstream: Channel
  readonly idleMs: number
  readonly onClosed: (bytesIn: number, bytesOut: number) => void
}

export class Tunnel {
  readonly #options: TunnelOptions
  readonly #downstream: Channel
  readonly #upstream: Channel
  readonly #clock: Clock
  readonly #deadline: Deadline
  /** Of what the server sends. */
  #frames: FrameFollower | null = null
  #leave: Deadline | null = null
  #farewell: 'none' | 'due' | 'said' = 'none'
  #bytesIn = 0
  #bytesOut = 0
  #ended = 0
  #isClosed = false

  constructor(options: TunnelOptions) {
    this.#options = options
    this.#downstream = options.downstream
    this.#upstream = options.upstream
    this.#clock = options.context.clock
    this.#deadline = new Deadline(options.context.wheel, this.#clock, () => this.#closeBoth())
  }

  /** `head`: the answer that ends HTTP here. `rest`, `early`: bytes of either side that came with their heads. */
  begin(head: ResponseHead, hop: string, rest: Buffer, early: Buffer | null): void {
    this.#downstream.owner = this.#end(this.#upstream, this.#downstream, (length) => {
      this.#bytesIn += length
    })
    this.#upstream.owner = this.#end(this.#downstream, this.#upstream, (length) => {
      this.#bytesOut += length
    })
    // The client's side read into a buffer that it shared; bytes in flight need one of their own.
    this.#downstream.switchBuffer(Buffer.allocUnsafeSlow(BUFFER_BYTES))
    this.#deadline.set(this.#clock.now(), this.#options.idleMs)
    this.#options.context.observer.tunnelOpened()
    if (head.upgrade.toLowerCase() === 'websocket') this.#frames = new FrameFollower()
    this.#downstream.writeText(writeResponseHead(head, `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`, `${hop}\r\n`))
    if (rest.length > 0) {
      this.#bytesOut += rest.length
      this.#frames?.follow(rest, 0, rest.length, false)
      this.#downstream.write(Buffer.from(rest))
    }
    if (early !== null && early.length > 0) {
      this.#bytesIn += early.length
      this.#upstream.write(early)
    }
    this.#downstream.resume()
  }

  get isWebSocket(): boolean {
    return this.#frames !== null
  }

  /** Tells a WebSocket in `delayMs` to connect again elsewhere. */
  drain(delayMs: number): void {
    if (this.#frames === null || this.#leave !== null || this.#isClosed) return
    this.#leave = new Deadline(this.#options.context.wheel, this.#clock, () => this.#takeLeave())
    this.#leave.set(this.#clock.now(), delayMs)
  }

  #takeLeave(): void {
    // A frame or an end that did not come.
    if (this.#farewell !== 'none') return this.#closeBoth()
    this.#farewell = 'due'
    this.#leave?.set(this.#clock.now(), FRAME_MS)
    if (this.#frames?.isAtBoundary) this.#sayFarewell()
  }

  /** The client answers with a Close frame of its own, which goes to the server, and so both ends close in order. */
  #sayFarewell(): void {
    this.#farewell = 'said'
    this.#downstream.write(closeFrame(SERVICE_RESTART, 'The service restarts'))
    this.#upstream.resume()
    this.#leave?.set(this.#clock.now(), CLOSING_MS)
  }

  /** What `from` reads goes to `to`; while `to` is full, `from` is not read. */
  #end(to: Channel, from: Channel, count: (length: number) => void): ChannelOwner {
    let isFirst = from === this.#downstream
    const isFollowed = from === this.#upstream
    return {
      onBytes: (bytes, length) => {
        count(length)
        this.#touch()
        const end = isFollowed ? this.#followed(bytes, length) : length
        // The buffer is switched only after the read in progress, so the first bytes may still be in the shared one.
        const piece = isFirst ? Buffer.from(bytes.subarray(0, end)) : bytes.subarray(0, end)
        isFirst = false
        if (end > 0 && !to.write(piece)) from.pause()
        if (isFollowed && this.#farewell === 'due' && this.#frames?.isAtBoundary) this.#sayFarewell()
      },
      // The channel that has drained is `from`, so the other one may be read again.
      onDrain: () => to.resume(),
      onEnd: () => {
        to.end()
        this.#ended++
        if (this.#ended === 2) this.#closeBoth()
        else this.#deadline.set(this.#clock.now(), Math.min(HALF_CLOSED_MS, this.#options.idleMs))
      },
      onClose: () => this.#closeBoth(),
    }
  }

  /** How much of what the server sent may go on: nothing behind a Close frame. */
  #followed(bytes: Buffer, length: number): number {
    if (this.#frames === null) return length
    return this.#farewell === 'said' ? 0 : this.#frames.follow(bytes, 0, length, this.#farewell === 'due')
  }

  #touch(): void {
    const { idleMs } = this.#options
    this.#deadline.set(this.#clock.now(), this.#ended > 0 ? Math.min(HALF_CLOSED_MS, idleMs) : idleMs)
  }

  /** Both ends have gone, or silence lasted: what is written still leaves, then the sockets go. */
  #closeBoth(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#deadline.cancel()
    this.#leave?.cancel()
    for (const channel of [this.#downstream, this.#upstream]) {
      if (channel.isFlushed) channel.destroy()
      else channel.destroySoon()
    }
    this.#options.context.observer.tunnelClosed()
    this.#options.onClosed(this.#bytesIn, this.#bytesOut)
  }
}
