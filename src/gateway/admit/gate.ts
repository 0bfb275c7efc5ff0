/**
 * How much of an upstream at a time, and who of those that must wait is next. Getting in while there is room costs a comparison and
 * an addition; everything else runs only when there is none. What waits too long, or finds no place, is shed: overload-shed.
 */
import { type Failure, failure } from '../../causes/failure.ts'
import type { ConcurrencyPlan } from '../../config/plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Random } from '../../std/random.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import { CRITICALITIES, rankOf } from './criticality.ts'
import { type Place, Queue } from './queue.ts'
import { Standing } from './standing.ts'

/** An exchange that waits. */
export interface Waiter {
  readonly exchange: Exchange
  admitted(now: number): void
  refused(outcome: Failure): void
}

export type GateOptions = {
  /** The upstream's name. */
  readonly upstream: string
  readonly plan: ConcurrencyPlan
  readonly clock: Clock
  readonly wheel: Wheel
  readonly random: Random
}

/** While somebody waits, limits in time are looked at so often. */
const TICK_MS = 100

export class Gate {
  /** Requests inside. */
  inflight = 0
  /** Requests waiting. */
  waiting = 0
  readonly #options: GateOptions
  readonly #timer: Timer
  #plan: ConcurrencyPlan
  #adaptive: AdaptiveLimit | null = null
  #queue: Queue<Waiter>
  #standing: Standing
  #limit = 0
  #capacity = Number.POSITIVE_INFINITY
  #isAdmitting = false

  constructor(options: GateOptions) {
    const { plan } = options
    this.#options = options
    this.#plan = plan
    this.#timer = new Timer(() => this.#tick())
    this.#queue = new Queue(plan.queueMax)
    this.#standing = new Standing(plan.queueMs, options.clock.now())
    this.#begin(plan)
  }

  /** Requests that may be inside now. */
  get limit(): number {
    return this.#limit
  }

  /** What all endpoints together may have in flight; infinite where they have no limit. */
  set capacity(capacity: number) {
    this.#capacity = capacity
    this.#setLimit()
    if (this.waiting > 0) this.#admit(this.#options.clock.now())
  }

  /** Puts another plan in force. Who waits goes on waiting. */
  update(plan: ConcurrencyPlan): void {
    const former = this.#plan
    this.#plan = plan
    const { kind, limitMin, limitMax, limitInitial, queueMax, queueMs } = plan
    if (kind !== former.kind || limitMin !== former.limitMin || limitMax !== former.limitMax || limitInitial !== former.limitInitial)
      this.#begin(plan)
    this.#queue.max = queueMax
    this.#standing.patienceMs = queueMs
    if (this.waiting > 0) this.#admit(this.#options.clock.now())
  }

  tryEnter(): boolean {
    if (this.inflight >= this.#limit) return false
    this.inflight++
    return true
  }

  /** Queues it, or refuses it at once. */
  wait(waiter: Waiter, now: number): void {
    const { exchange } = waiter
    if (this.waiting === 0) this.#standing.begin(now)
    this.#standing.joined++
    const loser = this.#queue.join(waiter, rankOf(exchange), exchange.client, now)
    this.waiting = this.#queue.size
    if (this.waiting > 0 && !this.#timer.isArmed) this.#options.wheel.arm(this.#timer, TICK_MS)
    if (loser !== null) this.#refuse(loser, now)
  }

  /** One that waits gives its place up. */
  leave(waiter: Waiter): void {
    this.#queue.leave(waiter)
    this.waiting = this.#queue.size
  }

  /**
   * One that got in is done. `waitedMs`: from the request sent to the head of its answer, or to its failure; negative when it says
   * nothing about the upstream. `isGood`: it did not end as requests to an overloaded server end.
   */
  exit(now: number, waitedMs: number, isGood: boolean): void {
    this.inflight--
    const adaptive = this.#adaptive
    if (adaptive?.observe(now, waitedMs, isGood, this.inflight)) this.#setLimit()
    if (this.waiting > 0) this.#admit(now)
  }

  #begin(plan: ConcurrencyPlan): void {
    const { kind, limitMin, limitMax, limitInitial } = plan
    this.#adaptive = kind === 'adaptive' ? new AdaptiveLimit({ min: limitMin, max: limitMax, initial: limitInitial }) : null
    this.#setLimit()
  }

  #setLimit(): void {
    const { kind, limitMax } = this.#plan
    const limit = this.#adaptive?.current ?? (kind === 'fixed' ? limitMax : Number.POSITIVE_INFINITY)
    this.#limit = Math.max(1, Math.floor(Math.min(limit, this.#capacity)))
  }

  /** As many as there is room for. One that fails at once comes back here by way of `exit`, and finds it is being done already. */
  #admit(now: number): void {
    if (this.#isAdmitting) return
    this.#isAdmitting = true
    while (this.inflight < this.#limit) {
      const place = this.#queue.take()
      if (place === null) break
      this.waiting = this.#queue.size
      this.inflight++
      this.#standing.served++
      const { waiter } = place
      waiter.exchange.queuedMs += now - place.since
      waiter.admitted(now)
    }
    this.#isAdmitting = false
    if (this.waiting === 0) this.#relax()
  }

  #tick(): void {
    const now = this.#options.clock.now()
    if (this.#adaptive?.look(now, this.inflight)) this.#setLimit()
    // A moment in which requests are held back on purpose is no sign of anything.
    if (this.#adaptive?.isUnsure !== true) this.#standing.judge(now)
    this.#queue.isNewestFirst = this.#standing.isStanding
    this.#admit(now)
    for (;;) {
      const place = this.#queue.takeOlder(now - this.#standing.limitMs)
      if (place === null) break
      this.waiting = this.#queue.size
      this.#refuse(place, now)
    }
    if (this.waiting > 0) this.#options.wheel.arm(this.#timer, TICK_MS)
    else this.#relax()
  }

  /** Nobody waits. */
  #relax(): void {
    this.#standing.end()
    this.#queue.isNewestFirst = false
  }

  #refuse(place: Place<Waiter>, now: number): void {
    const waitedMs = Math.round(now - place.since)
    const facts = {
      upstream: this.#options.upstream,
      limit: this.#limit,
      inflight: this.inflight,
      queue: this.waiting,
      waited_ms: waitedMs,
      criticality: CRITICALITIES[place.rank],
      retry_after_s: this.#standing.retryAfterS(now, this.waiting, this.#options.random.fraction()),
    }
    place.waiter.refused(failure('overload-shed', 'admit', 'safe', facts))
  }
}
