/** How often each of many names came, in bounded memory: when there are too many, those that came least are given up. */
import { ownCopy } from './line-part.ts'

type Count = { times: number }

export class TopCount {
  readonly #namesMax: number
  #counts = new Map<string, Count>()
  /** Some were given up: the number of names is a lower bound, and small counts may be too small. */
  isCut = false

  constructor(namesMax = 2_000) {
    this.#namesMax = namesMax
  }

  get size(): number {
    return this.#counts.size
  }

  add(name: string, count = 1): void {
    const known = this.#counts.get(name)
    if (known !== undefined) {
      known.times += count
      return
    }
    this.#counts.set(ownCopy(name), { times: count })
    if (this.#counts.size > 2 * this.#namesMax) this.#giveUp()
  }

  /** The most first; of equals, those that came first. */
  top(count: number): { name: string; count: number }[] {
    return [...this.#counts]
      .map(([name, { times }]) => ({ name, count: times }))
      .sort((one, other) => other.count - one.count)
      .slice(0, count)
  }

  #giveUp(): void {
    this.isCut = true
    const counts = [...this.#counts.values()].map(({ times }) => times).sort((one, other) => other - one)
    const least = counts[this.#namesMax - 1] as number
    let ofLeast = this.#namesMax - counts.indexOf(least)
    const kept = new Map<string, Count>()
    for (const [name, count] of this.#counts) {
      if (count.times > least || (count.times === least && ofLeast-- > 0)) kept.set(name, count)
    }
    this.#counts = kept
  }
}
