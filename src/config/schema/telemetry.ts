/** The schema of `telemetry`: what is told to OpenTelemetry, and where. Nothing of it is read from OpenTelemetry's own variables. */
import * as z from 'zod'
import { OTLP } from '../defaults.ts'
import { parseOtlpEndpoint, parseOtlpHeaders } from '../otlp-text.ts'
import { duration, scalar, share, toggle } from '../scalar.ts'

const Traces = z.strictObject({
  sample: share(OTLP.traces.share).describe(
    'How many of the requests that come without `traceparent` are traced, chosen by their trace id. One that comes with it is traced if it says so.',
  ),
  failures: toggle(OTLP.traces.isFailureKept).describe(
    'Traces whatever failed before the eyes of visitors or was rescued, sampled or not.',
  ),
})

const Metrics = z.strictObject({ interval: duration(OTLP.metrics.intervalMs, 1_000).describe('How often all metrics are sent.') })

const Otlp = z.strictObject({
  endpoint: scalar(parseOtlpEndpoint, { title: 'URL', type: 'string', examples: ['http://127.0.0.1:4318'] }).describe(
    'Where a collector or a service takes OTLP over HTTP. `/v1/traces` and `/v1/metrics` are added.',
  ),
  headers: scalar(parseOtlpHeaders, { title: 'names and values', type: 'object' })
    .prefault({})
    .describe('What the service wants to be shown, such as `Authorization`. They are never shown anywhere.'),
  traces: z
    .union([z.literal(['off', false]), Traces])
    .prefault({})
    .describe(
      'A span for each request that is traced, and one below it for each attempt. `off`: none, and `traceparent` goes on as it came.',
    ),
  metrics: z
    .union([z.literal(['off', false]), Metrics])
    .prefault({})
    .describe('The metrics of `/metrics`, under the same names. `off`: they are not sent.'),
})

export const Telemetry = z.strictObject({
  otlp: Otlp.optional().describe('Sends traces and metrics to OpenTelemetry. Without it: nothing is sent, and no request is traced.'),
})
