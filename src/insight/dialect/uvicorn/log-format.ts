/** uvicorn: `INFO:     127.0.0.1:1234 - "GET / HTTP/1.1" 200 OK`. Unless told otherwise its lines have no time. */
import type { LogFormat } from '../../log/format.ts'
import { addressOf, cut, readRequest } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import { readIsoTime } from '../../log/log-time.ts'

const ACCESS = /^(?:(\d{4}-\d\d-\d\d[ T][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?) )?(?:- )?INFO:? +(?:- )?(\S+) - "([^"]*)" (\d{3})(?: .*)?$/
const NOTICE = /^(?:(\d{4}-\d\d-\d\d[ T][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?) )?(?:- )?(INFO|WARNING|ERROR|CRITICAL): +(?:- )?(.*)$/s
const MESSAGE_MAX = 8_000

function timeOf(text: string | undefined): { timeMs: number; isLocal?: boolean } {
  return text === undefined ? { timeMs: Number.NaN } : readIsoTime(text)
}

function parseAccess(line: string): LogEntry | null {
  const match = ACCESS.exec(line)
  if (match === null) return null
  const [, time, client, request = '', status] = match
  return { dialect: 'uvicorn', kind: 'access', ...timeOf(time), client: addressOf(client), status: Number(status), ...readRequest(request) }
}

function parseNotice(line: string): LogEntry | null {
  const match = NOTICE.exec(line)
  if (match === null) return null
  const [, time, level = '', message = ''] = match
  const head = { dialect: 'uvicorn', kind: 'error', ...timeOf(time), level: level.toLowerCase().replace('warning', 'warn') } as const
  return { ...head, message: cut(message, MESSAGE_MAX) }
}

const TRACE = /^(?:Traceback |\s|During handling|The above exception|[\w.]+(?:Error|Exception|Exit|Interrupt|Timeout)\b|\s*$)/

export const UVICORN_FORMATS: readonly LogFormat[] = [
  { name: 'uvicorn', title: 'uvicorn access log', dialect: 'uvicorn', kind: 'access', specificity: 3, parse: parseAccess },
  {
    name: 'uvicorn-error',
    title: 'uvicorn log',
    dialect: 'uvicorn',
    kind: 'error',
    specificity: 2,
    parse: parseNotice,
    continues: (line) => TRACE.test(line),
  },
]
