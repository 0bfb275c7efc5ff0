/** Fastly's log, in the JSON that its pages propose: `response_reason` is what obj.response was. */
import type { LogFormat } from '../../log/format.ts'
import { numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime } from '../../log/log-time.ts'

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('fastly_server' in object || 'fastly_is_edge' in object)) return null
  const timeMs = readAnyTime(object.timestamp)
  const status = numberAt(object, 'response_status')
  if (Number.isNaN(timeMs) || status === undefined) return null
  return defined<LogEntry>({
    dialect: 'fastly',
    kind: 'access',
    timeMs,
    status,
    bodyBytes: numberAt(object, 'response_body_size'),
    client: textAt(object, 'client_ip'),
    host: textAt(object, 'host'),
    method: textAt(object, 'request_method'),
    target: textAt(object, 'url'),
    agent: textAt(object, 'request_user_agent'),
    detail: textAt(object, 'response_reason'),
  })
}

export const FASTLY_FORMATS: readonly LogFormat[] = [
  { name: 'fastly', title: 'Fastly log', dialect: 'fastly', kind: 'access', specificity: 3, parse },
]
