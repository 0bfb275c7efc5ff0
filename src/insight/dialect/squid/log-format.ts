/** squid's own form of an access log; with `%err_code/%err_detail` at its end it also says what failed. */
import type { LogFormat } from '../../log/format.ts'
import { defined, numberOf, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'

const LINE =
  /^(\d{9,10}\.\d{3}) +(\d+) (\S+) ([A-Z_]+)\/(\d{3}) (\d+) (\S+) (\S+) \S+ [A-Z_]+\/(\S+) (\S+)(?: (-|ERR_\w+)\/(\S+))?(?: .*)?$/

function parse(line: string): LogEntry | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, seconds, taken, client, result = '', status, bytes, method, target, upstream, , error, reason] = match
  return defined<LogEntry>({
    dialect: 'squid',
    kind: 'access',
    timeMs: Math.round(Number(seconds) * 1_000),
    status: Number(status),
    bodyBytes: Number(bytes),
    requestMs: numberOf(taken),
    client: textOf(client),
    method: textOf(method),
    target: textOf(target),
    upstream: textOf(upstream),
    flags: result,
    // `-` where it was asked for and there is none.
    detail: error === undefined ? undefined : error === '-' ? '-' : `${error}/${reason}`,
  })
}

export const SQUID_FORMATS: readonly LogFormat[] = [
  { name: 'squid', title: 'squid access log', dialect: 'squid', kind: 'access', specificity: 3, parse },
]
