/** A moving average that jumps up at once and comes down slowly: the peak-sensitive EWMA of Finagle's load balancer. */

export class PeakEwma {
  readonly #decayMs: number
  #value = 0
  #updatedAt = 0

  constructor(decayMs: number) {
    this.#decayMs = decayMs
  }

  observe(now: number, sample: number): void {
    if (sample >= this.#value) this.#value = sample
    else {
      const weight = Math.exp(-(now - this.#updatedAt) / this.#decayMs)
      this.#value = this.#value * weight + sample * (1 - weight)
    }
    this.#updatedAt = now
  }

  /** 0 before the first sample; without samples it decays towards 0, so that what was slow once is tried again. */
  at(now: number): number {
    return this.#value * Math.exp(-(now - this.#updatedAt) / this.#decayMs)
  }

  get hasHistory(): boolean {
    return this.#updatedAt !== 0
  }
}
