/**
 * Those who wait for an upstream: bounded, fair between clients, in the order of criticality. It knows no time limits and answers
 * nobody; the gate does. All of it is off the path of requests that need not wait.
 */
import { CRITICALITIES } from './criticality.ts'
import { firstShard, hashOf, networkOf, SHARDS, secondShard } from './shard.ts'

/** A place in the queue. */
export type Place<T> = {
  readonly waiter: T
  /** An index into `CRITICALITIES`. */
  readonly rank: number
  readonly since: number
  readonly shard: number
}

/** So many in a row may be served before one of the next lower rank is. */
const STARVATION: readonly number[] = [32, 8, 0]

/** Those of one criticality: a short queue for each shard, served in turn. */
type Line<T> = { readonly shards: Place<T>[][]; size: number; cursor: number; passed: number }

export class Queue<T> {
  max: number
  readonly #lines: readonly Line<T>[]
  /** In the order they came. */
  readonly #places = new Map<T, Place<T>>()
  /** Who came last is served first. */
  isNewestFirst = false

  constructor(max: number) {
    this.max = max
    this.#lines = CRITICALITIES.map(() => ({ shards: Array.from({ length: SHARDS }, () => []), size: 0, cursor: 0, passed: 0 }))
  }

  get size(): number {
    return this.#places.size
  }

  /** Takes a newcomer in, if need be for somebody who matters less. Returns who has no place then: null, that one, or the newcomer. */
  join(waiter: T, rank: number, client: string, now: number): Place<T> | null {
    const line = this.#lines[rank] as Line<T>
    const shard = chooseShard(line, client)
    const place: Place<T> = { waiter, rank, since: now, shard }
    let loser: Place<T> | null = null
    if (this.size >= this.max) {
      loser = this.#findLoser(rank, (line.shards[shard] as Place<T>[]).length)
      if (loser === null) return place
      this.#remove(loser)
    }
    this.#places.set(waiter, place)
    line.shards[shard]?.push(place)
    line.size++
    return loser
  }

  /** The next one to be served, or null. */
  take(): Place<T> | null {
    const line = this.#chooseLine()
    if (line === null) return null
    for (let i = 1; i <= SHARDS; i++) {
      const index = (line.cursor + i) % SHARDS
      const shard = line.shards[index] as Place<T>[]
      if (shard.length === 0) continue
      line.cursor = index
      const place = (this.isNewestFirst ? shard.at(-1) : shard[0]) as Place<T>
      this.#remove(place)
      return place
    }
    return null
  }

  /** Takes out who has waited since `before` or longer, one at a time, the longest first. */
  takeOlder(before: number): Place<T> | null {
    const [oldest] = this.#places.values()
    if (oldest === undefined || oldest.since > before) return null
    this.#remove(oldest)
    return oldest
  }

  /** It gives its place up. */
  leave(waiter: T): void {
    const place = this.#places.get(waiter)
    if (place !== undefined) this.#remove(place)
  }

  /** The highest rank, unless a lower one has been passed over for long enough. */
  #chooseLine(): Line<T> | null {
    let chosen: Line<T> | null = null
    for (let rank = CRITICALITIES.length - 1; rank >= 0; rank--) {
      const line = this.#lines[rank] as Line<T>
      if (line.size === 0) line.passed = 0
      else if (chosen === null) chosen = line
      else if (++line.passed > (STARVATION[rank] as number)) chosen = line
    }
    if (chosen !== null) chosen.passed = 0
    return chosen
  }

  /** Who makes room for a newcomer: of the least critical the one served last, in the longest shard; an equal only if it is longer. */
  #findLoser(rank: number, ownLength: number): Place<T> | null {
    const line = this.#lines.find(({ size }) => size > 0)
    if (line === undefined) return null
    let longest = line.shards[0] as Place<T>[]
    for (const shard of line.shards) if (shard.length > longest.length) longest = shard
    const loser = (this.isNewestFirst ? longest[0] : longest.at(-1)) as Place<T>
    if (loser.rank !== rank) return loser.rank < rank ? loser : null
    return this.isNewestFirst || longest.length > ownLength + 1 ? loser : null
  }

  #remove(place: Place<T>): void {
    const line = this.#lines[place.rank] as Line<T>
    const shard = line.shards[place.shard] as Place<T>[]
    // Who is served is at one of the ends.
    if (shard.at(-1) === place) shard.pop()
    else shard.splice(shard.indexOf(place), 1)
    line.size--
    this.#places.delete(place.waiter)
  }
}

function chooseShard<T>({ shards }: Line<T>, client: string): number {
  const hash = hashOf(networkOf(client))
  const [one, other] = [firstShard(hash), secondShard(hash)]
  return (shards[other] as Place<T>[]).length < (shards[one] as Place<T>[]).length ? other : one
}
