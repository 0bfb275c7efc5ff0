/** lighttpd's error log: `2026-11-22 08:11:13: (gw_backend.c.274) …`. Its access log is the one of `plain/`. */
import type { LogFormat } from '../../log/format.ts'
import { cut, defined, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'

const LINE = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d): (?:\w+: )?\(([\w./-]+)\.c\.\d+\) (.*)$/s
const UPSTREAM = /socket: (?:tcp:)?((?:unix:)?\S+?)(?:: | |$)/
const TARGET = / for (\/\S*?)\??(?:,| on |$)/
const MESSAGE_MAX = 2_000

function parse(line: string): LogEntry | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, time = '', module, message = ''] = match
  const { timeMs } = readIsoTime(time)
  if (Number.isNaN(timeMs)) return null
  const found = { upstream: textOf(UPSTREAM.exec(message)?.[1]), target: TARGET.exec(message)?.[1] }
  return defined<LogEntry>({
    dialect: 'lighttpd',
    kind: 'error',
    timeMs,
    isLocal: true,
    module,
    message: cut(message, MESSAGE_MAX),
    ...found,
  })
}

export const LIGHTTPD_FORMATS: readonly LogFormat[] = [
  { name: 'lighttpd-error', title: 'lighttpd error log', dialect: 'lighttpd', kind: 'error', specificity: 3, parse },
]
