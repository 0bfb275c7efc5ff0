/** The access log of Azure Front Door, as its diagnostic settings send it: a line of JSON each. */
import type { LogFormat } from '../../log/format.ts'
import { inside, numberAt, readJsonLine, textAt } from '../../log/json-line.ts'
import { addressOf, defined } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readAnyTime } from '../../log/log-time.ts'

const CATEGORY = /^front-?doors?access-?log$/i

function parse(line: string): LogEntry | null {
  const object = readJsonLine(line)
  if (object === null || !CATEGORY.test(textAt(object, 'category', 'Category') ?? '')) return null
  const properties = inside(object, 'properties')
  const timeMs = readAnyTime(object.time)
  const status = numberAt(properties, 'httpStatusCode')
  if (Number.isNaN(timeMs) || status === undefined) return null
  const seconds = numberAt(properties, 'timeTaken')
  return defined<LogEntry>({
    dialect: 'azure-front-door',
    kind: 'access',
    timeMs,
    status,
    bodyBytes: numberAt(properties, 'responseBytes'),
    requestMs: seconds === undefined ? undefined : seconds * 1_000,
    client: addressOf(textAt(properties, 'clientIp', 'socketIp')),
    host: textAt(properties, 'hostName'),
    method: textAt(properties, 'httpMethod'),
    target: textAt(properties, 'requestUri'),
    agent: textAt(properties, 'userAgent'),
    upstream: textAt(properties, 'originIp', 'originName'),
    requestId: textAt(properties, 'trackingReference'),
    flags: textAt(properties, 'errorInfo'),
  })
}

export const AZURE_FRONT_DOOR_FORMATS: readonly LogFormat[] = [
  {
    name: 'azure-front-door',
    title: 'Azure Front Door access log',
    dialect: 'azure-front-door',
    kind: 'access',
    specificity: 3,
    parse,
    quick: { kind: 'json', key: 'httpStatusCode' },
  },
]
