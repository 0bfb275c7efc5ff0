/** IMF-fixdate (RFC 9110 §5.6.7), made once a second. */
import type { Clock } from './clock.ts'

export class HttpDate {
  readonly #clock: Clock
  #second = 0
  #text = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `Sun, 06 Nov 1994 08:49:37 GMT`. */
  text(): string {
    const epoch = this.#clock.epoch()
    const second = Math.floor(epoch / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#text = new Date(epoch).toUTCString()
    }
    return this.#text
  }
}
