/**
 * Every metric, written once: what workers count, `/metrics` and docs/reference/metrics.md come from these rows.
 * Names, units, buckets and the labels with dots are those of OpenTelemetry's HTTP conventions where these have one.
 * Labels are bounded by the plan and by fixed lists: never a path, an address of a client, or a method somebody made up.
 */

export type Metric = {
  /** `counter` only grows, `gauge` is a value of now and of one worker, `histogram` counts into `DURATION_BOUNDS`. */
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** As in UCUM: `s`, `By`, or what is counted in braces. */
  readonly unit: string
  readonly help: string
  /** A series without one of them leaves it out. */
  readonly labels: readonly string[]
}

/** Seconds. The buckets of OpenTelemetry's `http.server.request.duration`. */
export const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const

const REQUEST_LABELS = ['http.request.method', 'http.response.status_code', 'http.route', 'error.type'] as const
const ATTEMPT_LABELS = ['http.request.method', 'http.response.status_code', 'upstream', 'endpoint', 'error.type'] as const

export const METRICS = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    help: "From the first byte of a request to the last byte of its answer. error.type is the RFC 9209 token of a failure, or the status of an upstream's own 5xx.",
    labels: REQUEST_LABELS,
  },
  'http.server.active_requests': { kind: 'gauge', unit: '{request}', help: 'Requests being served now.', labels: ['worker'] },
  'http.client.request.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'One attempt at an endpoint, from picking it to the last byte of its answer.',
    labels: ATTEMPT_LABELS,
  },
  'gatewell.connect.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'Opening a new connection to an endpoint.',
    labels: ['upstream'],
  },
  'gatewell.wait.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'From the request sent to the head of the answer: what the server took to think.',
    labels: ['upstream'],
  },
  'gatewell.attempts': {
    kind: 'counter',
    unit: '{attempt}',
    help: 'Attempts at endpoints, by whether they went out on a new or a reused connection.',
    labels: ['upstream', 'connection'],
  },
  'gatewell.retries': {
    kind: 'counter',
    unit: '{attempt}',
    help: 'Attempts that failed and were followed by another, by what they failed of.',
    labels: ['cause', 'upstream'],
  },
  'gatewell.rescued': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that were answered well after an attempt had failed, by what it had failed of. Each is an error that nobody saw.',
    labels: ['cause', 'upstream'],
  },
  'gatewell.failures': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that ended badly, by cause (docs/reference/causes.md) and by the side it is on.',
    labels: ['cause', 'side', 'upstream'],
  },
  'gatewell.shed': {
    kind: 'counter',
    unit: '{request}',
    help: 'Requests turned away because there was no room, by criticality; with the monitor, where it was Gatewell itself that had none.',
    labels: ['criticality', 'upstream', 'monitor'],
  },
  'gatewell.queue.duration': {
    kind: 'histogram',
    unit: 's',
    help: "Waiting for a place behind the upstream's limit, of requests that had to.",
    labels: ['upstream'],
  },
  'gatewell.upstream.limit': {
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that an upstream may have in flight; missing where there is no limit.',
    labels: ['upstream', 'worker'],
  },
  'gatewell.upstream.inflight': {
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that an upstream has in flight.',
    labels: ['upstream', 'worker'],
  },
  'gatewell.upstream.queued': {
    kind: 'gauge',
    unit: '{request}',
    help: "Requests that wait for a place behind the upstream's limit.",
    labels: ['upstream', 'worker'],
  },
  'gatewell.pressure': {
    kind: 'gauge',
    unit: '1',
    help: 'How hard it is for the worker itself, from 0 to 1: from 0.85 on it sheds the least critical or closes idle connections.',
    labels: ['monitor', 'worker'],
  },
  'gatewell.body.io': {
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of bodies, without framing: received from clients and transmitted to them.',
    labels: ['direction'],
  },
  'gatewell.connections.accepted': { kind: 'counter', unit: '{connection}', help: 'Connections accepted from clients.', labels: [] },
  'gatewell.connections.refused': {
    kind: 'counter',
    unit: '{connection}',
    help: 'Connections of clients turned away because limits.connections was reached or no file descriptor was left.',
    labels: [],
  },
  'gatewell.connections.open': { kind: 'gauge', unit: '{connection}', help: 'Connections of clients open now.', labels: ['worker'] },
  'gatewell.tunnels.opened': { kind: 'counter', unit: '{tunnel}', help: 'Upgraded connections, such as WebSockets.', labels: [] },
  'gatewell.tunnels.open': { kind: 'gauge', unit: '{tunnel}', help: 'Tunnels open now.', labels: ['worker'] },
  'gatewell.replay.held': { kind: 'gauge', unit: 'By', help: 'Request bodies kept for sending them again.', labels: ['worker'] },
  'gatewell.access_log.lines': { kind: 'counter', unit: '{line}', help: 'Lines given to the access log.', labels: [] },
  'gatewell.access_log.dropped': {
    kind: 'counter',
    unit: '{line}',
    help: 'Lines lost because the file or pipe did not take them in time.',
    labels: [],
  },
  'gatewell.reports.dropped': {
    kind: 'counter',
    unit: '{record}',
    help: 'Requests that were counted but too many at once to be told to the control process one by one, by their weight: `seen` by a visitor as an error, `rescued`, `provoked` by the client, `slow`.',
    labels: ['weight'],
  },
  'gatewell.store.dropped': {
    kind: 'counter',
    unit: '{record}',
    help: 'Requests that were told to the control process but not kept, because they came faster than the disk takes them or it is full.',
    labels: [],
  },
  'gatewell.telemetry.sent': { kind: 'counter', unit: '{record}', help: 'Requests whose spans were sent by OTLP.', labels: [] },
  'gatewell.telemetry.dropped': {
    kind: 'counter',
    unit: '{record}',
    help: 'Requests whose spans were not sent: too many at once, or the receiver was away or did not want them.',
    labels: [],
  },
  'gatewell.endpoint.health': {
    kind: 'gauge',
    unit: '',
    help: 'What probes hold an endpoint to be: 1 healthy, 0 unhealthy; there is none while nothing is known.',
    labels: ['upstream', 'endpoint'],
  },
  'gatewell.probes': {
    kind: 'counter',
    unit: '{probe}',
    help: 'Probes, by what came of them: `passed`, `status` or `body` for an answer that was not as wanted, or a cause.',
    labels: ['upstream', 'result'],
  },
  'gatewell.worker.starts': { kind: 'counter', unit: '{process}', help: 'Workers started.', labels: [] },
  'gatewell.worker.crashes': { kind: 'counter', unit: '{process}', help: 'Workers that ended unasked.', labels: [] },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    help: 'How late timers of the worker fire, 99th percentile since the last report: the delay it adds to requests.',
    labels: ['worker'],
  },
  'nodejs.eventloop.delay.max': { kind: 'gauge', unit: 's', help: 'The same, the worst since the last report.', labels: ['worker'] },
  'process.memory.usage': { kind: 'gauge', unit: 'By', help: 'Resident memory of the worker.', labels: ['worker'] },
  'process.cpu.time': { kind: 'counter', unit: 's', help: 'CPU time spent by workers, user and system together.', labels: [] },
  'gatewell.build_info': { kind: 'gauge', unit: '', help: 'Always 1; the labels say what runs.', labels: ['version', 'node'] },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS

/** What Prometheus calls it, less the `_total` of counters: it wants the unit in the name. */
export function prometheusName(name: string, unit: string): string {
  const suffix = unit === 's' ? '_seconds' : unit === 'By' ? '_bytes' : ''
  return `${name.replace(/[^A-Za-z0-9]+/g, '_')}${suffix}`
}
