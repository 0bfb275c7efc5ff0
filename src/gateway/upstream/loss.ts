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
  #scouts: Scout[] = []
  /** The endpoints that cannot be reached; null while there is one that can, as far as is known. */
  #lost: readonly Endpoint[] | null = null
  #lostAt = 0
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
    return this.#lost === null ? null : this.#lostAt
  }

  /** Until when a request may wait that began to at `from`; not later than `now` when it may not. */
  waitsUntil(now: number, from: number, isIdempotent: boolean): number {
    const own = from + (isIdempotent ? this.#plan.idempotentMs : this.#plan.unsafeMs)
    return this.#isPaused || this.#lost === null ? own : Math.min(own, Math.max(now, this.#lostAt + this.#plan.windowMs))
  }

  pause(isPaused: boolean, now: number): void {
    this.#isPaused = isPaused
    this.#settle(now)
  }

  /** Endpoints were lost or found, or are other ones. */
  reconsider(endpoints: readonly Endpoint[], now: number): void {
    const present = endpoints.filter(({ isDrained }) => !isDrained)
    const isLost = present.length > 0 && present.every(({ downBy }) => downBy !== null)
    if (isLost && this.#lost === null) this.#lostAt = now
    const sought = isLost ? present : []
    const isChanged = sought.length !== this.#scouts.length || sought.some((endpoint) => !this.#lost?.includes(endpoint))
    this.#lost = isLost ? present : null
    if (isChanged) this.#scout(sought)
    this.#settle(now)
  }

  close(): void {
    this.#scout([])
  }

  #settle(now: number): void {
    const wasOpen = this.isOpen
    this.isOpen = this.#lost === null && !this.#isPaused
    if (this.isOpen && !wasOpen) this.hold.release(now)
  }

  #scout(endpoints: readonly Endpoint[]): void {
    for (const scout of this.#scouts.splice(0)) scout.close()
    const isAwaited = (): boolean => this.hold.size > 0
    this.#scouts = endpoints.map((endpoint) => new Scout({ endpoint, clock: this.#clock, wheel: this.#wheel, isAwaited }))
  }
}
