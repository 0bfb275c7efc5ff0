/**
 * What happens while no endpoint of an upstream can be reached, or while an operator has paused it: requests wait. The window begins with
 * the loss of the last endpoint and is over some seconds later, whoever waits: in a long outage nobody waits for nothing, and only
 * scouts go on looking.
 */
import type { HoldPlan } from '../../config/plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Wheel } from '../../std/wheel.ts'
import type { Endpoint } from './endpoint.ts'
import { Hold } from './hold.ts'
import { Scout } from './scout.ts'

export class Loss {
  readonly hold: Hold
  readonly #clock: Clock
  readonly #wheel: Wheel
  #plan: HoldPlan
  readonly #scouts = new Map<Endpoint, Scout>()
  /** Since when nothing can be reached; null while there is an endpoint that can, as far as is known. */
  #lostAt: number | null = null
  #isPaused = false
  /** Requests may go ahead. */
  isOpen = true

  constructor(options: { plan: HoldPlan; clock: Clock; wheel: Wheel }) {
    this.#plan = options.plan
    this.#clock = options.clock
    this.#wheel = options.wheel
    this.hold = new Hold(options.plan.requestsMax)
  }

  update(plan: HoldPlan): void {
    this.#plan = plan
    this.hold.update(plan.requestsMax)
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Since when nothing can be reached, monotonic milliseconds, or null. */
  get lostAt(): number | null {
    return this.#lostAt
  }

  /** Until when a request may wait that began to at `from`; not later than `now` when it may not. */
  waitsUntil(now: number, from: number, isIdempotent: boolean): number {
    const own = from + (isIdempotent ? this.#plan.idempotentMs : this.#plan.unsafeMs)
    return this.#isPaused || this.#lostAt === null ? own : Math.min(own, Math.max(now, this.#lostAt + this.#plan.windowMs))
  }

  /** Somebody came in vain. */
  hasten(now: number): void {
    for (const scout of this.#scouts.values()) scout.hasten(now)
  }

  pause(isPaused: boolean, now: number): void {
    this.#isPaused = isPaused
    this.#settle(now)
  }

  /** Endpoints were lost or found, or are other ones. */
  reconsider(endpoints: readonly Endpoint[], now: number): void {
    const present = endpoints.filter(({ isDrained }) => !isDrained)
    const isLost = present.length > 0 && present.every(({ downBy }) => downBy !== null)
    if (isLost && this.#lostAt === null) this.#lostAt = now
    if (!isLost) this.#lostAt = null
    this.#seek(endpoints.filter(({ downBy }) => downBy !== null))
    this.#settle(now)
  }

  close(): void {
    this.#seek([])
  }

  #settle(now: number): void {
    const wasOpen = this.isOpen
    this.isOpen = this.#lostAt === null && !this.#isPaused
    if (this.isOpen && !wasOpen) this.hold.release(now)
  }

  /** A scout for each of these, and for no other. */
  #seek(endpoints: readonly Endpoint[]): void {
    for (const [endpoint, scout] of this.#scouts) {
      if (endpoints.includes(endpoint)) continue
      scout.close()
      this.#scouts.delete(endpoint)
    }
    const isAwaited = (): boolean => this.hold.size > 0
    for (const endpoint of endpoints) {
      if (this.#scouts.has(endpoint)) continue
      this.#scouts.set(endpoint, new Scout({ endpoint, clock: this.#clock, wheel: this.#wheel, isAwaited }))
    }
  }
}
