/** The reference pages of metrics and of the access log, made from their tables. Pure: who calls writes the files. */
import { FIELDS } from './field.ts'
import { DURATION_BOUNDS, METRICS, type Metric, prometheusName } from './metric.ts'

const METRICS_INTRODUCTION = `# Metrics

<!-- Generated from src/gateway/observe/metric.ts by \`npm run docs\`. Do not edit. -->

\`/metrics\` on the admin address (by default \`http://127.0.0.1:8502/metrics\`) answers in Prometheus' text format.
Names and labels with dots are OpenTelemetry's; Prometheus sees them with underscores, as shown. Counters are sums over all workers
and survive their restarts. Values of now have the label \`worker\`: the worker's place, which its successor takes over.

Labels are bounded: by the configuration, by fixed lists, and methods outside RFC 9110 count as \`_OTHER\`. \`http.route\` is the name of
the route in the configuration, never a path. \`cause\` is a row of [causes.md](causes.md), \`error.type\` is its RFC 9209 token.

Histograms count into buckets up to ${DURATION_BOUNDS.join(', ')} seconds.
`

const QUESTIONS = `
## What to ask

| question | PromQL |
|---|---|
| requests a second | \`sum(rate(http_server_request_duration_seconds_count[5m]))\` |
| share of failures that are not the client's own | \`sum(rate(gatewell_failures_total{side!="downstream"}[5m])) / sum(rate(http_server_request_duration_seconds_count[5m]))\` |
| what fails | \`topk(5, sum by (cause, upstream) (rate(gatewell_failures_total[5m])))\` |
| errors that retries kept from visitors | \`sum by (cause) (rate(gatewell_rescued_total[5m]))\` |
| 99th percentile | \`histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))\` |
| share of reused connections | \`sum by (upstream) (rate(gatewell_attempts_total{connection="reused"}[5m])) / sum by (upstream) (rate(gatewell_attempts_total[5m]))\` |
`

export function makeMetricsPage(): string {
  const rows = Object.entries<Metric>(METRICS).map(([name, { kind, unit, help, labels }]) => {
    const shown = labels.length === 0 ? '' : labels.map((label) => `\`${label}\``).join(' ')
    const exposed = `${prometheusName(name, unit)}${kind === 'counter' ? '_total' : ''}`
    return `| \`${name}\` | \`${exposed}\` | ${kind} | ${unitText(unit)} | ${shown} | ${help} |`
  })
  const head = '| OpenTelemetry | Prometheus | kind | unit | labels | meaning |\n|---|---|---|---|---|---|'
  return `${METRICS_INTRODUCTION}\n${head}\n${rows.join('\n')}\n${QUESTIONS}`
}

const RECORD_INTRODUCTION = `# The access log

<!-- Generated from src/gateway/observe/field.ts by \`npm run docs\`. Do not edit. -->

One line of JSON a request (\`accessLog.format: json\`), with the fields below; a field that does not apply is left out. Strings are
escaped so that a line is one line of valid JSON whatever a client sends, and safe to print. With \`format: combined\` it is the
combined format of NCSA, as Apache and nginx write it. \`accessLog.what\` chooses between \`all\`, \`errors\` (what failed or took more
than one attempt; the default) and \`off\`; \`accessLog.file\` names a file, otherwise it goes to standard output. At a
terminal \`errors\` prints nothing there: readable lines on standard error tell the same.

Never logged: \`Authorization\`, \`Cookie\`, any other field not listed here, bodies. The query string is logged as it was sent.

**Rotation**: rename the file, then send SIGUSR1 to the control process; no line is lost. **A full disk or a reader that is too slow**
never slows traffic: up to 4 MiB a worker wait in memory, then lines are dropped and counted (\`gatewell_access_log_dropped_total\`).
On a pipe a line has at most 4,096 bytes, so that those of several workers never mix; texts of a longer one are cut, to \`...\`.
`

export function makeRecordPage(): string {
  const rows = FIELDS.map(({ name, unit, meaning }) => `| \`${name}\` | ${unit} | ${meaning} |`)
  return `${RECORD_INTRODUCTION}\n| field | unit | meaning |\n|---|---|---|\n${rows.join('\n')}\n`
}

function unitText(unit: string): string {
  if (unit === 's') return 'seconds'
  return unit === 'By' ? 'bytes' : unit.replace(/[{}]/g, '')
}
