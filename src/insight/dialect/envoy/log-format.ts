/** Envoy's access log: the default text, Istio's longer one, and JSON by the names that Envoy Gateway and Istio give. */
import type { LogFormat } from '../../log/format.ts'
import { type JsonObject, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { addressOf, defined, numberOf, readRequest, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime, readIsoTime } from '../../log/log-time.ts'

/** `[time] "request" status flags` and what differs. */
const HEAD = /^\[(\d{4}-\d\d-\d\dT[\d:.]+Z)\] "([^"]*)" (\d+) (\S+) (.*)$/s
/** bytes in, bytes out, duration, service time, "forwarded for" "agent" "id" "authority" "upstream host" … */
const DEFAULT_TAIL = /^(\d+) (\d+) (\d+|-) (\d+|-) "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)"(?: (\S+))?/
/** Istio: details, termination details, "transport failure" before it. */
const ISTIO_TAIL = /^(\S+) (\S+|"[^"]*") "([^"]*)" (\d+ \d+ .*)$/s

function parseText(line: string): LogEntry | null {
  const head = HEAD.exec(line)
  if (head === null) return null
  const [, time = '', request = '', status, flags, rest = ''] = head
  const { timeMs } = readIsoTime(time)
  const istio = ISTIO_TAIL.exec(rest)
  const tail = DEFAULT_TAIL.exec(istio?.[4] ?? rest)
  if (Number.isNaN(timeMs) || tail === null) return null
  const [, , bytes, duration, , forwarded, agent, requestId, host, upstream, pool] = tail
  const requestMs = numberOf(duration)
  return defined<LogEntry>({
    dialect: 'envoy',
    kind: 'access',
    timeMs: timeMs + (requestMs ?? 0),
    status: numberOf(status),
    flags: textOf(flags),
    detail: textOf([istio?.[1], istio?.[3]].filter((part) => textOf(part) !== undefined).join(' ')),
    bodyBytes: numberOf(bytes),
    requestMs,
    client: addressOf(textOf(forwarded?.split(',')[0]?.trim())),
    agent: textOf(agent),
    requestId: textOf(requestId),
    host: textOf(host),
    upstream: textOf(upstream?.replace(/^\w+:\/\//, '')),
    pool: istio === null ? undefined : textOf(pool),
    ...readRequest(request),
  })
}

function parseJson(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('response_flags' in object || 'response_code_details' in object)) return null
  const begunMs = readAnyTime(object.start_time ?? object.timestamp)
  const status = numberAt(object, 'response_code', 'status')
  if (Number.isNaN(begunMs) || status === undefined) return null
  const requestMs = numberAt(object, 'duration')
  const details = [textAt(object, 'response_code_details'), textAt(object, 'upstream_transport_failure_reason')]
  return defined<LogEntry>({
    dialect: 'envoy',
    kind: 'access',
    timeMs: begunMs + (requestMs ?? 0),
    status,
    flags: textAt(object, 'response_flags'),
    detail: textOf(details.filter((part) => part !== undefined).join(' ')),
    bodyBytes: numberAt(object, 'bytes_sent'),
    requestMs,
    client: clientOf(object),
    agent: textAt(object, 'user-agent', 'user_agent'),
    requestId: textAt(object, 'x-request-id', 'request_id'),
    host: textAt(object, ':authority', 'authority'),
    method: textAt(object, 'method', ':method'),
    target: textAt(object, 'x-envoy-origin-path', 'path', ':path'),
    upstream: textAt(object, 'upstream_host'),
    pool: textAt(object, 'upstream_cluster'),
  })
}

function clientOf(object: JsonObject): string | undefined {
  const forwarded = textAt(object, 'x-forwarded-for', 'x_forwarded_for')?.split(',')[0]?.trim()
  return addressOf(forwarded ?? textAt(object, 'downstream_remote_address'))
}

const ENVOY = { dialect: 'envoy', kind: 'access', specificity: 3 } as const

export const ENVOY_FORMATS: readonly LogFormat[] = [
  { ...ENVOY, name: 'envoy', title: 'Envoy access log', parse: parseText },
  { ...ENVOY, name: 'envoy-json', title: 'Envoy access log, JSON', parse: parseJson },
]
