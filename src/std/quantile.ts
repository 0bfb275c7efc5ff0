/** A running estimate of one quantile in constant space: a step up for each sample above it, a smaller one down for each below. */

/** Of the estimate: small enough to be steady, large enough to follow. */
const STEP = 0.02
/** Samples before the estimate is worth anything. */
const SAMPLES_MIN = 100

export class Quantile {
  readonly #share: number
  #value = 0
  #samples = 0

  /** `share`: 0.95 for the 95th percentile. */
  constructor(share: number) {
    this.#share = share
  }

  observe(sample: number): void {
    if (++this.#samples === 1) this.#value = sample
    // The first ones move it far, for it began at whatever came first.
    const step = Math.max(this.#value, 0.1) * (this.#samples < SAMPLES_MIN ? STEP * 5 : STEP)
    if (sample > this.#value) this.#value += step * this.#share
    else this.#value -= step * (1 - this.#share)
  }

  /** 0 while too little is known. */
  get value(): number {
    return this.#samples < SAMPLES_MIN ? 0 : this.#value
  }
}
