/** IIS with ARR: the W3C log with the fields that it has unless told otherwise, and httperr.log of the kernel's part. Both in UTC. */
import type { LogFormat } from '../../log/format.ts'
import { defined, numberOf, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'

/** date time s-ip method stem query port user c-ip agent [referer] status substatus win32 taken */
const W3C =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) [\da-f.:%]+ ([A-Z]+) (\/\S*) (\S+) \d+ \S+ ([\da-f.:%]+) (\S+) (?:\S+ )?(\d{3}) (\d+) (\d+) (\d+)$/
/** date time c-ip c-port s-ip s-port version method uri [streamid] status siteid reason queue */
const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`
const HTTPERR = new RegExp(
  String.raw`^(${TIME}) ([\da-f.:%]+) \d+ [\da-f.:%]+ \d+ (?:HTTP\/[\d.]+|-) (\S+) (\S+) (?:[\d-]+ )?(\d{3}|-) (?:\d+|-) ([A-Z]\w+) (\S+)$`,
)

function timeOf(text: string | undefined): number {
  return readIsoTime(`${text}Z`).timeMs
}

function parseW3c(line: string): LogEntry | null {
  const match = W3C.exec(line)
  if (match === null) return null
  const [, time, method, stem = '', query, client, agent, status, sub, win32, taken] = match
  const timeMs = timeOf(time)
  if (Number.isNaN(timeMs)) return null
  return defined<LogEntry>({
    dialect: 'iis',
    kind: 'access',
    timeMs,
    status: Number(status),
    flags: `${status}.${sub}`,
    detail: win32,
    method,
    target: query === '-' ? stem : `${stem}?${query}`,
    client,
    agent: textOf(agent)?.replaceAll('+', ' '),
    requestMs: numberOf(taken),
  })
}

function parseHttpErr(line: string): LogEntry | null {
  const match = HTTPERR.exec(line)
  if (match === null) return null
  const [, time, client, method = '', target = '', status, reason, queue = ''] = match
  const timeMs = timeOf(time)
  if (Number.isNaN(timeMs)) return null
  return defined<LogEntry>({
    dialect: 'iis',
    kind: 'access',
    timeMs,
    status: numberOf(status) ?? 0,
    flags: reason,
    client,
    method: textOf(method),
    target: textOf(target),
    pool: textOf(queue),
  })
}

export const IIS_FORMATS: readonly LogFormat[] = [
  { name: 'iis', title: 'IIS log', dialect: 'iis', kind: 'access', specificity: 3, parse: parseW3c },
  { name: 'iis-httperr', title: 'IIS httperr.log', dialect: 'iis', kind: 'access', specificity: 3, parse: parseHttpErr },
]
