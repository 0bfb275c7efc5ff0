/**
 * The fields of an access log line, one row each: the JSON line and docs/reference/record.md come from this table.
 * Authorization, cookies and bodies are never logged. The target is logged as it was sent, query included: do not put secrets in URLs.
 */
import { CAUSES } from '../../causes/catalogue.ts'
import { traceIdOf } from '../../http/trace-context.ts'
import type { Attempt } from '../exchange/attempt.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { jsonText } from './json-text.ts'
import { Mark } from './mark.ts'
import { attemptsOf, upstreamOf } from './record.ts'

export type Field = {
  readonly name: string
  readonly unit: 'text' | 'number' | 'ms' | 'bytes' | 'boolean' | 'list'
  readonly meaning: string
  /** As JSON; '' leaves the field out. `time` is when the exchange ended; texts of strangers are cut to `textMax` characters. */
  readonly read: (exchange: Exchange, time: string, textMax: number) => string
}

export const FIELDS: readonly Field[] = [
  { name: 'time', unit: 'text', meaning: 'When the answer ended, in UTC with milliseconds.', read: (_, time) => `"${time}"` },
  {
    name: 'id',
    unit: 'text',
    meaning: 'The request id, as in `X-Request-Id` and on error pages.',
    read: (exchange, _, textMax) => text(exchange.id, textMax),
  },
  {
    name: 'client',
    unit: 'text',
    meaning: "The client's address; behind trusted proxies the one that they name.",
    read: repeated(({ client }) => client),
  },
  { name: 'method', unit: 'text', meaning: 'The method.', read: repeated(({ request }) => request.method) },
  { name: 'host', unit: 'text', meaning: 'The host asked for.', read: repeated(({ request }) => request.host) },
  {
    name: 'target',
    unit: 'text',
    meaning: 'Path and query as sent.',
    read: ({ request }, _, textMax) => text(request.target, textMax),
  },
  { name: 'version', unit: 'text', meaning: 'HTTP version of the request.', read: ({ request }) => `"1.${request.minor}"` },
  { name: 'route', unit: 'text', meaning: 'The route that matched.', read: repeated(({ route }) => route?.plan.name ?? '') },
  { name: 'upstream', unit: 'text', meaning: 'The upstream it leads to.', read: repeated(upstreamOf) },
  {
    name: 'endpoint',
    unit: 'text',
    meaning: 'The endpoint of the last attempt.',
    read: repeated(({ attempt }) => attempt?.endpoint?.url ?? ''),
  },
  { name: 'status', unit: 'number', meaning: 'The status sent; 499 when the client left unanswered.', read: ({ status }) => `${status}` },
  {
    name: 'cause',
    unit: 'text',
    meaning: 'Why it ended badly; `gatewell why CAUSE` explains.',
    read: repeated(({ failure }) => failure?.cause ?? ''),
  },
  {
    name: 'side',
    unit: 'text',
    meaning: 'Whose side the cause is on: downstream, gateway, upstream or app.',
    read: ({ failure }) => (failure === null ? '' : `"${CAUSES[failure.cause].side}"`),
  },
  { name: 'phase', unit: 'text', meaning: 'How far it had come when it failed.', read: repeated(({ failure }) => failure?.phase ?? '') },
  {
    name: 'attempts',
    unit: 'number',
    meaning: 'Attempts at endpoints; 0 when none was needed.',
    read: (exchange) => `${exchange.attempts}`,
  },
  {
    name: 'attempt_list',
    unit: 'list',
    meaning: 'Each attempt in order, when there was more than one: `endpoint`, `cause` or `status`, and `ms`.',
    read: (exchange) => (exchange.earlier === null ? '' : `[${attemptsOf(exchange).map(attemptJson).join(',')}]`),
  },
  { name: 'total_ms', unit: 'ms', meaning: 'First byte of the request to last byte of the answer.', read: between(Mark.begin, Mark.end) },
  { name: 'head_ms', unit: 'ms', meaning: "Reading the request's head.", read: between(Mark.begin, Mark.head) },
  {
    name: 'queue_ms',
    unit: 'ms',
    meaning: "Waiting for a place behind the upstream's limit, if it had to.",
    read: ({ queuedMs }) => (queuedMs === 0 ? '' : millis(queuedMs)),
  },
  {
    name: 'connect_ms',
    unit: 'ms',
    meaning: 'Last attempt: getting a connection, new or reused.',
    read: between(Mark.pick, Mark.connected),
  },
  { name: 'send_ms', unit: 'ms', meaning: 'Last attempt: writing the request.', read: between(Mark.connected, Mark.sent) },
  { name: 'wait_ms', unit: 'ms', meaning: 'Last attempt: request sent to head of the answer.', read: between(Mark.sent, Mark.answer) },
  { name: 'receive_ms', unit: 'ms', meaning: 'Relaying the answer, head to last byte.', read: between(Mark.answer, Mark.end) },
  {
    name: 'reused',
    unit: 'boolean',
    meaning: 'The last attempt went out on a connection that had served before.',
    read: ({ attempt }) => (attempt === null ? '' : `${attempt.isReused}`),
  },
  {
    name: 'idle_ms',
    unit: 'ms',
    meaning: 'How long that connection had been idle.',
    read: ({ attempt }) => (attempt?.isReused ? millis(attempt.idleMs) : ''),
  },
  { name: 'bytes_in', unit: 'bytes', meaning: "The request's body, without framing.", read: ({ bytesIn }) => `${bytesIn}` },
  { name: 'bytes_out', unit: 'bytes', meaning: "The answer's body, without framing.", read: ({ bytesOut }) => `${bytesOut}` },
  { name: 'user_agent', unit: 'text', meaning: 'As sent.', read: repeated(({ request }) => request.userAgent) },
  { name: 'referer', unit: 'text', meaning: 'As sent.', read: repeated(({ request }) => request.referer) },
  {
    name: 'trace_id',
    unit: 'text',
    meaning: 'From a valid `traceparent`, or of the trace that was begun here.',
    read: ({ trace, request }) => text(trace?.id ?? traceIdOf(request.traceparent)),
  },
]

function text(value: string, max = value.length): string {
  if (value === '') return ''
  return jsonText(value.length > max ? `${value.slice(0, max)}...` : value)
}

/** A text that is often the same as in the line before: then it is not looked through again. */
function repeated(read: (exchange: Exchange) => string): Field['read'] {
  let last = ''
  let lastMax = 0
  let json = ''
  return (exchange, _, textMax) => {
    const value = read(exchange)
    if (value === last && textMax === lastMax) return json
    last = value
    lastMax = textMax
    json = text(value, textMax)
    return json
  }
}

function between(from: number, to: number): Field['read'] {
  return ({ marks }) => {
    const began = marks[from] as number
    const ended = marks[to] as number
    return began === 0 || ended === 0 ? '' : millis(ended - began)
  }
}

/** Rounded to microseconds; never negative, even where phases of two attempts overlap. */
function millis(ms: number): string {
  return ms > 0 ? `${Math.round(ms * 1000) / 1000}` : '0'
}

function attemptJson(attempt: Attempt): string {
  const end = attempt.failure === null ? `"status":${attempt.status}` : `"cause":"${attempt.failure.cause}"`
  return `{"endpoint":${jsonText(attempt.endpoint?.url ?? '')},${end},"ms":${millis(attempt.endedAt - attempt.beganAt)}}`
}
