/** What goes between control and the thread that speaks to OpenTelemetry: what is to be sent, and what came of it. */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Receipt } from '../alert/receipt.ts'
import type { MetricLedger } from '../metric-ledger.ts'

export type OtlpPlace = {
  /** Without a slash at its end. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
}

/** What sends: `service.name`, `service.instance.id` and `service.version`. */
export type Service = { readonly name: string; readonly instance: string; readonly version: string }

export type Numbers = ReturnType<MetricLedger['read']>

export type Parcel =
  /** Records whose `trace` has a span. */
  | { readonly kind: 'traces'; readonly records: readonly FailureRecord[] }
  /** Counted since `startedAt`, epoch milliseconds. */
  | { readonly kind: 'metrics'; readonly numbers: Numbers; readonly startedAt: number }

export type TelemetryCall = { readonly ticket: number; readonly place: OtlpPlace; readonly service: Service; readonly parcel: Parcel }

export type TelemetryReply = { readonly ticket: number; readonly receipt: Receipt }
