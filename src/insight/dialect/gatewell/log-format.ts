/** Gatewell's own access log, of JSON (docs/reference/record.md): it names the cause, so nothing has to be found out. */
import type { LogFormat } from '../../log/format.ts'
import { numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('total_ms' in object && 'attempts' in object && 'id' in object)) return null
  const { timeMs } = readIsoTime(textAt(object, 'time') ?? '')
  const status = numberAt(object, 'status')
  if (Number.isNaN(timeMs) || status === undefined) return null
  return defined<LogEntry>({
    dialect: 'gatewell',
    kind: 'access',
    timeMs,
    status,
    bodyBytes: numberAt(object, 'bytes_out'),
    requestMs: numberAt(object, 'total_ms'),
    client: textAt(object, 'client'),
    host: textAt(object, 'host'),
    method: textAt(object, 'method'),
    target: textAt(object, 'target'),
    agent: textAt(object, 'user_agent'),
    requestId: textAt(object, 'id'),
    upstream: textAt(object, 'endpoint'),
    pool: textAt(object, 'upstream'),
    flags: textAt(object, 'cause'),
    detail: textAt(object, 'phase'),
    retries: Math.max(0, (numberAt(object, 'attempts') ?? 1) - 1),
  })
}

export const GATEWELL_FORMATS: readonly LogFormat[] = [
  { name: 'gatewell', title: 'Gatewell access log', dialect: 'gatewell', kind: 'access', specificity: 3, parse },
]
