/** Spans on their way: `POST /v1/traces` with JSON. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Receipt } from '../alert/receipt.ts'
import { EXPORT_MS, exportWith, keeper } from './exporting.ts'
import { spansOf } from './span.ts'
import type { OtlpPlace, Parcel, Service } from './telemetry-link.ts'

const exporterFor = keeper(
  ({ endpoint, headers }) =>
    new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { ...headers }, timeoutMillis: EXPORT_MS, userAgent: 'Gatewell' }),
)

export function sendTraces(place: OtlpPlace, service: Service, { records }: Extract<Parcel, { kind: 'traces' }>): Promise<Receipt> {
  const { name, instance, version } = service
  const resource = resourceFromAttributes({ 'service.name': name, 'service.instance.id': instance, 'service.version': version })
  const scope = { name: 'gatewell', version }
  return exportWith(
    exporterFor(place),
    records.flatMap((record) => spansOf(record, resource, scope)),
  )
}
