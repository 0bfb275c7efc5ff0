/** nginx, OpenResty, Tengine and the Ingress controller: error log, access log with the variables people add, JSON by their names. */
import { clfEntry, readClf } from '../../log/clf.ts'
import type { LogFormat } from '../../log/format.ts'
import { addressOf, cut, defined, lastOf, listOf, numberOf, readRequest, secondsOf, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant } from '../../log/log-time.ts'
import { parseJsonAccess } from './json-access.ts'

const MESSAGE_MAX = 4_000

const ERROR = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) \[(\w+)\] (\d+)#\d+: (?:\*(\d+) )?/
/** In this order; nginx escapes nothing in them. */
const FIELDS = /, request: "(.*?)"(?:, subrequest: "[^"]*")?(?:, upstream: "([^"]*)")?(?:, host: "([^"]*)")?(?:, referrer: ".*")?\s*$/s
/** Without a request: of a health check, or of the resolver. */
const UPSTREAM_FIELD = /, upstream: "([^"]*)"/
/** `fastcgi://unix:/run/php.sock:`, `http://10.0.0.1:3000/path` */
const UPSTREAM_ADDRESS = /^[\w+]+:\/\/(unix:[^:]*|\[[^\]]*\](?::\d+)?|[^/]*)/
const STDERR = 'FastCGI sent in stderr: '
const OPEN_STDERR = /FastCGI sent in stderr: "(?!.*" while \w+)/s

function parseError(line: string): LogEntry | null {
  const match = ERROR.exec(line)
  if (match === null) return null
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', level, pid, connection] = match
  const text = line.slice(match[0].length)
  const timeMs = instant(year, Number(month) - 1, day, hour, minute, second)
  if (Number.isNaN(timeMs)) return null
  const tailAt = tailOf(text)
  // It writes no more than 2,048 bytes a line.
  const tail = text.slice(tailAt, tailAt + MESSAGE_MAX)
  const fields = FIELDS.exec(tail)
  const upstream = fields === null ? UPSTREAM_FIELD.exec(tail)?.[1] : fields[2]
  return defined<LogEntry>({
    dialect: 'nginx',
    kind: 'error',
    timeMs,
    isLocal: true,
    level,
    pid: numberOf(pid),
    connection,
    message: cut(text.slice(0, tailAt), MESSAGE_MAX),
    client: textOf(/^, client: ([^,\s]+)/.exec(tail)?.[1]),
    ...readRequest(fields?.[1] ?? ''),
    upstream: upstream === undefined ? undefined : (UPSTREAM_ADDRESS.exec(upstream)?.[1] ?? upstream),
    host: textOf(fields?.[3]),
  })
}

/** What an app wrote may hold the same words as nginx's own fields, which are last. */
function tailOf(text: string): number {
  const isQuoting = text.startsWith(STDERR)
  const at = isQuoting ? text.search(/(?<=" while [^"]*), client: /) : text.indexOf(', client: ')
  return at < 0 ? text.length : at
}

type Extra =
  | 'requestMs'
  | 'connectMs'
  | 'headerMs'
  | 'upstreamMs'
  | 'upstream'
  | 'upstreamStatuses'
  | 'upstreamBytes'
  | 'host'
  | 'requestId'

/** nginx's variables, and how people abbreviate them. */
const EXTRAS: Readonly<Record<string, Extra>> = {
  rt: 'requestMs',
  request_time: 'requestMs',
  uct: 'connectMs',
  upstream_connect_time: 'connectMs',
  uht: 'headerMs',
  upstream_header_time: 'headerMs',
  urt: 'upstreamMs',
  upstream_response_time: 'upstreamMs',
  ua: 'upstream',
  addr: 'upstream',
  upstream: 'upstream',
  upstream_addr: 'upstream',
  us: 'upstreamStatuses',
  ustatus: 'upstreamStatuses',
  upstream_status: 'upstreamStatuses',
  ubr: 'upstreamBytes',
  upstream_bytes_received: 'upstreamBytes',
  upstream_response_length: 'upstreamBytes',
  host: 'host',
  vhost: 'host',
  rid: 'requestId',
  request_id: 'requestId',
}

/** `rt=0.1`, `urt="0.1, 0.2"`, `us=502, 200` */
const EXTRA = /([a-z_]+)[=:] ?(?:"([^"]*)"|([^\s"]+(?:(?:, | : )[^\s"=]+(?= |$))*))/g

function parseAccess(line: string): LogEntry | null {
  const clf = readClf(line)
  if (clf === null || clf.rest === '') return null
  const found: Record<string, unknown> = {}
  for (const [, name = '', quoted, bare] of clf.rest.matchAll(EXTRA)) {
    const field = EXTRAS[name]
    const value = quoted ?? bare ?? ''
    if (field !== undefined) found[field] = readExtra(field, value)
  }
  const isOwn = ['requestMs', 'upstreamMs', 'upstream', 'upstreamStatuses', 'headerMs'].some((field) => Object.hasOwn(found, field))
  return isOwn ? defined<LogEntry>({ ...clfEntry(clf, 'nginx'), ...found }) : null
}

function readExtra(field: Extra, value: string): unknown {
  if (field === 'requestMs') return secondsOf(value)
  if (field === 'connectMs' || field === 'headerMs' || field === 'upstreamMs') return listOf(value, -1, 1_000)?.map(Math.round)
  if (field === 'upstreamStatuses') return listOf(value, 0)
  if (field === 'upstreamBytes') return listOf(value, 0)?.reduce((sum, bytes) => sum + bytes, 0)
  return field === 'upstream' ? lastOf(value) : textOf(value)
}

/** `$request_length $request_time [$pool] [$alternative] $upstream_addr $length $time $status $req_id` behind the combined format. */
const LIST = String.raw`([\d.-]+(?:(?:, | : )[\d.-]+)*)`
const INGRESS = new RegExp(String.raw`^\d+ ([\d.]+) \[([^\]]*)\] \[[^\]]*\] (\S+(?:(?:, | : )\S+)*?) ${LIST} ${LIST} ${LIST} (\w+)$`)

function parseIngress(line: string): LogEntry | null {
  const clf = readClf(line)
  const match = clf === null ? null : INGRESS.exec(clf.rest)
  if (clf === null || match === null) return null
  const [, requestTime, pool, upstream, length, time, statuses, requestId] = match
  return defined<LogEntry>({
    ...clfEntry(clf, 'nginx'),
    requestMs: secondsOf(requestTime),
    pool: textOf(pool),
    upstream: lastOf(upstream),
    upstreamBytes: listOf(length, 0)?.reduce((sum, bytes) => sum + bytes, 0),
    upstreamMs: listOf(time, -1, 1_000)?.map(Math.round),
    upstreamStatuses: listOf(statuses, 0),
    requestId,
  })
}

/** klog of the controller: `W1122 06:11:54.123456       7 controller.go:1216] Service "ns/name" does not have any active Endpoint.` */
const KLOG = /^([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d+) +(\d+) ([\w.-]+:\d+)\] (.*)$/s
const KLOG_LEVELS: Readonly<Record<string, string>> = { I: 'info', W: 'warn', E: 'error', F: 'crit' }

function parseKlog(line: string): LogEntry | null {
  const match = KLOG.exec(line)
  if (match === null) return null
  const [, level = '', , , , , , , pid, module, message = ''] = match
  // It names no year: the time is that of the line's envelope, or of the line before.
  const head = { dialect: 'nginx', kind: 'error', timeMs: Number.NaN, level: KLOG_LEVELS[level] } as const
  return { ...head, pid: numberOf(pid), module, message: cut(message, MESSAGE_MAX) }
}

/** Nginx Proxy Manager: `[time] - 502 502 - GET https host "/path" [Client 1.2.3.4] [Length 150] [Gzip -] [Sent-to app] "agent" …`. */
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`
const SENT = String.raw`\[Client ([^\]]+)\] \[Length (\d+)\] \[Gzip [^\]]*\](?: \[Sent-to ([^\]]*)\])?`
const MANAGER = new RegExp(String.raw`^\[([^\]]{26})\] (?:\S+ (\d{3}|-) )?(\d{3}) - (\S+) \S+ (\S+) ${QUOTED} ${SENT} ${QUOTED}`)

function parseManager(line: string): LogEntry | null {
  const match = MANAGER.exec(line)
  if (match === null) return null
  const [, time = '', inner, status, method = '', host, target = '', client, length, upstream, agent] = match
  const clf = readClf(`- [${time}] "${method} ${target}" ${status} ${length}`)
  if (clf === null) return null
  return defined<LogEntry>({
    ...clfEntry(clf, 'nginx'),
    client: addressOf(client),
    host,
    agent: textOf(agent),
    upstream: textOf(upstream),
    upstreamStatuses: listOf(inner, 0),
  })
}

export const NGINX_FORMATS: readonly LogFormat[] = [
  {
    name: 'nginx-error',
    title: 'nginx error log',
    dialect: 'nginx',
    kind: 'error',
    specificity: 3,
    parse: parseError,
    continues: (_, head) => head.includes(STDERR) && OPEN_STDERR.test(head),
  },
  {
    name: 'ingress-nginx',
    title: 'ingress-nginx access log',
    dialect: 'nginx',
    kind: 'access',
    specificity: 3,
    parse: parseIngress,
    quick: { kind: 'clf' },
  },
  {
    name: 'nginx-access',
    title: 'nginx access log',
    dialect: 'nginx',
    kind: 'access',
    specificity: 2,
    parse: parseAccess,
    quick: { kind: 'clf' },
  },
  {
    name: 'nginx-json',
    title: 'nginx access log, JSON',
    dialect: 'nginx',
    kind: 'access',
    specificity: 2,
    parse: (line) => parseJsonAccess(line, true),
    quick: { kind: 'json', key: 'status' },
  },
  {
    name: 'json',
    title: 'access log, JSON',
    dialect: 'plain',
    kind: 'access',
    specificity: 1,
    parse: (line) => parseJsonAccess(line, false),
    quick: { kind: 'json', key: 'status' },
  },
  {
    name: 'ingress-nginx-controller',
    title: 'ingress-nginx controller log',
    dialect: 'nginx',
    kind: 'error',
    specificity: 2,
    parse: parseKlog,
  },
  {
    name: 'nginx-proxy-manager',
    title: 'Nginx Proxy Manager access log',
    dialect: 'nginx',
    kind: 'access',
    specificity: 3,
    parse: parseManager,
  },
]
