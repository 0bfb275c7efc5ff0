/**
 * A timeout that is set for every request and almost never fires: setting and clearing it are two stores.
 * Its timer stays on the wheel and looks, when it fires, whether the time has really come.
 */
import type { Clock } from './clock.ts'
import { Timer, type Wheel } from './wheel.ts'

export class Deadline {
  readonly #wheel: Wheel
  readonly #clock: Clock
  readonly #onExpire: () => void
  readonly #timer = new Timer(() => this.#look())
  #dueAt = 0
  #armedFor = 0

  constructor(wheel: Wheel, clock: Clock, onExpire: () => void) {
    this.#wheel = wheel
    this.#clock = clock
    this.#onExpire = onExpire
  }

  /** Expires `delayMs` after `now`, whatever was set before. */
  set(now: number, delayMs: number): void {
    const dueAt = now + delayMs
    this.#dueAt = dueAt
    if (this.#timer.dueTick !== 0 && this.#armedFor <= dueAt) return
    this.#armedFor = dueAt
    this.#wheel.arm(this.#timer, delayMs)
  }

  clear(): void {
    this.#dueAt = 0
  }

  /** Takes its timer off the wheel as well: for the end of its owner's life. */
  cancel(): void {
    this.#dueAt = 0
    this.#wheel.disarm(this.#timer)
  }

  #look(): void {
    const dueAt = this.#dueAt
    if (dueAt === 0) return
    const now = this.#clock.now()
    if (now < dueAt) {
      this.#armedFor = dueAt
      this.#wheel.arm(this.#timer, dueAt - now)
      return
    }
    this.#dueAt = 0
    this.#onExpire()
  }
}
