/** Access logs of JSON under the names of nginx's variables, or under names that anybody would give. */
import { type JsonObject, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { addressOf, defined, lastOf, listOf, readRequest } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime, readClfTime, readIsoTime } from '../../log/log-time.ts'

/** Nobody else has them. */
const OWN = [
  'body_bytes_sent',
  'http_user_agent',
  'remote_addr',
  'upstream_addr',
  'upstream_status',
  'upstream_response_time',
  'time_iso8601',
]

/** `isOwn`: only with the names of nginx, as an entry of nginx. */
export function parseJsonAccess(line: string, isOwn: boolean): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || OWN.some((key) => key in object) !== isOwn) return null
  const status = numberAt(object, 'status', 'status_code')
  const request = readLine(object)
  const at = readTime(object)
  if (status === undefined || request.target === undefined || Number.isNaN(at.timeMs)) return null
  const seconds = numberAt(object, 'request_time')
  const bytes = listOf(textAt(object, 'upstream_bytes_received', 'upstream_response_length'), 0)
  return defined<LogEntry>({
    dialect: isOwn ? 'nginx' : 'plain',
    kind: 'access',
    ...at,
    status,
    ...request,
    bodyBytes: numberAt(object, 'body_bytes_sent', 'bytes_sent', 'bytes', 'size'),
    requestMs: seconds === undefined ? undefined : seconds * 1_000,
    client: addressOf(textAt(object, 'remote_addr', 'client_ip', 'client', 'remote_ip', 'ip')),
    host: textAt(object, 'http_host', 'host', 'server_name', 'vhost'),
    agent: textAt(object, 'http_user_agent', 'user_agent', 'agent'),
    requestId: textAt(object, 'request_id', 'req_id', 'x_request_id'),
    upstream: lastOf(textAt(object, 'upstream_addr', 'upstream')),
    pool: textAt(object, 'proxy_upstream_name'),
    upstreamStatuses: statusesOf(object),
    upstreamBytes: bytes?.reduce((sum, count) => sum + count, 0),
    connectMs: millisecondsOf(object.upstream_connect_time),
    headerMs: millisecondsOf(object.upstream_header_time),
    upstreamMs: millisecondsOf(object.upstream_response_time),
  })
}

function readLine(object: JsonObject): { method?: string; target?: string } {
  const line = textAt(object, 'request')
  const request = line === undefined ? {} : readRequest(line)
  if (request.target !== undefined) return request
  const target = textAt(object, 'request_uri', 'uri', 'path', 'url')
  return target === undefined ? {} : { method: textAt(object, 'request_method', 'method') ?? 'GET', target }
}

function readTime(object: JsonObject): { timeMs: number; isLocal?: boolean } {
  const text = textAt(object, 'time_iso8601', 'msec', '@timestamp', 'timestamp', 'time', 'ts', 'time_local', 'date')
  if (text === undefined) return { timeMs: Number.NaN }
  const clf = readClfTime(text)
  if (!Number.isNaN(clf)) return { timeMs: clf }
  const { timeMs, isLocal } = readIsoTime(text)
  return Number.isNaN(timeMs) ? { timeMs: readAnyTime(text) } : { timeMs, isLocal }
}

/** `-` says that nothing was answered; an empty text that nobody was asked. */
function statusesOf({ upstream_status: value }: JsonObject): number[] | undefined {
  return typeof value === 'number' ? [value] : typeof value === 'string' ? listOf(value, 0) : undefined
}

function millisecondsOf(value: unknown): number[] | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' ? listOf(text, -1, 1_000)?.map(Math.round) : undefined
}
