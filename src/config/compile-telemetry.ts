/** From the checked `telemetry` to its plan. */
import type { Config } from './schema.ts'
import type { TelemetryPlan } from './telemetry-plan.ts'

export function compileTelemetry({ otlp }: Config['telemetry']): TelemetryPlan {
  if (otlp === undefined) return { otlp: null }
  const { endpoint, headers, traces, metrics } = otlp
  return {
    otlp: {
      ...{ endpoint, headers },
      traces: typeof traces === 'object' ? { share: traces.sample, isFailureKept: traces.failures } : null,
      metrics: typeof metrics === 'object' ? { intervalMs: metrics.interval } : null,
    },
  }
}
