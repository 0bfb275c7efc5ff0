/** The sum of what all workers ever counted. Reports are differences, so a worker's death takes nothing back; gauges die with it. */
import { METRICS, type Metric, type MetricName } from '../gateway/observe/metric.ts'
import type { Series } from '../gateway/observe/series.ts'

export class MetricLedger {
  readonly #totals = new Map<string, Series>()
  readonly #gauges = new Map<number, readonly Series[]>()

  /** What never happened is 0, not missing: else nobody could see the first time. Where labels are needed, nobody knows them yet. */
  constructor() {
    for (const [metric, { kind, labels }] of Object.entries(METRICS) as [MetricName, Metric][]) {
      if (kind === 'counter' && labels.length === 0) this.add([{ metric, labels: [], values: Float64Array.of(0) }])
    }
  }

  add(series: readonly Series[]): void {
    for (const one of series) {
      const key = `${one.metric}\0${one.labels.join('\0')}`
      const total = this.#totals.get(key)
      if (total === undefined) this.#totals.set(key, { ...one, values: one.values.slice() })
      else for (let index = 0; index < total.values.length; index++) total.values[index]! += one.values[index] as number
    }
  }

  count(metric: MetricName, ...labels: string[]): void {
    this.add([{ metric, labels, values: Float64Array.of(1) }])
  }

  /** `worker` is one process, not its place: the former holder of a place and the next one live side by side for a while. */
  setGauges(worker: number, gauges: readonly Series[]): void {
    this.#gauges.set(worker, gauges)
  }

  forget(worker: number): void {
    this.#gauges.delete(worker)
  }

  /** All series by metric, in the order of the table; metrics without a series are there with none. */
  read(): ReadonlyMap<MetricName, readonly Series[]> {
    const read = new Map<MetricName, Series[]>()
    for (const metric of Object.keys(METRICS) as MetricName[]) read.set(metric, [])
    for (const series of this.#totals.values()) read.get(series.metric)?.push(series)
    for (const series of this.#summedGauges()) read.get(series.metric)?.push(series)
    return read
  }

  /** Two processes with one place, one of them draining, share a series. */
  #summedGauges(): Iterable<Series> {
    const summed = new Map<string, Series>()
    for (const gauges of this.#gauges.values()) {
      for (const gauge of gauges) {
        const key = `${gauge.metric}\0${gauge.labels.join('\0')}`
        const other = summed.get(key)
        summed.set(key, other === undefined ? gauge : { ...gauge, values: Float64Array.of(other.values[0]! + gauge.values[0]!) })
      }
    }
    return summed.values()
  }
}
