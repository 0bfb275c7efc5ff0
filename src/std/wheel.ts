/**
 * A hashed timer wheel: arming, moving and disarming cost a few pointer writes, firing is as coarse as one tick.
 * Hundreds of thousands of timeouts share one Node timer, which sleeps while nothing is armed.
 * A timer is a node of its slot's list, so its owner allocates it once and arms it again and again.
 */
import type { Clock } from './clock.ts'

const SLOTS = 1024
const MASK = SLOTS - 1

/** Something that can be armed on a wheel. `onTimeout` runs once for each arming. */
export class Timer {
  readonly onTimeout: () => void
  /** Internal to the wheel. */
  previous: Timer | null = null
  /** Internal to the wheel. */
  next: Timer | null = null
  /** Internal to the wheel: the tick at which it is due, 0 when not armed. */
  dueTick = 0

  constructor(onTimeout: () => void) {
    this.onTimeout = onTimeout
  }

  get isArmed(): boolean {
    return this.dueTick !== 0
  }
}

export class Wheel {
  readonly #slots: (Timer | null)[] = new Array(SLOTS).fill(null)
  readonly #clock: Clock
  readonly #tickMs: number
  readonly #isDriven: boolean
  #tick: number
  #armed = 0
  #driver: ReturnType<typeof setInterval> | null = null

  /** `tickMs`: the resolution. `isDriven: false`: nothing fires until `advance()` is called (tests). */
  constructor(options: { clock: Clock; tickMs?: number; isDriven?: boolean }) {
    this.#clock = options.clock
    this.#tickMs = options.tickMs ?? 20
    this.#isDriven = options.isDriven ?? true
    this.#tick = this.#currentTick()
  }

  get armed(): number {
    return this.#armed
  }

  /** Arms or re-arms `timer` to fire no earlier than `delayMs` from now. */
  arm(timer: Timer, delayMs: number): void {
    if (timer.dueTick !== 0) this.#unlink(timer)
    else this.#armed++
    if (this.#driver === null && this.#isDriven) this.#start()
    const due = Math.max(this.#tick + 1, Math.ceil((this.#clock.now() + delayMs) / this.#tickMs))
    timer.dueTick = due
    const slot = due & MASK
    const head = this.#slots[slot] ?? null
    timer.next = head
    if (head !== null) head.previous = timer
    this.#slots[slot] = timer
  }

  disarm(timer: Timer): void {
    if (timer.dueTick === 0) return
    this.#unlink(timer)
    timer.dueTick = 0
    this.#armed--
  }

  /** Fires all that is due by the clock. The driver calls it; tests call it by hand. */
  advance(): void {
    const until = this.#currentTick()
    // After a long sleep of the process one turn of the wheel visits every slot: more would visit them twice.
    if (until - this.#tick > SLOTS) this.#tick = until - SLOTS
    while (this.#tick < until) {
      this.#tick++
      this.#fireSlot(this.#tick & MASK, until)
    }
    if (this.#armed === 0) this.close()
  }

  /** Stops the driver; armed timers stay armed and the next `arm` starts it again. */
  close(): void {
    if (this.#driver === null) return
    clearInterval(this.#driver)
    this.#driver = null
  }

  #start(): void {
    this.#tick = Math.max(this.#tick, this.#currentTick())
    this.#driver = setInterval(() => this.advance(), this.#tickMs)
    this.#driver.unref()
  }

  #currentTick(): number {
    return Math.floor(this.#clock.now() / this.#tickMs)
  }

  #fireSlot(slot: number, until: number): void {
    let timer = this.#slots[slot] ?? null
    while (timer !== null) {
      const following: Timer | null = timer.next
      if (timer.dueTick <= until) {
        this.#unlink(timer)
        timer.dueTick = 0
        this.#armed--
        timer.onTimeout()
        // The callback may have rearranged this slot; begin it again, what is not due is skipped cheaply.
        timer = this.#slots[slot] ?? null
      } else timer = following
    }
  }

  #unlink(timer: Timer): void {
    if (timer.previous !== null) timer.previous.next = timer.next
    else this.#slots[timer.dueTick & MASK] = timer.next
    if (timer.next !== null) timer.next.previous = timer.previous
    timer.previous = null
    timer.next = null
  }
}
