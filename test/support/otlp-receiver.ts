/** What takes OTLP over HTTP with JSON and keeps what it was told, as a collector would. What it answers is up to the test. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = {
  readonly stringValue?: string
  readonly intValue?: number | string
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values: readonly Value[] }
}
type KeyValue = { readonly key: string; readonly value: Value }
type Told = { readonly attributes: readonly KeyValue[] }

type OtlpSpan = Told & {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly flags: number
  readonly status: { readonly code?: number; readonly message?: string }
  readonly events: readonly (Told & { readonly name: string; readonly timeUnixNano: string })[]
}

export type ReceivedSpan = Omit<OtlpSpan, 'attributes' | 'startTimeUnixNano' | 'endTimeUnixNano' | 'events'> & {
  readonly attributes: Attributes
  readonly startNs: bigint
  readonly endNs: bigint
  readonly events: readonly { readonly name: string; readonly atNs: bigint; readonly attributes: Attributes }[]
  readonly resource: Attributes
}

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

type OtlpPoint = Told & {
  readonly asDouble?: number
  readonly asInt?: string
  readonly count?: string
  readonly bucketCounts?: readonly string[]
}
type OtlpPoints = { readonly dataPoints: readonly OtlpPoint[]; readonly aggregationTemporality?: number }
type OtlpMetric = {
  readonly name: string
  readonly unit: string
  readonly sum?: OtlpPoints
  readonly gauge?: OtlpPoints
  readonly histogram?: OtlpPoints
}

export type ReceivedMetric = OtlpMetric & { readonly points: readonly (OtlpPoint & { readonly labels: Attributes })[] }

export class OtlpReceiver {
  readonly port: number
  readonly spans: ReceivedSpan[] = []
  /** The latest of each name. */
  readonly metrics = new Map<string, ReceivedMetric>()
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly at: number }[] = []
  resource: Attributes = {}
  /** `null`: it takes what it gets. */
  answer: ((response: ServerResponse) => void) | null = null
  readonly #close: () => void

  private constructor(port: number, close: () => void) {
    this.port = port
    this.#close = close
  }

  static async start(port = 0): Promise<OtlpReceiver> {
    let receiver: OtlpReceiver | null = null
    const server = createServer(async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece)
      receiver?.take(request.url ?? '', request.headers, Buffer.concat(pieces).toString(), response)
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    receiver = new OtlpReceiver((server.address() as AddressInfo).port, () => {
      server.close()
      server.closeAllConnections()
    })
    return receiver
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`
  }

  close(): void {
    this.#close()
  }

  take(path: string, headers: IncomingHttpHeaders, body: string, response: ServerResponse): void {
    this.requests.push({ path, headers, at: Date.now() })
    if (this.answer !== null) return this.answer(response)
    const told = JSON.parse(body)
    if (path.endsWith('/v1/traces')) {
      for (const { resource, scopeSpans } of told.resourceSpans) {
        for (const { spans } of scopeSpans) for (const span of spans) this.spans.push(received(span, resource.attributes))
      }
    } else {
      for (const { resource, scopeMetrics } of told.resourceMetrics) {
        this.resource = attributesOf(resource.attributes)
        for (const { metrics } of scopeMetrics) for (const metric of metrics) this.metrics.set(metric.name, withPoints(metric))
      }
    }
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  }
}

function received({ startTimeUnixNano, endTimeUnixNano, events, ...span }: OtlpSpan, resource: readonly KeyValue[]): ReceivedSpan {
  return {
    ...span,
    attributes: attributesOf(span.attributes),
    startNs: BigInt(startTimeUnixNano),
    endNs: BigInt(endTimeUnixNano),
    events: events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      atNs: BigInt(timeUnixNano),
      attributes: attributesOf(attributes),
    })),
    resource: attributesOf(resource),
  }
}

function withPoints(metric: OtlpMetric): ReceivedMetric {
  const { dataPoints = [] } = metric.sum ?? metric.gauge ?? metric.histogram ?? {}
  return { ...metric, points: dataPoints.map((point) => ({ ...point, labels: attributesOf(point.attributes) })) }
}

function attributesOf(pairs: readonly KeyValue[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue({ stringValue, intValue, doubleValue, boolValue }: Value): string | number | boolean | undefined {
  return stringValue ?? (intValue === undefined ? undefined : Number(intValue)) ?? doubleValue ?? boolValue
}
