/** So many within a time, and no more. */

export class Allowance {
  #moments: number[] = []

  /** Whether there may be one more at `now`. */
  has(now: number, max: number, withinMs: number): boolean {
    this.#moments = this.#moments.filter((moment) => now - moment < withinMs)
    return this.#moments.length < max
  }

  spend(now: number): void {
    this.#moments.push(now)
  }
}
