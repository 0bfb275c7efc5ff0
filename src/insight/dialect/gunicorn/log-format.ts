/** gunicorn's log. Its access log is the combined one of `plain/`. */
import type { LogFormat } from '../../log/format.ts'
import { cut, numberOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'

const LINE = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)?(?: [+-]\d{4})?)\] \[(\d+)\] \[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\] (.*)$/s
const MESSAGE_MAX = 8_000

function parse(line: string): LogEntry | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, time = '', pid, level = '', message = ''] = match
  const at = readIsoTime(time)
  if (Number.isNaN(at.timeMs)) return null
  const head = { dialect: 'gunicorn', kind: 'error', ...at, level: level.toLowerCase().replace('warning', 'warn') } as const
  return { ...head, pid: numberOf(pid), message: cut(message, MESSAGE_MAX) }
}

/** A traceback of Python, up to its last line. */
const TRACE = /^(?:Traceback |\s|During handling|The above exception|[\w.]+(?:Error|Exception|Exit|Interrupt|Timeout)\b|\s*$)/

export const GUNICORN_FORMATS: readonly LogFormat[] = [
  {
    name: 'gunicorn',
    title: 'gunicorn log',
    dialect: 'gunicorn',
    kind: 'error',
    specificity: 3,
    parse,
    continues: (line) => TRACE.test(line),
  },
]
