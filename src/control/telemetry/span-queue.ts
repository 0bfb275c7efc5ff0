/**
 * Records that wait for their spans to be sent. Nobody waits for the receiver: one batch is under way at a time, one that did not arrive
 * is tried again, less and less often, and what there is no room for is dropped and counted.
 */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import type { Receipt } from '../alert/receipt.ts'

const WAITING_MAX = 2_048
const BATCH_MAX = 256
const GATHER_MS = 1_000
const AGAIN_MS = 1_000
const AGAIN_MS_MAX = 60_000

export type SpanQueueOptions = {
  readonly wheel: Wheel
  readonly send: (records: readonly FailureRecord[]) => Promise<Receipt>
  readonly onSent: (count: number) => void
  readonly onDropped: (count: number) => void
  /** What came of a batch. */
  readonly onReceipt: (receipt: Receipt) => void
}

export class SpanQueue {
  readonly #options: SpanQueueOptions
  readonly #timer: Timer
  #waiting: FailureRecord[] = []
  #sending: Promise<void> | null = null
  #failures = 0

  constructor(options: SpanQueueOptions) {
    this.#options = options
    this.#timer = new Timer(() => void this.#send())
  }

  add(records: readonly FailureRecord[]): void {
    const room = WAITING_MAX - this.#waiting.length
    this.#waiting.push(...records.slice(0, room))
    if (records.length > room) this.#options.onDropped(records.length - room)
    if (this.#waiting.length > 0 && this.#sending === null && !this.#timer.isArmed) this.#options.wheel.arm(this.#timer, GATHER_MS)
  }

  /** Sends what waits, once; what does not arrive then is lost. */
  async close(): Promise<void> {
    this.#options.wheel.disarm(this.#timer)
    await this.#sending
    while (this.#waiting.length > 0 && this.#failures === 0) await this.#send()
    this.#options.wheel.disarm(this.#timer)
    if (this.#waiting.length > 0) this.#options.onDropped(this.#waiting.length)
    this.#waiting = []
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = null
      if (this.#waiting.length === 0) return
      const wait = this.#failures === 0 ? 1 : Math.min(AGAIN_MS * 2 ** (this.#failures - 1), AGAIN_MS_MAX)
      this.#options.wheel.arm(this.#timer, wait)
    })
    return this.#sending
  }

  async #sendBatch(): Promise<void> {
    const { send, onSent, onDropped, onReceipt } = this.#options
    const batch = this.#waiting.slice(0, BATCH_MAX)
    const receipt = await send(batch)
    // One that is refused for what it is would be refused again.
    if (receipt.isDelivered || receipt.isFinal) this.#waiting.splice(0, batch.length)
    if (receipt.isDelivered) onSent(batch.length)
    else if (receipt.isFinal) onDropped(batch.length)
    this.#failures = receipt.isDelivered ? 0 : this.#failures + 1
    onReceipt(receipt)
  }
}
