/** Counted numbers of one metric, by its labels. The hot path keeps the array of a series and adds to it. */
import { DURATION_BOUNDS, METRICS, type MetricName } from './metric.ts'

/** What crosses to another process: a copy. One value, or the histogram as `std/histogram.ts` keeps it. */
export type Series = {
  readonly metric: MetricName
  /** In the order of the metric's `labels`; '' for one that does not apply. */
  readonly labels: readonly string[]
  readonly values: Float64Array
}

export class SeriesFamily {
  readonly #metric: MetricName
  readonly #byLabels = new Map<string, Series>()

  constructor(metric: MetricName) {
    this.#metric = metric
  }

  /** The array to add to, the same one for the same labels for ever. */
  at(...labels: string[]): Float64Array {
    const key = labels.join('\0')
    let series = this.#byLabels.get(key)
    if (series === undefined) {
      const length = METRICS[this.#metric].kind === 'histogram' ? DURATION_BOUNDS.length + 2 : 1
      series = { metric: this.#metric, labels, values: new Float64Array(length) }
      this.#byLabels.set(key, series)
    }
    return series.values
  }

  /** Moves what was counted since the last time into `into`: sums of such takings never go backwards, whoever dies in between. */
  take(into: Series[]): void {
    for (const { metric, labels, values } of this.#byLabels.values()) {
      if (!values.some(isNotZero)) continue
      into.push({ metric, labels, values: values.slice() })
      values.fill(0)
    }
  }
}

function isNotZero(value: number): boolean {
  return value !== 0
}
