/** What went through the gateway in a span of time, from the difference of two readings of the ledger. Pure. */
import type { CauseId } from '../../causes/catalogue.ts'
import { DURATION_BOUNDS, type MetricName } from '../../gateway/observe/metric.ts'
import type { Series } from '../../gateway/observe/series.ts'
import { weigh } from '../../gateway/observe/weight.ts'

export type TrafficSample = {
  /** Epoch milliseconds of its end. */
  readonly at: number
  readonly seconds: number
  readonly requests: number
  /** By the first digit: `2xx`. */
  readonly statuses: Readonly<Record<string, number>>
  /** Requests that ended badly, by cause; also an error of the server that was passed on. */
  readonly errors: Readonly<Record<string, number>>
  /** Errors that nobody saw, by cause. */
  readonly rescued: Readonly<Record<string, number>>
  /** Of `errors`, those that are no client's own doing and that nobody has asked for. */
  readonly seen: number
  /** Milliseconds from the first byte of a request to the last one of its answer, or null without any request. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** At its end. */
  readonly inflight: number
  readonly connections: number
  readonly receivedBytes: number
  readonly sentBytes: number
  /** Attempts at endpoints that had any. */
  readonly endpoints: readonly EndpointSample[]
}

export type EndpointSample = { readonly upstream: string; readonly endpoint: string; readonly attempts: number; readonly failed: number }

export type Numbers = ReadonlyMap<MetricName, readonly Series[]>

/** What was counted up to a moment. */
export type Totals = {
  readonly statuses: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  readonly rescued: Readonly<Record<string, number>>
  /** Requests by how long they took, as `DURATION_BOUNDS` has them. */
  readonly durations: readonly number[]
  readonly receivedBytes: number
  readonly sentBytes: number
  /** By upstream and address, with a blank between: all attempts, and those that failed. */
  readonly attempts: Readonly<Record<string, number>>
  readonly failed: Readonly<Record<string, number>>
  readonly inflight: number
  readonly connections: number
}

const OWN_ERROR = /^5\d\d$/

export function totalsOf(numbers: Numbers): Totals {
  const statuses: Record<string, number> = {}
  const errors = sumBy(numbers, 'gatewell.failures')
  const attempts: Record<string, number> = {}
  const failed: Record<string, number> = {}
  const durations = new Array<number>(DURATION_BOUNDS.length + 1).fill(0)
  for (const { labels, values } of numbers.get('http.server.request.duration') ?? []) {
    const [, status = '', , errorType = ''] = labels
    const count = countInto(durations, values)
    add(statuses, `${status[0] ?? '0'}xx`, count)
    if (OWN_ERROR.test(errorType)) add(errors, 'upstream-5xx', count)
  }
  for (const { labels, values } of numbers.get('http.client.request.duration') ?? []) {
    const [, , upstream = '', endpoint = '', errorType = ''] = labels
    const count = countInto(null, values)
    add(attempts, `${upstream} ${endpoint}`, count)
    if (errorType !== '') add(failed, `${upstream} ${endpoint}`, count)
  }
  const io = sumBy(numbers, 'gatewell.body.io')
  return {
    ...{ statuses, errors, durations, attempts, failed, rescued: sumBy(numbers, 'gatewell.rescued') },
    ...{ receivedBytes: io.receive ?? 0, sentBytes: io.transmit ?? 0 },
    inflight: sum(numbers, 'http.server.active_requests'),
    connections: sum(numbers, 'gatewell.connections.open'),
  }
}

export const NO_TOTALS = totalsOf(new Map())

export function sampleOf(before: Totals, after: Totals, at: number, seconds: number): TrafficSample {
  const durations = after.durations.map((count, index) => count - (before.durations[index] ?? 0))
  const errors = growth(before.errors, after.errors)
  const failed = growth(before.failed, after.failed)
  return {
    ...{ at, seconds, errors },
    requests: durations.reduce((all, one) => all + one, 0),
    statuses: growth(before.statuses, after.statuses),
    rescued: growth(before.rescued, after.rescued),
    seen: Object.entries(errors).reduce((all, [cause, count]) => (weigh({ cause: cause as CauseId }) === 'seen' ? all + count : all), 0),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
    p99Ms: percentile(durations, 0.99),
    inflight: after.inflight,
    connections: after.connections,
    receivedBytes: after.receivedBytes - before.receivedBytes,
    sentBytes: after.sentBytes - before.sentBytes,
    endpoints: Object.entries(growth(before.attempts, after.attempts)).map(([key, attempts]) => {
      const [upstream = '', endpoint = ''] = key.split(' ')
      return { upstream, endpoint, attempts, failed: failed[key] ?? 0 }
    }),
  }
}

/** Milliseconds, evenly between the bounds of the bucket that it falls into; of what has none above it, the bound below. */
export function percentile(durations: readonly number[], share: number): number | null {
  const rank = durations.reduce((all, one) => all + one, 0) * share
  if (rank === 0) return null
  let below = 0
  for (const [index, count] of durations.entries()) {
    const from = DURATION_BOUNDS[index - 1] ?? 0
    const to = DURATION_BOUNDS[index] ?? from
    if (below + count >= rank) return (from + (to - from) * ((rank - below) / count)) * 1_000
    below += count
  }
  return null
}

function growth(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): Record<string, number> {
  const grown = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
  return Object.fromEntries(grown.filter(([, count]) => count > 0))
}

/** By the first label. */
function sumBy(numbers: Numbers, metric: MetricName): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { labels, values } of numbers.get(metric) ?? []) add(sums, labels[0] ?? '', values[0] ?? 0)
  return sums
}

function sum(numbers: Numbers, metric: MetricName): number {
  return (numbers.get(metric) ?? []).reduce((all, { values }) => all + (values[0] ?? 0), 0)
}

function countInto(durations: number[] | null, values: Float64Array): number {
  let count = 0
  for (let bucket = 0; bucket <= DURATION_BOUNDS.length; bucket++) {
    const one = values[bucket] as number
    count += one
    if (durations !== null) durations[bucket]! += one
  }
  return count
}

function add(sums: Record<string, number>, name: string, count: number): void {
  sums[name] = (sums[name] ?? 0) + count
}
