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
/** For a process that has more than the others, and how long that is believed. */
const REST_MORE_MS = 0.5
const MORE_MS = 1_500

export class Courtesy {
  readonly #clock: Clock
  /** Sleeps `ms` at most. */
  readonly #rest: (ms: number) => void
  #savedMs = SAVED_MAX_MS
  #countedAt: number
  #moreUntil = 0

  constructor(options: { clock: Clock; rest?: (ms: number) => void }) {
    this.#clock = options.clock
    this.#rest = options.rest ?? rest
    this.#countedAt = options.clock.now()
  }

  /** This process has more connections than the others. */
  giveMore(): void {
    this.#moreUntil = this.#clock.now() + MORE_MS
  }

  /** After a connection was accepted: lets the others have the next one. */
  give(): void {
    const before = this.#clock.now()
    this.#savedMs = Math.min(SAVED_MAX_MS, this.#savedMs + (before - this.#countedAt) * SHARE_MAX)
    this.#countedAt = before
    const restMs = before < this.#moreUntil ? REST_MORE_MS : REST_MS
    if (this.#savedMs < restMs) return
    this.#rest(restMs)
    this.#savedMs -= this.#clock.now() - before
  }
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

function rest(ms: number): void {
  Atomics.wait(cell, 0, 0, ms)
}
