/** Bounds how many probes run at a time, over all endpoints: a thousand of them are asked one after the other, not at once. */

export interface Probing {
  /** It is its turn. */
  beginProbe(): void
}

const RUNNING_MAX = 64

export class ProbeQueue {
  readonly #max: number
  readonly #running = new Set<Probing>()
  readonly #waiting = new Set<Probing>()

  constructor(max = RUNNING_MAX) {
    this.#max = max
  }

  enter(one: Probing): void {
    if (this.#running.size >= this.#max) {
      this.#waiting.add(one)
      return
    }
    this.#running.add(one)
    one.beginProbe()
  }

  /** It has ended, or does not want its turn any more. */
  leave(one: Probing): void {
    this.#waiting.delete(one)
    if (!this.#running.delete(one)) return
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waiting.delete(next)
    this.enter(next)
  }
}
