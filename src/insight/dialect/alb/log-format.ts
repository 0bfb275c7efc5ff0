/** Access logs of AWS Application Load Balancers, as they lie in S3. Their fields are in the order of the user guide. */
import type { LogFormat } from '../../log/format.ts'
import { addressOf, defined, numberOf, readRequest, secondsOf, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'

const FIELD = /"((?:[^"\\]|\\.)*)"|(\S+)/g
const BEGIN = /^(?:https?|h2|grpcs|wss?) \d{4}-\d\d-\d\dT[\d:.]+Z \S+ /
const FIELDS_MIN = 13

function parse(line: string): LogEntry | null {
  if (!BEGIN.test(line)) return null
  const fields = [...line.matchAll(FIELD)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  if (fields.length < FIELDS_MIN || !/^\d{3}$|^-$/.test(fields[8] ?? '')) return null
  const [, time = '', , client, target, waited, worked, answered, status, targetStatus, , sent, request = '', agent] = fields
  const { timeMs } = readIsoTime(time)
  if (Number.isNaN(timeMs)) return null
  const timers = [waited, worked, answered].map((text) => (text === '-1' ? -1 : (secondsOf(text) ?? -1)))
  const spent = timers.filter((ms) => ms >= 0)
  return defined<LogEntry>({
    dialect: 'alb',
    kind: 'access',
    timeMs,
    status: numberOf(status) ?? 0,
    upstreamStatuses: [numberOf(targetStatus) ?? 0],
    bodyBytes: numberOf(sent),
    requestMs: spent.length === 0 ? lifeMs(fields[21], timeMs) : spent.reduce((sum, ms) => sum + ms, 0),
    timersMs: timers,
    client: addressOf(client),
    upstream: textOf(target),
    agent: textOf(agent),
    pool: textOf(/targetgroup\/([^/]+)/.exec(fields[16] ?? '')?.[1]),
    requestId: textOf(fields[17]),
    flags: textOf(fields[24]),
    detail: textOf(fields[22]),
    ...splitUrl(request),
  })
}

/** It names when the request came in, too: where no timer counts, this tells how long it took. */
function lifeMs(created: string | undefined, endMs: number): number | undefined {
  const { timeMs } = readIsoTime(created ?? '')
  const ms = endMs - timeMs
  return ms >= 0 && ms < 3_600_000 ? ms : undefined
}

/** Requests are logged with the whole URL. */
function splitUrl(request: string): Partial<LogEntry> {
  const { method, target } = readRequest(request)
  const match = /^\w+:\/\/([^/:]+)(?::\d+)?(\/.*)?$/.exec(target ?? '')
  return match === null ? { method, target } : { method, host: match[1], target: match[2] ?? '/' }
}

export const ALB_FORMATS: readonly LogFormat[] = [
  { name: 'alb', title: 'AWS ALB access log', dialect: 'alb', kind: 'access', specificity: 3, parse },
]
