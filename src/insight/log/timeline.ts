/** Counts over time for several series on one scale, which grows coarser by halves as the span grows: memory stays the same. */

const STEPS = 120
const STEP_MS_MIN = 1_000

export class Timeline {
  #stepMs = STEP_MS_MIN
  /** Steps since 1970. */
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  readonly #series = new Map<string, Map<number, number>>()

  add(name: string, timeMs: number, count = 1): void {
    if (!Number.isFinite(timeMs)) return
    let step = Math.floor(timeMs / this.#stepMs)
    while (Math.max(step, this.#last) - Math.min(step, this.#first) >= STEPS) {
      this.#coarsen()
      step = Math.floor(timeMs / this.#stepMs)
    }
    this.#first = Math.min(this.#first, step)
    this.#last = Math.max(this.#last, step)
    let counts = this.#series.get(name)
    if (counts === undefined) {
      counts = new Map()
      this.#series.set(name, counts)
    }
    counts.set(step, (counts.get(step) ?? 0) + count)
  }

  /** When the first step begins, NaN where nothing was added. */
  get startMs(): number {
    return Number.isFinite(this.#first) ? this.#first * this.#stepMs : Number.NaN
  }

  get stepMs(): number {
    return this.#stepMs
  }

  /** One number a step, from the first step of any series to the last. */
  counts(name: string): number[] {
    if (!Number.isFinite(this.#first)) return []
    const counts = this.#series.get(name)
    return Array.from({ length: this.#last - this.#first + 1 }, (_, i) => counts?.get(this.#first + i) ?? 0)
  }

  #coarsen(): void {
    this.#stepMs *= 2
    this.#first = Math.floor(this.#first / 2)
    this.#last = Math.floor(this.#last / 2)
    for (const [name, counts] of this.#series) {
      const folded = new Map<number, number>()
      for (const [step, count] of counts) folded.set(Math.floor(step / 2), (folded.get(Math.floor(step / 2)) ?? 0) + count)
      this.#series.set(name, folded)
    }
  }
}
