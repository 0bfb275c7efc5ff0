/** How full upstreams are and how hard it is for the process, as it is now. */
import type { MetricName } from '../observe/metric.ts'
import type { Series } from '../observe/series.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { MONITORS, type Pressure } from './pressure.ts'

export function gaugesOf(upstreams: Iterable<Upstream>, pressure: Pressure, worker: string): Series[] {
  const gauge = (metric: MetricName, label: string, value: number): Series => ({
    metric,
    labels: [label, worker],
    values: Float64Array.of(value),
  })
  const gauges = MONITORS.map((monitor) => gauge('gatewell.pressure', monitor, pressure.valueOf(monitor)))
  for (const { name, gate } of upstreams) {
    if (Number.isFinite(gate.limit)) gauges.push(gauge('gatewell.upstream.limit', name, gate.limit))
    gauges.push(gauge('gatewell.upstream.inflight', name, gate.inflight), gauge('gatewell.upstream.queued', name, gate.waiting))
  }
  return gauges
}
