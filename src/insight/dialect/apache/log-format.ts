/** Apache's error log, of 2.4 and of 2.2. Its access logs are those of `plain/`. */
import type { LogFormat } from '../../log/format.ts'
import { addressOf, cut, defined, numberOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant, monthOf } from '../../log/log-time.ts'

const TIME = String.raw`\[(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d+))? (\d{4})\]`
const LINE = new RegExp(String.raw`^${TIME} \[(?:([\w-]*):)?(\w+)\] (?:\[pid (\d+)(?::tid (\d+))?\] )?(.*)$`, 's')
const CLIENT = /\[client ([^\]]+)\] ?/
const REFERER = /, referer: \S+$/
/** `… returned by /cart`, `[…] for URI /cart`. */
const TARGET = /(?:returned by|URI|for URL|processing) (\/\S*?)[.,]?(?: |$)/
/** `attempt to connect to 127.0.0.1:9000 (*:80) failed`, `(127.0.0.1:9000)` */
const UPSTREAM = /(?:connect to|from remote server|disabl\w+ (?:worker|connection) for|to) \(?((?:[\w.-]+|\[[\da-f:]+\]):\d+)/
const MESSAGE_MAX = 4_000

function parse(line: string): LogEntry | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, month = '', day = '', hour = '', minute = '', second = '', fraction, year = '', module, level, pid, thread, text = ''] = match
  const timeMs = instant(year, monthOf(month), day, hour, minute, second, fraction)
  if (Number.isNaN(timeMs)) return null
  const message = text.replace(CLIENT, '').replace(REFERER, '')
  const target = TARGET.exec(message)?.[1]
  return defined<LogEntry>({
    dialect: 'apache',
    kind: 'error',
    timeMs,
    isLocal: true,
    level,
    module,
    pid: numberOf(pid),
    // A thread works on one request at a time.
    connection: pid === undefined ? undefined : `${pid}:${thread ?? ''}`,
    message: cut(message, MESSAGE_MAX),
    client: addressOf(CLIENT.exec(text)?.[1]),
    target,
    upstream: UPSTREAM.exec(message)?.[1],
  })
}

export const APACHE_FORMATS: readonly LogFormat[] = [
  { name: 'apache-error', title: 'Apache error log', dialect: 'apache', kind: 'error', specificity: 3, parse },
]
