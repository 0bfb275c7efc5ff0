/** Vercel's log drain: a line of JSON for each thing said, and those about a request have `proxy`. */
import type { LogFormat } from '../../log/format.ts'
import { inside, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { cut, defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime } from '../../log/log-time.ts'

const MESSAGE_MAX = 2_000

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !('deploymentId' in object && 'projectId' in object && 'proxy' in object)) return null
  const proxy = inside(object, 'proxy')
  const timeMs = readAnyTime(object.timestamp)
  const status = numberAt(proxy, 'statusCode')
  // -1: made anew in the background, and no visitor waited for it.
  if (Number.isNaN(timeMs) || status === undefined || status < 0) return null
  const agent: unknown = Array.isArray(proxy.userAgent) ? proxy.userAgent[0] : proxy.userAgent
  return defined<LogEntry>({
    dialect: 'vercel',
    kind: 'access',
    timeMs,
    status,
    // What the function said; -1: nothing, because it crashed.
    upstreamStatuses: [numberAt(object, 'statusCode') ?? status],
    bodyBytes: numberAt(proxy, 'responseByteSize'),
    client: textAt(proxy, 'clientIp'),
    host: textAt(proxy, 'host'),
    method: textAt(proxy, 'method'),
    target: textAt(proxy, 'path'),
    agent: typeof agent === 'string' ? agent : undefined,
    requestId: textAt(object, 'requestId'),
    detail: cut(textAt(object, 'message') ?? '', MESSAGE_MAX),
  })
}

export const VERCEL_FORMATS: readonly LogFormat[] = [
  { name: 'vercel', title: 'Vercel log drain', dialect: 'vercel', kind: 'access', specificity: 3, parse },
]
