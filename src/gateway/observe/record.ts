/** What is told about an exchange that failed or needed more than one attempt. Plain data that outlives it; made off the success path. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Evidence, Failure, Phase } from '../../causes/failure.ts'
import { parentIdOf, traceIdOf } from '../../http/trace-context.ts'
import type { Attempt } from '../exchange/attempt.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { isCrawler } from '../respond/crawler.ts'
import { Mark } from './mark.ts'

export type AttemptRecord = {
  readonly endpoint: string
  readonly isReused: boolean
  readonly idleMs: number
  readonly phase: Phase
  /** The status of its answer, or 0. */
  readonly status: number
  readonly cause: CauseId | null
  readonly evidence: readonly Evidence[]
  readonly ms: number
  /** Milliseconds since the exchange began; null for what did not happen. `sentMs`: the request, or as much of it as there was. */
  readonly beganMs: number
  readonly connectedMs: number | null
  readonly sentMs: number | null
  readonly answeredMs: number | null
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** Where an exchange stands in a distributed trace; ids as they are written. */
export type TraceRecord = {
  readonly id: string
  /** The span that the request came from, or ''. */
  readonly parent: string
  /** Its own span, as `tracing.ts` makes it, or '': nobody wants it recorded. */
  readonly span: string
  /** '' where it is not known. */
  readonly scheme: 'http' | 'https' | ''
}

export type FailureRecord = {
  readonly id: string
  /** Epoch milliseconds of its end. */
  readonly endedAt: number
  readonly client: string
  readonly method: string
  readonly host: string
  readonly target: string
  /** The route's name, or ''. */
  readonly route: string
  readonly upstream: string
  readonly status: number
  /** Null: a retry rescued it, and nobody saw an error. */
  readonly cause: CauseId | null
  readonly phase: Phase | null
  readonly evidence: readonly Evidence[]
  /** What Node said, or ''. */
  readonly error: string
  readonly attempts: readonly AttemptRecord[]
  readonly ms: number
  /** How long it waited for its turn behind the upstream's limit. */
  readonly queuedMs: number
  readonly isCrawler: boolean
  /** What it calls itself, cut. */
  readonly userAgent: string
  readonly traceId: string
  readonly trace: TraceRecord | null
  /** What 99 of 100 on its route took less than, milliseconds; null unless it went well and was told for being slow. */
  readonly usualMs: number | null
}

const USER_AGENT_SHOWN_MAX = 200

export function recordOf(exchange: Exchange, endedAt: number, usualMs: number | null = null): FailureRecord {
  const { request, failure, marks } = exchange
  const beganAt = marks[Mark.begin] as number
  const endAt = marks[Mark.end] as number
  return {
    id: exchange.id,
    endedAt,
    client: exchange.client,
    method: request.method,
    host: request.host,
    target: request.target,
    route: exchange.route?.plan.name ?? '',
    upstream: upstreamOf(exchange),
    status: exchange.status,
    cause: failure?.cause ?? null,
    phase: failure?.phase ?? null,
    evidence: failure?.evidence ?? [],
    error: failure?.error?.message ?? '',
    attempts: attemptsOf(exchange).map((attempt) => attemptRecordOf(attempt, beganAt, endAt)),
    ms: rounded(endAt - beganAt),
    queuedMs: rounded(exchange.queuedMs),
    isCrawler: isCrawler(request.userAgent),
    userAgent: request.userAgent.slice(0, USER_AGENT_SHOWN_MAX),
    ...traceOf(exchange),
    usualMs,
  }
}

function traceOf({ trace, request: { traceparent } }: Exchange): Pick<FailureRecord, 'traceId' | 'trace'> {
  if (trace !== null) return { traceId: trace.id, trace }
  const id = traceIdOf(traceparent)
  return { traceId: id, trace: id === '' ? null : { id, parent: parentIdOf(traceparent), span: '', scheme: '' } }
}

/** Of a connection that was turned away before there was a request on it. */
export function refusalRecordOf({ cause, phase, evidence, error }: Failure, endedAt: number): FailureRecord {
  const nothing = { id: '', client: '', method: '', host: '', target: '', route: '', upstream: '', attempts: [], ms: 0, traceId: '' }
  const nobody = { queuedMs: 0, isCrawler: false, userAgent: '', trace: null, usualMs: null }
  return { ...nothing, ...nobody, endedAt, status: CAUSES[cause].status, cause, phase, evidence, error: error?.message ?? '' }
}

/** The upstream's name, or '' for an exchange that leads to none. */
export function upstreamOf(exchange: Exchange): string {
  const to = exchange.route?.plan.to
  return to?.kind === 'upstream' ? to.upstream : ''
}

/** All attempts, oldest first. */
export function attemptsOf(exchange: Exchange): readonly Attempt[] {
  if (exchange.attempt === null) return exchange.earlier ?? []
  return exchange.earlier === null ? [exchange.attempt] : [...exchange.earlier, exchange.attempt]
}

/** What an attempt failed of; one that was answered with a status to retry on counts as the server's own error. */
export function causeOf(attempt: Attempt): CauseId {
  return attempt.failure?.cause ?? 'upstream-5xx'
}

function attemptRecordOf(attempt: Attempt, beganAt: number, endAt: number): AttemptRecord {
  const since = (moment: number): number | null => (moment === 0 ? null : rounded(moment - beganAt))
  return {
    endpoint: attempt.endpoint?.url ?? '',
    isReused: attempt.isReused,
    idleMs: rounded(attempt.idleMs),
    phase: attempt.phase,
    status: attempt.status,
    cause: attempt.failure?.cause ?? null,
    evidence: attempt.failure?.evidence ?? [],
    ms: rounded((attempt.endedAt || endAt) - attempt.beganAt),
    beganMs: rounded(attempt.beganAt - beganAt),
    connectedMs: since(attempt.connectedAt),
    sentMs: since(attempt.sentAt),
    answeredMs: since(attempt.answeredAt),
    bytesSent: attempt.bytesSent,
    bytesReceived: attempt.bytesReceived,
  }
}

/** Microseconds are as fine as the clock is. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
