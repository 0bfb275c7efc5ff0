/** error.log of Apache Traffic Server: `20261122.10h00m00s RESPONSE: sent 203.0.113.9 status 502 (Server Hangup) for 'http://…'`. */
import type { LogFormat } from '../../log/format.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { instant } from '../../log/log-time.ts'

const LINE = /^(\d{4})(\d\d)(\d\d)\.(\d\d)h(\d\d)m(\d\d)s RESPONSE: sent (\S+) status (\d{3}) \((.*)\) for '([^']*)'$/

function parse(line: string): LogEntry | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, year = '', month, day = '', hour = '', minute = '', second = '', client, status, message, target] = match
  const timeMs = instant(year, Number(month) - 1, day, hour, minute, second)
  if (Number.isNaN(timeMs)) return null
  return { dialect: 'trafficserver', kind: 'error', timeMs, isLocal: true, client, status: Number(status), message, target }
}

export const TRAFFICSERVER_FORMATS: readonly LogFormat[] = [
  {
    name: 'trafficserver-error',
    title: 'Apache Traffic Server error log',
    dialect: 'trafficserver',
    kind: 'error',
    specificity: 3,
    parse,
  },
]
