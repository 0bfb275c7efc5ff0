/** uWSGI: its line for each request, and what it says of its workers; only the urgent of its own lines have a time. */
import type { LogFormat } from '../../log/format.ts'
import { addressOf, cut, defined, numberOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant, monthOf } from '../../log/log-time.ts'

const TIME = String.raw`[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})`
const ACCESS = new RegExp(
  String.raw`^\[pid: (\d+)\|app: [^|]*\|req: [^\]]*\] (\S*) \([^)]*\) \{[^}]*\} \[${TIME}\] (\S+) (\S+) => generated (\d+) bytes in (\d+) (micros|msecs|secs)\w* \(HTTP\/[\d.]+ (\d{3})\)`,
)
const WORDS = String.raw`\*\*\* (?:uWSGI listen|HARAKIRI)|HARAKIRI |SIGPIPE: |uwsgi_\w+\(\): |DAMN ! |Respawned uWSGI|!!! uWSGI process|bind\(\): |SIG\w+\/SIG\w+ received|\.\.\.gracefully killing|goodbye to uWSGI`
const NOTICE = new RegExp(`^(?:${TIME} - )?((?:${WORDS}).*)$`, 's')
const HARAKIRI = /^[^\n]*HARAKIRI ON WORKER/
const MESSAGE_MAX = 2_000

function timeOf([month, day = '', hour = '', minute = '', second = '', year = '']: readonly (string | undefined)[]): number {
  return month === undefined ? Number.NaN : instant(year, monthOf(month), day, hour, minute, second)
}

function parseAccess(line: string): LogEntry | null {
  const match = ACCESS.exec(line)
  if (match === null) return null
  const [method, target, bytes, taken, unit, status] = match.slice(9)
  const requestMs = unit === 'msecs' ? Number(taken) : unit === 'secs' ? Number(taken) * 1_000 : Number(taken) / 1_000
  // The time is that of its beginning.
  const timeMs = timeOf(match.slice(3, 9)) + requestMs
  if (Number.isNaN(timeMs)) return null
  const who = { pid: numberOf(match[1]), client: addressOf(match[2]) }
  const what = { method, target, status: Number(status), bodyBytes: Number(bytes), requestMs }
  return defined<LogEntry>({ dialect: 'uwsgi', kind: 'access', timeMs, isLocal: true, ...who, ...what })
}

function parseNotice(line: string): LogEntry | null {
  const match = NOTICE.exec(line)
  if (match === null) return null
  const timeMs = timeOf(match.slice(1, 7))
  const pid = numberOf(/\(pid: (\d+)/.exec(match[7] ?? '')?.[1])
  const isLocal = !Number.isNaN(timeMs)
  return defined<LogEntry>({ dialect: 'uwsgi', kind: 'error', timeMs, isLocal, pid, message: cut(match[7] ?? '', MESSAGE_MAX) })
}

/** Who is out of time is killed, and a write that fails is told three times: each is one event. */
function continues(line: string, head: string): boolean {
  if (HARAKIRI.test(head))
    return !head.includes('Respawned') && /^(?:[^\n]* - HARAKIRI (?!ON)|HARAKIRI (?!ON)|DAMN ! |Respawned uWSGI)/.test(line)
  return head.includes('SIGPIPE: ') && /uwsgi_\w+\(\): Broken pipe|^(?:OS|IO)Error: write error/.test(line)
}

export const UWSGI_FORMATS: readonly LogFormat[] = [
  { name: 'uwsgi', title: 'uWSGI request log', dialect: 'uwsgi', kind: 'access', specificity: 3, parse: parseAccess },
  { name: 'uwsgi-notice', title: 'uWSGI log', dialect: 'uwsgi', kind: 'error', specificity: 3, parse: parseNotice, continues },
]
