/** PHP-FPM: its log, its slow log, its access log, and the error log that PHP writes itself. */
import type { LogFormat } from '../../log/format.ts'
import { cut, defined, numberOf, readRequest } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant, monthOf, readClfTime } from '../../log/log-time.ts'

const TIME = String.raw`\[(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?( [\w/+:-]+)?\]`
const FPM = new RegExp(String.raw`^${TIME} (DEBUG|NOTICE|WARNING|ERROR|ALERT): (?:pid (\d+), [^:]*: )?(?:\[pool ([^\]]+)\] )?(.*)$`, 's')
const SLOW = new RegExp(String.raw`^${TIME}  \[pool ([^\]]+)\] pid (\d+)(.*)$`, 's')
const PHP = new RegExp(String.raw`^${TIME} (PHP (\w+(?: \w+)?): .*|.*)$`, 's')
const ACCESS = /^(\S+) -\s+(\S*) (\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8} [+-]\d{4}) "([^"]*)" (\d{3})(.*)$/
const MESSAGE_MAX = 8_000

function timeOf([, day = '', month = '', year = '', hour = '', minute = '', second = '', fraction]: RegExpExecArray): number {
  return instant(year, monthOf(month), day, hour, minute, second, fraction)
}

function entryOf(match: RegExpExecArray, rest: Partial<LogEntry>): LogEntry | null {
  const timeMs = timeOf(match)
  if (Number.isNaN(timeMs)) return null
  // Of zones that are named, only this one is known here without a guess.
  const isLocal = match[8]?.trim() !== 'UTC'
  return defined<LogEntry>({ dialect: 'php-fpm', kind: 'error', timeMs, isLocal, ...rest })
}

function parseFpm(line: string): LogEntry | null {
  const match = FPM.exec(line)
  if (match === null) return null
  const [level = '', , module, message = ''] = match.slice(9)
  const script = /(?:^|, )script '([^']*)' \(request: "([^"]*)"\)/.exec(message)
  return entryOf(match, {
    level: level.toLowerCase().replace('warning', 'warn'),
    module,
    pid: numberOf(/^child (\d+)/.exec(message)?.[1]),
    message: cut(message, MESSAGE_MAX),
    ...readRequest(script?.[2] ?? ''),
  })
}

function parseSlow(line: string): LogEntry | null {
  const match = SLOW.exec(line)
  if (match === null) return null
  const [module, pid, rest = ''] = match.slice(9)
  return entryOf(match, { level: 'slow', module, pid: numberOf(pid), message: cut(`slow request${rest}`, MESSAGE_MAX) })
}

function parsePhp(line: string): LogEntry | null {
  const match = PHP.exec(line)
  if (match === null) return null
  const [message = '', level] = match.slice(9)
  return entryOf(match, { level: level?.toLowerCase(), module: 'php', message: cut(message, MESSAGE_MAX) })
}

function parseAccess(line: string): LogEntry | null {
  const match = ACCESS.exec(line)
  if (match === null) return null
  const [, client, , time = '', request = '', status] = match
  const timeMs = readClfTime(time)
  if (Number.isNaN(timeMs)) return null
  return { dialect: 'php-fpm', kind: 'access', timeMs, status: Number(status), ...(client !== '-' && { client }), ...readRequest(request) }
}

const FPM_LOG = { dialect: 'php-fpm', kind: 'error', specificity: 3 } as const
const TRACE = /^(?:Stack trace:|#\d+ | {2}thrown in |PHP Stack trace:|PHP +\d+\. |\s)/

export const PHP_FPM_FORMATS: readonly LogFormat[] = [
  { ...FPM_LOG, name: 'php-fpm', title: 'PHP-FPM log', parse: parseFpm, continues: (line) => TRACE.test(line) },
  {
    ...FPM_LOG,
    name: 'php-fpm-slow',
    title: 'PHP-FPM slow log',
    parse: parseSlow,
    continues: (line) => line === '' || /^(?:script_filename = |\[0x)/.test(line),
  },
  { ...FPM_LOG, name: 'php-error', title: 'PHP error log', specificity: 2, parse: parsePhp, continues: (line) => TRACE.test(line) },
  { ...FPM_LOG, name: 'php-fpm-access', title: 'PHP-FPM access log', kind: 'access', specificity: 2, parse: parseAccess },
]
