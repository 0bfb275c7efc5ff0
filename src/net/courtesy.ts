/**
 * Several processes accept from one queue, and the one that happens to be awake would take nearly all of a burst. So it rests for a
 * blink after each connection: the others wake up meanwhile and take the next. Never more than a small share of its time: one that
 * has traffic of its own is slow to accept anyway, and nobody else may be there to take anything. Decision record 0021.
 */
import type { Clock } from '../std/clock.ts'

/** About what a process takes to wake up. The kernel adds its slack of as much again. */
const REST_MS = 0.05
/** Of a worker's time, in the long run and in one burst. */
const SHARE_MAX = 0.02
const SAVED_MAX_MS = 50

export class Courtesy {
  readonly #clock: Clock
  /** Sleeps `ms` at most. */
  readonly #rest: (ms: number) => void
  #savedMs = SAVED_MAX_MS
  #countedAt: number

  constructor(options: { clock: Clock; rest?: (ms: number) => void }) {
    this.#clock = options.clock
    this.#rest = options.rest ?? rest
    this.#countedAt = options.clock.now()
  }

  /** After a connection was accepted: lets the others have the next one. */
  give(): void {
    const before = this.#clock.now()
    this.#savedMs = Math.min(SAVED_MAX_MS, this.#savedMs + (before - this.#countedAt) * SHARE_MAX)
    this.#countedAt = before
    if (this.#savedMs < REST_MS) return
    this.#rest(REST_MS)
    this.#savedMs -= this.#clock.now() - before
  }
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

function rest(ms: number): void {
  Atomics.wait(cell, 0, 0, ms)
}
