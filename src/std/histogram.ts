/**
 * A histogram over fixed upper bounds, kept flat in one Float64Array: a count for each bucket, one for all above the last bound,
 * then the sum. Flat, so that recording is two additions and a copy of it can cross to another process.
 */

export type Histogram = Float64Array

export function createHistogram(bounds: readonly number[]): Histogram {
  return new Float64Array(bounds.length + 2)
}

/** Counts `value` into the first bucket whose bound is not below it. */
export function record(histogram: Histogram, bounds: readonly number[], value: number): void {
  let bucket = 0
  while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
  histogram[bucket]!++
  histogram[bounds.length + 1]! += value
}

export function countOf(histogram: Histogram): number {
  let count = 0
  for (let bucket = 0; bucket < histogram.length - 1; bucket++) count += histogram[bucket] as number
  return count
}

export function sumOf(histogram: Histogram): number {
  return histogram[histogram.length - 1] as number
}

/** Within its bucket as if all of it were spread evenly; infinite above the last bound, and where there is nothing. */
export function quantileOf(histogram: Histogram, bounds: readonly number[], share: number): number {
  const wanted = countOf(histogram) * share
  let below = 0
  for (const [bucket, upper] of bounds.entries()) {
    const count = histogram[bucket] as number
    if (count > 0 && below + count >= wanted) {
      const lower = bucket === 0 ? 0 : (bounds[bucket - 1] as number)
      return lower + ((upper - lower) * (wanted - below)) / count
    }
    below += count
  }
  return Number.POSITIVE_INFINITY
}
