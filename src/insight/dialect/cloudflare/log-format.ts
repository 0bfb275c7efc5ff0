/** Cloudflare's Logpush, data set `http_requests`, a line of JSON each. */
import type { LogFormat } from '../../log/format.ts'
import { numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime } from '../../log/log-time.ts'

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('EdgeResponseStatus' in object)) return null
  const begunMs = readAnyTime(object.EdgeStartTimestamp)
  const endedMs = readAnyTime(object.EdgeEndTimestamp)
  const timeMs = Number.isNaN(endedMs) ? begunMs : endedMs
  const status = numberAt(object, 'EdgeResponseStatus')
  if (Number.isNaN(timeMs) || status === undefined) return null
  const originStatus = numberAt(object, 'OriginResponseStatus')
  const nanoseconds = numberAt(object, 'OriginResponseTime')
  const originMs = numberAt(object, 'OriginResponseDurationMs') ?? (nanoseconds === undefined ? undefined : nanoseconds / 1e6)
  return defined<LogEntry>({
    dialect: 'cloudflare',
    kind: 'access',
    timeMs,
    status,
    upstreamStatuses: originStatus === undefined ? undefined : [originStatus],
    upstreamMs: originMs === undefined ? undefined : [originMs],
    bodyBytes: numberAt(object, 'EdgeResponseBodyBytes', 'EdgeResponseBytes'),
    requestMs: endedMs > begunMs ? endedMs - begunMs : undefined,
    client: textAt(object, 'ClientIP'),
    host: textAt(object, 'ClientRequestHost'),
    method: textAt(object, 'ClientRequestMethod'),
    target: textAt(object, 'ClientRequestURI', 'ClientRequestPath'),
    agent: textAt(object, 'ClientRequestUserAgent'),
    upstream: textAt(object, 'OriginIP'),
    requestId: textAt(object, 'RayID'),
    flags: textAt(object, 'EdgePathingStatus'),
    detail: textAt(object, 'ClientRequestError', 'OriginSSLProtocol'),
  })
}

export const CLOUDFLARE_FORMATS: readonly LogFormat[] = [
  {
    name: 'cloudflare',
    title: 'Cloudflare Logpush',
    dialect: 'cloudflare',
    kind: 'access',
    specificity: 3,
    parse,
    quick: { kind: 'json', key: 'EdgeResponseStatus' },
  },
]
