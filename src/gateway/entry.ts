/**
 * The way of an exchange into its upstream: it waits while no endpoint can be reached, then for its turn at the gate, and counts
 * as inside until it leaves. It may have to wait for an endpoint again later; then it gives its place up.
 */
import type { Failure } from '../causes/failure.ts'
import type { Waiter } from './admit/gate.ts'
import type { Exchange } from './exchange/exchange.ts'
import { exceeded } from './expiry.ts'
import type { Held } from './upstream/hold.ts'
import type { Upstream } from './upstream/upstream.ts'

export interface EntryOwner {
  entered(now: number): void
  giveUp(outcome: Failure): void
  /** It waits; `expired()` is to be called then. */
  waitsUntil(now: number, until: number): void
}

export class Entry implements Waiter, Held {
  readonly exchange: Exchange
  readonly #owner: EntryOwner
  #upstream: Upstream | null = null
  #isIdempotent = true
  #until = 0
  #place: 'outside' | 'queued' | 'held' | 'inside' = 'outside'
  /** When it first had to wait for an endpoint, or 0. */
  #heldAt = 0

  constructor(exchange: Exchange, owner: EntryOwner) {
    this.exchange = exchange
    this.#owner = owner
  }

  /** `until`: the end of all its time. */
  begin(upstream: Upstream, isIdempotent: boolean, until: number): void {
    this.#upstream = upstream
    this.#isIdempotent = isIdempotent
    this.#until = until
    this.#place = 'outside'
    this.#heldAt = 0
  }

  /** Now, or when its turn comes. */
  enter(now: number): void {
    const { gate, loss } = this.#upstream as Upstream
    if (!loss.isOpen) return this.hold(now)
    if (this.#place === 'inside') return this.#owner.entered(now)
    if (gate.tryEnter()) return this.admitted(now)
    this.#place = 'queued'
    this.#owner.waitsUntil(now, this.#until)
    gate.wait(this, now)
  }

  /** Waits until the upstream can be reached, or says why it does not. */
  hold(now: number): void {
    const upstream = this.#upstream as Upstream
    const { loss } = upstream
    this.leave(now, -1, true)
    if (this.#heldAt === 0) this.#heldAt = now
    const until = Math.min(loss.waitsUntil(now, this.#heldAt, this.#isIdempotent), this.#until)
    if (until <= now || !loss.hold.enter(this)) {
      loss.hasten(now)
      return this.#owner.giveUp(this.#explain(now))
    }
    this.#place = 'held'
    this.#owner.waitsUntil(now, until)
  }

  /** Its place at the gate is free again. `waitedMs`: from the request sent to the head of its answer, or to its failure; -1 for none. */
  leave(now: number, waitedMs: number, isGood: boolean): void {
    if (this.#place !== 'inside') return
    this.#place = 'outside'
    ;(this.#upstream as Upstream).gate.exit(now, waitedMs, isGood)
  }

  /** Nobody waits for it any more. */
  cancel(now: number): void {
    this.#stopWaiting()
    this.leave(now, -1, true)
  }

  expired(now: number): void {
    const outcome =
      this.#place === 'held'
        ? this.#explain(now)
        : exceeded(this.exchange.attempt, now, 'admit', (this.#upstream as Upstream).plan.timeouts)
    this.#stopWaiting()
    this.#owner.giveUp(outcome)
  }

  admitted(now: number): void {
    this.#place = 'inside'
    this.#owner.entered(now)
  }

  refused(outcome: Failure): void {
    this.#place = 'outside'
    this.#owner.giveUp(outcome)
  }

  released(now: number): void {
    this.#place = 'outside'
    this.enter(now)
  }

  #stopWaiting(): void {
    const upstream = this.#upstream as Upstream
    if (this.#place === 'queued') upstream.gate.leave(this)
    else if (this.#place === 'held') upstream.loss.hold.leave(this)
    else return
    this.#place = 'outside'
  }

  #explain(now: number): Failure {
    return (this.#upstream as Upstream).explainLoss(now, this.exchange.attempt?.failure ?? null)
  }
}
