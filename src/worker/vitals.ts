/** How the process itself is doing: event loop, memory, CPU. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MetricName } from '../gateway/observe/metric.ts'
import type { Series } from '../gateway/observe/series.ts'

const RESOLUTION_MS = 50

export class Vitals {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  #cpuSeconds = 0
  #memoryBytes = 0

  constructor() {
    this.#delay.enable()
  }

  /** CPU time since the last time. */
  takeSeries(): Series[] {
    const { user, system } = process.cpuUsage()
    const before = this.#cpuSeconds
    this.#cpuSeconds = (user + system) / 1e6
    return [{ metric: 'process.cpu.time', labels: [], values: Float64Array.of(this.#cpuSeconds - before) }]
  }

  /** As it is now; the delays are those since the last time. */
  takeGauges(worker: string): Series[] {
    const gauge = (metric: MetricName, value: number): Series => ({ metric, labels: [worker], values: Float64Array.of(value) })
    const gauges = [
      gauge('nodejs.eventloop.delay.p99', lateness(this.#delay.percentile(99))),
      gauge('nodejs.eventloop.delay.max', lateness(this.#delay.max)),
      gauge('process.memory.usage', this.#measureMemory()),
    ]
    this.#delay.reset()
    return gauges
  }

  /** Node reads it from a file, which it cannot when no descriptor is left: then the last value is still the best. */
  #measureMemory(): number {
    try {
      this.#memoryBytes = process.memoryUsage.rss()
    } catch {}
    return this.#memoryBytes
  }

  close(): void {
    this.#delay.disable()
  }
}

/** Node measures from tick to tick, so what it reports contains the interval itself. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3)
}
