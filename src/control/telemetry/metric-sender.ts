/** All metrics on their way: `POST /v1/metrics` with JSON. */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import type { Receipt } from '../alert/receipt.ts'
import { LedgerProducer } from '../prometheus.ts'
import { EXPORT_MS, exportWith, keeper } from './exporting.ts'
import type { OtlpPlace, Parcel, Service } from './telemetry-link.ts'

const exporterFor = keeper(
  ({ endpoint, headers }) =>
    new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, headers: { ...headers }, timeoutMillis: EXPORT_MS, userAgent: 'Gatewell' }),
)

export async function sendMetrics(place: OtlpPlace, service: Service, parcel: Extract<Parcel, { kind: 'metrics' }>): Promise<Receipt> {
  const { numbers, startedAt } = parcel
  const producer = new LedgerProducer({ ledger: { read: () => numbers }, startedAt, ...service })
  return exportWith(exporterFor(place), (await producer.collect()).resourceMetrics)
}
