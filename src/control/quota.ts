/** So many a minute, no more. */
import type { Clock } from '../std/clock.ts'

const WINDOW_MS = 60_000

export class Quota {
  readonly #clock: Clock
  readonly #perMinute: number
  #began = Number.NEGATIVE_INFINITY
  #taken = 0

  constructor(options: { clock: Clock; perMinute: number }) {
    this.#clock = options.clock
    this.#perMinute = options.perMinute
  }

  take(): boolean {
    const now = this.#clock.now()
    if (now - this.#began >= WINDOW_MS) {
      this.#began = now
      this.#taken = 0
    }
    return this.#taken++ < this.#perMinute
  }
}
