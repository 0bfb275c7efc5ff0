/** How much of an upstream at a time. What does not get in waits its turn, or is refused. */
import type { Failure } from '../../causes/failure.ts'
import type { Exchange } from '../exchange/exchange.ts'

/** An exchange that waits. */
export interface Waiter {
  readonly exchange: Exchange
  admitted(now: number): void
  refused(outcome: Failure): void
}

export class Gate {
  /** Requests inside. */
  inflight = 0
  /** Requests waiting. */
  waiting = 0

  tryEnter(): boolean {
    this.inflight++
    return true
  }

  /** Queues it, or refuses it at once. */
  wait(waiter: Waiter, now: number): void {
    this.inflight++
    waiter.admitted(now)
  }

  /** One that waits gives its place up. */
  leave(_waiter: Waiter): void {}

  /** One that got in is done. `waitedMs`: from the request sent to the head of its answer, or to its failure; -1 when none was sent. */
  exit(_now: number, _waitedMs: number, _isGood: boolean): void {
    this.inflight--
  }
}
