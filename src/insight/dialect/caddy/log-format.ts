/** Caddy's JSON: `http.log.access` tells of every request, `http.log.error` why one failed, other loggers of the server. */
import type { LogFormat } from '../../log/format.ts'
import { fieldAt, inside, type JsonObject, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { cut, defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime } from '../../log/log-time.ts'

const MESSAGE_MAX = 4_000
const LEVELS = ['debug', 'info', 'warn', 'error', 'panic', 'fatal']

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || typeof object.msg !== 'string' || !LEVELS.includes(String(object.level))) return null
  const timeMs = readAnyTime(object.ts)
  if (Number.isNaN(timeMs)) return null
  const logger = textAt(object, 'logger')
  if (logger?.startsWith('http.log.access') || object.msg === 'handled request') return readAccess(object, timeMs)
  return defined<LogEntry>({
    dialect: 'caddy',
    kind: 'error',
    timeMs,
    level: textAt(object, 'level'),
    module: logger,
    message: cut(object.error === undefined ? object.msg : `${object.msg}: ${String(object.error)}`, MESSAGE_MAX),
    status: numberAt(object, 'status'),
    requestMs: durationOf(object),
    upstream: textAt(object, 'upstream', 'host', 'address'),
    more: moreOf(object),
    ...readRequest(object),
  })
}

function readAccess(object: JsonObject, timeMs: number): LogEntry {
  return defined<LogEntry>({
    dialect: 'caddy',
    kind: 'access',
    timeMs,
    status: numberAt(object, 'status'),
    bodyBytes: numberAt(object, 'size'),
    requestMs: durationOf(object),
    ...readRequest(object),
    agent: fieldAt(inside(inside(object, 'request'), 'headers'), 'user-agent'),
    more: serverOf(object),
  })
}

function readRequest(object: JsonObject): Partial<LogEntry> {
  const request = inside(object, 'request')
  return {
    client: textAt(request, 'client_ip', 'remote_ip'),
    host: textAt(request, 'host'),
    method: textAt(request, 'method'),
    target: textAt(request, 'uri'),
  }
}

/** Seconds as a number, or as text with its unit. */
function durationOf({ duration }: JsonObject): number | undefined {
  if (typeof duration === 'number') return duration * 1_000
  const match = /^([\d.]+)(µs|us|ms|s)$/.exec(String(duration))
  if (match === null) return undefined
  return Number(match[1]) * (match[2] === 's' ? 1_000 : match[2] === 'ms' ? 1 : 0.001)
}

function moreOf(object: JsonObject): Record<string, string> | undefined {
  const more: Record<string, string> = {}
  for (const key of ['err_id', 'err_trace']) if (typeof object[key] === 'string') more[key] = object[key]
  return Object.keys(more).length === 0 ? undefined : more
}

/** `Server: Caddy` on an answer is Caddy's own; what it passes on has the name of the server behind, and Via. */
function serverOf(object: JsonObject): Record<string, string> | undefined {
  const headers = inside(object, 'resp_headers')
  const server = fieldAt(headers, 'server')
  const via = fieldAt(headers, 'via')
  return server === undefined && via === undefined ? undefined : { ...(server && { server }), ...(via && { via }) }
}

export const CADDY_FORMATS: readonly LogFormat[] = [
  {
    name: 'caddy',
    title: 'Caddy log',
    dialect: 'caddy',
    kind: 'access',
    specificity: 3,
    parse,
    quick: { kind: 'json', key: 'status', mark: '"msg":"handled request"' },
  },
]
