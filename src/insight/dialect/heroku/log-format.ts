/** Heroku: lines of its router, and what its dynos say, as `heroku logs` and log drains print them. */
import type { LogFormat } from '../../log/format.ts'
import { textAt } from '../../log/json-line.ts'
import { cut, defined, numberOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'
import { readLogfmt } from '../../log/logfmt.ts'

const LINE = /^(?:\d* ?<\d+>1 )?(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) (?:\S+ )?(heroku|app)(?:\[([^\]]+)\]:| (\S+) -(?: -)?) (.*)$/s
const MESSAGE_MAX = 2_000

function parse(line: string): LogEntry | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, time = '', who, bracketed, spaced, text = ''] = match
  const { timeMs } = readIsoTime(time)
  const module = bracketed ?? spaced
  if (Number.isNaN(timeMs)) return null
  if (who !== 'heroku' || module !== 'router') {
    return { dialect: 'heroku', kind: 'error', timeMs, module: `${who}[${module}]`, message: cut(text, MESSAGE_MAX) }
  }
  const object = readLogfmt(text)
  if (object === null || textAt(object, 'at') === undefined) return null
  const millisecondsAt = (key: string): number | undefined => numberOf(textAt(object, key)?.replace(/ms$/, ''))
  return defined<LogEntry>({
    dialect: 'heroku',
    kind: 'access',
    timeMs,
    level: textAt(object, 'at'),
    status: numberOf(textAt(object, 'status')) ?? 0,
    bodyBytes: numberOf(textAt(object, 'bytes')),
    requestMs: millisecondsAt('service'),
    connectMs: [millisecondsAt('connect') ?? -1],
    client: textAt(object, 'fwd')?.split(',')[0],
    host: textAt(object, 'host'),
    method: textAt(object, 'method'),
    target: textAt(object, 'path'),
    requestId: textAt(object, 'request_id'),
    upstream: textAt(object, 'dyno'),
    flags: textAt(object, 'code'),
    detail: textAt(object, 'desc'),
  })
}

export const HEROKU_FORMATS: readonly LogFormat[] = [
  { name: 'heroku', title: 'Heroku log', dialect: 'heroku', kind: 'access', specificity: 3, parse },
]
