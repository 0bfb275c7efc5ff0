/**
 * The spans of one exchange, made of its record: one of a server for all of it, one of a client below it for each attempt, and events
 * where it was tried again. Pure.
 */
import { type Attributes, type HrTime, SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace'
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { AttemptRecord, FailureRecord, TraceRecord } from '../../gateway/observe/record.ts'
import { attemptSpanOf } from '../../gateway/observe/tracing.ts'
import { clientAttributes, isFailed, methodAttributes, serverAttributes } from './span-attribute.ts'

type Scope = ReadableSpan['instrumentationScope']
type Frame = { readonly trace: TraceRecord; readonly resource: Resource; readonly scope: Scope; readonly beganAt: number }
type Told = Pick<ReadableSpan, 'name' | 'kind' | 'attributes' | 'status' | 'events'>

const SAMPLED = 1

/** None for a record without a trace. The server's comes first. */
export function spansOf(record: FailureRecord, resource: Resource, scope: Scope): ReadableSpan[] {
  const { trace, ms, attempts } = record
  if (trace === null || trace.span === '') return []
  const frame: Frame = { trace, resource, scope, beganAt: record.endedAt - ms }
  const parent = trace.parent === '' ? null : { id: trace.parent, isRemote: true }
  return [
    spanOf(frame, trace.span, parent, [0, ms], serverOf(record, frame)),
    ...attempts.map((attempt, index) => {
      const times = [attempt.beganMs, Math.min(attempt.beganMs + attempt.ms, ms)] as const
      return spanOf(
        frame,
        attemptSpanOf(trace, index + 1),
        { id: trace.span, isRemote: false },
        times,
        clientOf(record, attempt, index, frame),
      )
    }),
  ]
}

function serverOf(record: FailureRecord, frame: Frame): Told {
  const { 'http.request.method': method } = methodAttributes(record.method)
  const verb = method === '_OTHER' ? 'HTTP' : String(method)
  return {
    name: record.route === '' ? verb : `${verb} ${record.route}`,
    kind: SpanKind.SERVER,
    attributes: serverAttributes(record),
    status: isFailed(record) ? failed(record.cause) : { code: SpanStatusCode.UNSET },
    events: record.attempts
      .slice(1)
      .map((attempt, index) => retryEvent(record.attempts[index] as AttemptRecord, attempt, index + 1, frame)),
  }
}

function clientOf(record: FailureRecord, attempt: AttemptRecord, index: number, frame: Frame): Told {
  const { 'http.request.method': method } = methodAttributes(record.method)
  const { cause, status, connectedMs, answeredMs, isReused } = attempt
  return {
    name: method === '_OTHER' ? 'HTTP' : String(method),
    kind: SpanKind.CLIENT,
    attributes: clientAttributes(record, attempt, index),
    status: cause !== null || status >= 400 ? failed(cause) : { code: SpanStatusCode.UNSET },
    events: [
      ...momentEvent('gatewell.connected', isReused ? null : connectedMs, frame),
      ...momentEvent('gatewell.answered', answeredMs, frame),
    ],
  }
}

function failed(cause: CauseId | null): SpanStatus {
  return { code: SpanStatusCode.ERROR, ...(cause !== null && { message: CAUSES[cause].title }) }
}

function retryEvent(failed: AttemptRecord, next: AttemptRecord, resends: number, frame: Frame): TimedEvent {
  const attributes: Attributes = {
    'gatewell.cause': failed.cause ?? 'upstream-5xx',
    'gatewell.endpoint.failed': failed.endpoint,
    'gatewell.endpoint.next': next.endpoint,
    'http.request.resend_count': resends,
  }
  return { name: 'gatewell.retry', time: timeOf(frame.beganAt + next.beganMs), attributes }
}

function momentEvent(name: string, atMs: number | null, { beganAt }: Frame): TimedEvent[] {
  return atMs === null ? [] : [{ name, time: timeOf(beganAt + atMs) }]
}

function spanOf(
  { trace, resource, scope, beganAt }: Frame,
  spanId: string,
  parent: { readonly id: string; readonly isRemote: boolean } | null,
  [fromMs, toMs]: readonly [number, number],
  told: Told,
): ReadableSpan {
  const traceId = trace.id
  return {
    ...told,
    spanContext: () => ({ traceId, spanId, traceFlags: SAMPLED }),
    ...(parent !== null && { parentSpanContext: { traceId, spanId: parent.id, traceFlags: SAMPLED, isRemote: parent.isRemote } }),
    startTime: timeOf(beganAt + fromMs),
    endTime: timeOf(beganAt + toMs),
    duration: timeOf(toMs - fromMs),
    ended: true,
    links: [],
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Microseconds are as fine as the clock is. */
function timeOf(ms: number): HrTime {
  const micros = Math.round(ms * 1_000)
  return [Math.floor(micros / 1_000_000), (micros % 1_000_000) * 1_000]
}
