/** HAProxy: the HTTP log (configuration manual §8.2.3), the line for a connection that failed early, and what it says of itself. */
import type { LogFormat } from '../../log/format.ts'
import { cut, defined, numberOf, readRequest, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant, monthOf } from '../../log/log-time.ts'
import { HaproxyScan } from './quick-line.ts'

const HEAD = String.raw`^(?:.{0,200}?haproxy\[(\d+)\]: )?(\S+?):(\d+) \[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d)\.(\d{3})\] `
const HTTP = new RegExp(
  HEAD +
    String.raw`(\S+) ([^\s/]+)/(\S+) (-?\d+)/(-?\d+)/(-?\d+)/(-?\d+)/(\+?-?\d+) ` +
    String.raw`(-?\d+) (\+?\d+) \S+ \S+ (\S{4}) \d+/\d+/\d+/\d+/(\+?\d+) \d+/\d+(.*)$`,
)
const EARLY = new RegExp(String.raw`${HEAD}([^\s/:]+)/(\S+): (.*)$`)
/** `[WARNING]  (123) : Server be/app is DOWN, …`, or behind the prefix of syslog. */
const NOTICE_HEAD = String.raw`^(?:.{0,200}?haproxy\[(\d+)\]: |\[(NOTICE|WARNING|ALERT)\]\s+(?:\d+/\d+ )?\((\d+)\)\s*: )?`
const NOTICE_WORDS = [
  String.raw`(?:Backup )?Server \S+/\S+ (?:is |failed|was |remains)`,
  String.raw`(?:backend|[Pp]roxy) \S+ (?:has no server|reached|started|stopped)`,
  'Health check for|Connect\\(\\) failed for|Process reached|Reloading|New worker|Loading success|Current worker|config :',
  String.raw`\[haproxy\.main`,
]
const NOTICE = new RegExp(`${NOTICE_HEAD}((?:${NOTICE_WORDS.join('|')}).*)$`, 's')
const MESSAGE_MAX = 2_000

function timeOf(match: RegExpExecArray): number {
  const [, , , , day = '', month = '', year = '', hour = '', minute = '', second = '', fraction] = match
  return instant(year, monthOf(month), day, hour, minute, second, fraction)
}

function parseHttp(line: string): LogEntry | null {
  const match = HTTP.exec(line)
  if (match === null) return null
  const begunMs = timeOf(match)
  if (Number.isNaN(begunMs)) return null
  const [frontend, pool, server, tr, tw, tc, th, ta, status = '', bytes, flags, retries, tail = ''] = match.slice(11)
  const timersMs = [tr, tw, tc, th, ta].map((text) => Number(text?.replace('+', '')))
  const totalMs = timersMs[4] ?? 0
  return defined<LogEntry>({
    dialect: 'haproxy',
    kind: 'access',
    timeMs: begunMs + Math.max(0, totalMs),
    isLocal: true,
    pid: numberOf(match[1]),
    client: match[2],
    status: Math.max(0, Number(status)),
    bodyBytes: numberOf(bytes?.replace('+', '')),
    requestMs: totalMs,
    timersMs,
    frontend: frontend?.replace(/~$/, ''),
    pool,
    upstream: server,
    retries: numberOf(retries?.replace('+', '')),
    flags,
    ...readRequest(/"(.*?)"?$/.exec(tail)?.[1] ?? ''),
  })
}

function parseEarly(line: string): LogEntry | null {
  const match = EARLY.exec(line)
  if (match === null) return null
  const timeMs = timeOf(match)
  if (Number.isNaN(timeMs)) return null
  const [frontend, , message = ''] = match.slice(11)
  const head = { dialect: 'haproxy', kind: 'error', timeMs, isLocal: true, pid: numberOf(match[1]) } as const
  return defined<LogEntry>({ ...head, client: match[2], frontend, message: cut(message, MESSAGE_MAX) })
}

function parseNotice(line: string): LogEntry | null {
  const match = NOTICE.exec(line)
  if (match === null) return null
  const [, pid, level, otherPid, message = ''] = match
  const server = /^(?:Backup )?Server (\S+)\/(\S+) /.exec(message)
  return defined<LogEntry>({
    dialect: 'haproxy',
    kind: 'error',
    timeMs: Number.NaN,
    level: textOf(level?.toLowerCase().replace('warning', 'warn')),
    pid: numberOf(pid ?? otherPid),
    pool: server?.[1] ?? /^(?:backend|proxy|Proxy) (\S+)/.exec(message)?.[1],
    upstream: server?.[2],
    message: cut(message, MESSAGE_MAX),
  })
}

const QUICK = { kind: 'own', create: () => new HaproxyScan() } as const
const HAPROXY = { dialect: 'haproxy', specificity: 3 } as const

export const HAPROXY_FORMATS: readonly LogFormat[] = [
  { ...HAPROXY, name: 'haproxy', title: 'HAProxy HTTP log', kind: 'access', parse: parseHttp, quick: QUICK },
  { ...HAPROXY, name: 'haproxy-error', title: 'HAProxy error lines', kind: 'error', parse: parseEarly },
  { ...HAPROXY, name: 'haproxy-notice', title: 'HAProxy notices', kind: 'error', specificity: 2, parse: parseNotice },
]
