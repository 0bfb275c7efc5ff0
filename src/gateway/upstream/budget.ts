/**
 * How many retries an upstream may cost: a share of its requests plus a floor, over a sliding window of ten seconds,
 * so that retries cannot become the outage. After Finagle's RetryBudget.
 */
import type { Clock } from '../../std/clock.ts'

const WINDOW_MS = 10_000
const SLICES = 10
const SLICE_MS = WINDOW_MS / SLICES

export class RetryBudget {
  readonly #clock: Clock
  readonly #share: number
  readonly #floor: number
  readonly #requests = new Float64Array(SLICES)
  readonly #retries = new Float64Array(SLICES)
  #slice = 0

  constructor(options: { clock: Clock; share: number; minPerSecond: number }) {
    this.#clock = options.clock
    this.#share = options.share
    this.#floor = (options.minPerSecond * WINDOW_MS) / 1_000
    this.#slice = Math.floor(options.clock.now() / SLICE_MS)
  }

  /** Counts a request that is not a retry. */
  deposit(now: number): void {
    this.#turn(now)
    const index = this.#slice % SLICES
    this.#requests[index] = (this.#requests[index] as number) + 1
  }

  /** Takes one retry out of the budget, or says that it is spent. */
  take(): boolean {
    this.#turn(this.#clock.now())
    if (this.balance < 1) return false
    const index = this.#slice % SLICES
    this.#retries[index] = (this.#retries[index] as number) + 1
    return true
  }

  /** Retries left in the window. */
  get balance(): number {
    let requests = 0
    let retries = 0
    for (let i = 0; i < SLICES; i++) {
      requests += this.#requests[i] as number
      retries += this.#retries[i] as number
    }
    return this.#floor + requests * this.#share - retries
  }

  #turn(now: number): void {
    const slice = Math.floor(now / SLICE_MS)
    if (slice === this.#slice) return
    const steps = Math.min(slice - this.#slice, SLICES)
    for (let i = 1; i <= steps; i++) {
      const index = (this.#slice + i) % SLICES
      this.#requests[index] = 0
      this.#retries[index] = 0
    }
    this.#slice = slice
  }
}
