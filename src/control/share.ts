/** How evenly workers share the connections that are open: what one of them has too many of. Decision record 0021. */

/** Above the mean by so much is uneven: with two workers, 58 to 42. */
const UNEVEN_SHARE = 0.15
/** A few connections cannot be shared more evenly than they are. */
const UNEVEN_MIN = 1.5
/** Of its connections that a worker gives up at a time: each costs its client a new one. */
const GIVEN_UP_SHARE = 0.2

/** How many of its `own` connections a worker is to give up. `all`: those of each worker, its own included. */
export function excessOf(own: number, all: readonly number[]): number {
  const mean = all.reduce((sum, count) => sum + count, 0) / all.length
  if (all.length < 2 || own <= mean * (1 + UNEVEN_SHARE) + UNEVEN_MIN) return 0
  return Math.ceil(Math.min(own - mean, own * GIVEN_UP_SHARE))
}
