/**
 * The ledger as OpenTelemetry data, and that as Prometheus text (format 0.0.4). Loaded on the first scrape: the SDK takes its time.
 */
import type { MetricAttributes } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { DURATION_BOUNDS, METRICS, type Metric, type MetricName, prometheusName } from '../gateway/observe/metric.ts'
import type { Series } from '../gateway/observe/series.ts'
import { countOf, sumOf } from '../std/histogram.ts'
import type { MetricLedger } from './metric-ledger.ts'

type HrTime = [number, number]

/** What any OpenTelemetry reader can take the workers' numbers from. */
export class LedgerProducer implements MetricProducer {
  readonly #ledger: Pick<MetricLedger, 'read'>
  readonly #version: string
  readonly #resource: Resource
  readonly #startTime: HrTime

  /** `name` and `instance`: what the gateway is called, and what tells it from others that are called so. */
  constructor(options: { ledger: Pick<MetricLedger, 'read'>; version: string; startedAt: number; name?: string; instance?: string }) {
    const { ledger, version, name = 'gatewell', instance } = options
    this.#ledger = ledger
    this.#version = version
    this.#resource = resourceFromAttributes({
      'service.name': name,
      'service.version': version,
      ...(instance !== undefined && { 'service.instance.id': instance }),
    })
    this.#startTime = hrTime(options.startedAt)
  }

  async collect(): Promise<CollectionResult> {
    const endTime = hrTime(Date.now())
    const metrics: MetricData[] = []
    for (const [name, series] of this.#ledger.read()) {
      if (series.length > 0) metrics.push(metricData(name, series, this.#startTime, endTime))
    }
    const scope = { name: 'gatewell', version: this.#version }
    return { resourceMetrics: { resource: this.#resource, scopeMetrics: [{ scope, metrics }] }, errors: [] }
  }
}

export async function prometheusText(producer: MetricProducer): Promise<string> {
  const { resourceMetrics } = await producer.collect()
  const scopeMetrics = resourceMetrics.scopeMetrics.map((scoped) => ({ ...scoped, metrics: scoped.metrics.map(renamed) }))
  return new PrometheusSerializer('', false, undefined, true, true).serialize({ ...resourceMetrics, scopeMetrics })
}

function renamed(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor
  return { ...metric, descriptor: { ...metric.descriptor, name: prometheusName(name, unit), unit: '' } }
}

function metricData(name: MetricName, series: readonly Series[], startTime: HrTime, endTime: HrTime): MetricData {
  const metric: Metric = METRICS[name]
  const descriptor = { name, description: metric.help, unit: metric.unit, valueType: 1, advice: {} }
  const base = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const point = <T>(one: Series, value: T): DataPoint<T> => ({ startTime, endTime, attributes: attributesOf(metric, one), value })
  if (metric.kind === 'histogram') {
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: series.map((one) => point(one, histogramOf(one))) }
  }
  const dataPoints = series.map((one) => point(one, one.values[0] as number))
  if (metric.kind === 'gauge') return { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
  return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
}

function histogramOf({ values }: Series): Histogram {
  const counts = Array.from(values.subarray(0, DURATION_BOUNDS.length + 1))
  return { buckets: { boundaries: [...DURATION_BOUNDS], counts }, count: countOf(values), sum: sumOf(values) }
}

function attributesOf({ labels }: Metric, series: Series): MetricAttributes {
  const attributes: MetricAttributes = {}
  for (const [index, label] of labels.entries()) {
    const value = series.labels[index]
    if (value !== undefined && value !== '') attributes[label] = value
  }
  return attributes
}

function hrTime(epochMs: number): HrTime {
  return [Math.trunc(epochMs / 1000), Math.round((epochMs % 1000) * 1e6)]
}
