/** Time as a value that can be handed in. Monotonic milliseconds for durations, epoch milliseconds for people. */

export type Clock = {
  /** Monotonic milliseconds with fractions; only differences mean anything. */
  readonly now: () => number
  /** What `now()` said last: as good within one event, and it costs nothing. */
  readonly recent: () => number
  /** Milliseconds since 1970-01-01 UTC. */
  readonly epoch: () => number
}

let last = performance.now()

function now(): number {
  last = performance.now()
  return last
}

export const systemClock: Clock = { now, recent: () => last, epoch: Date.now }

/** A clock that stands still until it is told to move, for tests. */
export class ManualClock implements Clock {
  #ms = 1_000
  readonly now = (): number => this.#ms
  readonly recent = (): number => this.#ms
  readonly epoch = (): number => 1_700_000_000_000 + this.#ms

  advance(ms: number): void {
    this.#ms += ms
  }
}
