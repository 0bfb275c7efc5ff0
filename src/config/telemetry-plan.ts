/** The part of the plan that says what is told to OpenTelemetry, and where. Holds secrets: the headers. */

export type TracesPlan = {
  /** Of the exchanges that nobody before has decided on, by the trace id. */
  readonly share: number
  /** Whatever failed or was rescued is told, too, sampled or not. */
  readonly isFailureKept: boolean
}

export type MetricsPlan = { readonly intervalMs: number }

export type OtlpPlan = {
  /** Without a slash at its end; `/v1/traces` and `/v1/metrics` follow. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  /** Null: none. */
  readonly traces: TracesPlan | null
  readonly metrics: MetricsPlan | null
}

/** Null: nothing is told. */
export type TelemetryPlan = { readonly otlp: OtlpPlan | null }
