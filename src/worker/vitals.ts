/** How the process itself is doing: event loop, memory, descriptors, CPU. */
import { readdirSync, statSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Readings } from '../gateway/admit/pressure.ts'
import type { MetricName } from '../gateway/observe/metric.ts'
import type { Series } from '../gateway/observe/series.ts'
import { descriptorLimit } from '../net/census.ts'

const RESOLUTION_MS = 50

export class Vitals {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  /** The same for `takeReadings`, which has a rhythm of its own. */
  readonly #recentDelay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  readonly #descriptorsMax = descriptorLimit() ?? Number.POSITIVE_INFINITY
  #descriptors = 0
  #cpuSeconds = 0
  #memoryBytes = 0

  constructor() {
    this.#delay.enable()
    this.#recentDelay.enable()
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

  /** What the gateway needs to know to spare itself; the delay is that since the last time. */
  takeReadings(): Readings {
    const delayMs = lateness(this.#recentDelay.percentile(50)) * 1_000
    this.#recentDelay.reset()
    return { delayMs, memoryShare: this.#memoryShare(), descriptors: this.#countDescriptors(), descriptorsMax: this.#descriptorsMax }
  }

  #memoryShare(): number {
    const { used_heap_size: heap, heap_size_limit: heapMax } = getHeapStatistics()
    // What a container may have, all its processes together; a machine without such a limit reports one that is never reached.
    const containerMax = process.constrainedMemory() || Number.POSITIVE_INFINITY
    return Math.max(heap / heapMax, this.#measureMemory() / containerMax)
  }

  /** Since Linux 6.2 the size of the folder is their number. Before, listing them takes 1 µs for each. */
  #countDescriptors(): number {
    if (!Number.isFinite(this.#descriptorsMax)) return 0
    try {
      this.#descriptors = statSync('/proc/self/fd').size || readdirSync('/proc/self/fd').length
    } catch {}
    return this.#descriptors
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
    this.#recentDelay.disable()
  }
}

/** Node measures from tick to tick, so what it reports contains the interval itself. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3)
}
