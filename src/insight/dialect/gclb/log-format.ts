/** Google Cloud's load balancers: entries of Cloud Logging, a line of JSON each. */
import type { LogFormat } from '../../log/format.ts'
import { inside, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { addressOf, defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime } from '../../log/log-time.ts'

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('httpRequest' in object)) return null
  const request = inside(object, 'httpRequest')
  const status = numberAt(request, 'status')
  const timeMs = readAnyTime(object.timestamp ?? object.receiveTimestamp)
  if (Number.isNaN(timeMs)) return null
  const payload = inside(object, 'jsonPayload')
  const labels = inside(inside(object, 'resource'), 'labels')
  const seconds = Number.parseFloat(textAt(request, 'latency') ?? '')
  const requestMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined
  const url = /^\w+:\/\/([^/:]+)(?::\d+)?(\/.*)?$/.exec(textAt(request, 'requestUrl') ?? '')
  return defined<LogEntry>({
    dialect: 'gclb',
    kind: 'access',
    timeMs: timeMs + (requestMs ?? 0),
    status: status ?? 0,
    bodyBytes: numberAt(request, 'responseSize'),
    requestMs,
    client: addressOf(textAt(request, 'remoteIp')),
    agent: textAt(request, 'userAgent'),
    method: textAt(request, 'requestMethod'),
    host: url?.[1],
    target: url === null ? textAt(request, 'requestUrl') : (url[2] ?? '/'),
    flags: textAt(payload, 'statusDetails'),
    detail: textAt(payload, 'proxyStatus'),
    pool: textAt(labels, 'backend_service_name', 'backend_target_name'),
    upstream: textAt(request, 'serverIp'),
    requestId: textAt(object, 'trace', 'insertId'),
  })
}

export const GCLB_FORMATS: readonly LogFormat[] = [
  { name: 'gclb', title: 'Google Cloud load balancer log', dialect: 'gclb', kind: 'access', specificity: 3, parse },
]
