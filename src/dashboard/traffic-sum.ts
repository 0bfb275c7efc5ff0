/** Several seconds of traffic as one. Percentiles cannot be added: those of the sum are the means, by requests. Pure. */
import type { TrafficSample } from '../control/admin/traffic.ts'

type Counts = Readonly<Record<string, number>>

export function together(samples: readonly TrafficSample[]): TrafficSample {
  const total = (of: (sample: TrafficSample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0)
  const requests = total((one) => one.requests)
  const mean = (of: (sample: TrafficSample) => number | null): number | null =>
    requests === 0 ? null : total((one) => (of(one) ?? 0) * one.requests) / requests
  const last = samples.at(-1)
  return {
    at: last?.at ?? 0,
    seconds: total((one) => one.seconds),
    requests,
    statuses: added(samples.map((one) => one.statuses)),
    errors: added(samples.map((one) => one.errors)),
    rescued: added(samples.map((one) => one.rescued)),
    seen: total((one) => one.seen),
    p50Ms: mean((one) => one.p50Ms),
    p95Ms: mean((one) => one.p95Ms),
    p99Ms: mean((one) => one.p99Ms),
    inflight: last?.inflight ?? 0,
    connections: last?.connections ?? 0,
    receivedBytes: total((one) => one.receivedBytes),
    sentBytes: total((one) => one.sentBytes),
    endpoints: [],
  }
}

export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0)
}

function added(all: readonly Counts[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
