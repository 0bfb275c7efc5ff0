/** The requests that wait until an upstream can be reached again, or until an operator lets it go on. How long each waits is its own. */

export interface Held {
  released(now: number): void
}

export class Hold {
  readonly #held = new Set<Held>()
  #requestsMax: number

  constructor(requestsMax: number) {
    this.#requestsMax = requestsMax
  }

  update(requestsMax: number): void {
    this.#requestsMax = requestsMax
  }

  get size(): number {
    return this.#held.size
  }

  /** False when too many wait already. */
  enter(one: Held): boolean {
    if (this.#held.size >= this.#requestsMax) return false
    this.#held.add(one)
    return true
  }

  leave(one: Held): void {
    this.#held.delete(one)
  }

  /** All go on, the oldest first. One may come back at once. */
  release(now: number): void {
    const held = [...this.#held]
    this.#held.clear()
    for (const one of held) one.released(now)
  }
}
