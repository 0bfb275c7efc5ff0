/** Traefik: access log (common with router and server behind it, or JSON), and its own, where the reasons of 502 and 504 are at DEBUG. */
import { clfEntry, readClf } from '../../log/clf.ts'
import type { LogFormat } from '../../log/format.ts'
import { type JsonObject, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { addressOf, cut, defined, numberOf, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime, readIsoTime } from '../../log/log-time.ts'
import { readLogfmt } from '../../log/logfmt.ts'

const MESSAGE_MAX = 4_000
const MS = 1_000_000
/** Request count, "router", "server", duration. */
const TAIL = /^(\d+|-) "([^"]*)" "([^"]*)" (\d+)ms$/

function parseClf(line: string): LogEntry | null {
  const clf = readClf(line)
  const match = clf === null ? null : TAIL.exec(clf.rest)
  if (clf === null || match === null) return null
  const [, , router, url, duration] = match
  return defined<LogEntry>({
    ...clfEntry(clf, 'traefik'),
    requestMs: numberOf(duration),
    pool: textOf(router),
    upstream: hostOf(textOf(url)),
  })
}

function hostOf(url: string | undefined): string | undefined {
  return url?.replace(/^\w+:\/\//, '').replace(/\/.*$/, '')
}

function parseJson(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('DownstreamStatus' in object)) return null
  const begunMs = readAnyTime(object.StartUTC ?? object.StartLocal ?? object.time)
  const status = numberAt(object, 'DownstreamStatus')
  if (Number.isNaN(begunMs) || status === undefined) return null
  const durationMs = nanosecondsOf(object.Duration)
  const originStatus = numberAt(object, 'OriginStatus')
  return defined<LogEntry>({
    dialect: 'traefik',
    kind: 'access',
    timeMs: begunMs + (durationMs ?? 0),
    status,
    upstreamStatuses: originStatus === undefined ? undefined : [originStatus],
    bodyBytes: numberAt(object, 'DownstreamContentSize'),
    requestMs: durationMs,
    upstreamMs: upstreamMsOf(object),
    retries: numberAt(object, 'RetryAttempts'),
    client: addressOf(textAt(object, 'ClientHost')?.split(',')[0]),
    host: textAt(object, 'RequestHost', 'RequestAddr'),
    method: textAt(object, 'RequestMethod'),
    target: textAt(object, 'RequestPath'),
    agent: textAt(object, 'request_User-Agent'),
    requestId: textAt(object, 'request_X-Request-Id'),
    upstream: textAt(object, 'ServiceAddr'),
    pool: textAt(object, 'ServiceName'),
    frontend: textAt(object, 'entryPointName'),
  })
}

function upstreamMsOf(object: JsonObject): number[] | undefined {
  const ms = nanosecondsOf(object.OriginDuration)
  return ms === undefined ? undefined : [ms]
}

function nanosecondsOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value / MS : undefined
}

/** `2026-11-22T06:11:54Z DBG github.com/…/proxy.go:121 > 502 Bad Gateway error="dial tcp …"` */
const CONSOLE = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) (TRC|DBG|INF|WRN|ERR|FTL) (.*)$/s
const LEVELS: Readonly<Record<string, string>> = { TRC: 'trace', DBG: 'debug', INF: 'info', WRN: 'warn', ERR: 'error', FTL: 'crit' }

function parseLog(line: string): LogEntry | null {
  const match = CONSOLE.exec(line)
  if (match !== null) {
    const [, time = '', level = '', text = ''] = match
    return logEntry(readIsoTime(time).timeMs, LEVELS[level], text.replace(/^\S+\.go:\d+ > /, ''), undefined)
  }
  const object = line.startsWith('time="') ? readLogfmt(line) : readJsonLine(line)
  if (object === null) return null
  const message = textAt(object, 'message', 'msg')
  if (message === undefined || 'ts' in object || textAt(object, 'level') === undefined) return null
  const reason = textAt(object, 'error', 'err')
  const text = reason === undefined ? message : `${message} error="${reason}"`
  return logEntry(readAnyTime(object.time), textAt(object, 'level'), text, textAt(object, 'serviceName', 'serverName'))
}

function logEntry(timeMs: number, level: string | undefined, message: string, pool: string | undefined): LogEntry | null {
  if (Number.isNaN(timeMs)) return null
  const status = /^'?(\d{3}) [A-Z]/.exec(message)?.[1]
  return defined<LogEntry>({
    dialect: 'traefik',
    kind: 'error',
    timeMs,
    level,
    message: cut(message, MESSAGE_MAX),
    status: numberOf(status),
    pool,
  })
}

const TRAEFIK = { dialect: 'traefik' } as const

export const TRAEFIK_FORMATS: readonly LogFormat[] = [
  { ...TRAEFIK, name: 'traefik', title: 'Traefik access log', kind: 'access', specificity: 3, parse: parseClf, quick: { kind: 'clf' } },
  {
    ...TRAEFIK,
    name: 'traefik-json',
    title: 'Traefik access log, JSON',
    kind: 'access',
    specificity: 3,
    parse: parseJson,
    quick: { kind: 'json', key: 'DownstreamStatus' },
  },
  { ...TRAEFIK, name: 'traefik-log', title: 'Traefik log', kind: 'error', specificity: 2, parse: parseLog },
]
