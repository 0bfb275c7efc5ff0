/** Varnish: the transactions that `varnishlog -g request` prints, and varnishncsa, whose requests name the host. */
import { clfEntry, readClf } from '../../log/clf.ts'
import type { LogFormat } from '../../log/format.ts'
import { cut, defined, numberOf, textOf } from '../../log/line-part.ts'
import type { LogEntry } from '../../log/log-entry.ts'

const NCSA_TARGET = /^(\S+) https?:\/\/([^/\s]+)(\/\S*)/

function parseNcsa(line: string): LogEntry | null {
  const clf = readClf(line)
  const match = clf === null ? null : NCSA_TARGET.exec(clf.request)
  if (clf === null || match === null) return null
  return defined<LogEntry>({ ...clfEntry(clf, 'varnish'), method: match[1], host: match[2], target: match[3] })
}

const HEAD = /^(?:\*+ |\s*) ? ?<< (Request|Session|BeReq) *>> (\d+)/
const RECORD = /^[-\d ]*(?:-+|\d+) +(\w+) +(?:[bc] +)?(.*)$/
const MESSAGE_MAX = 2_000

/** A group of lines, all transactions of one request. */
function parseGroup(text: string): LogEntry | null {
  const head = HEAD.exec(text)
  if (head === null) return null
  const group = gather(text)
  const first = (name: string): string | undefined => group.get(name)?.[0]
  const last = (name: string): string | undefined => group.get(name)?.at(-1)
  const method = first('ReqMethod') ?? first('BereqMethod')
  const ends = (group.get('Timestamp') ?? []).map((line) => /^\w+: ([\d.]+) ([\d.]+)/.exec(line))
  const timeS = Math.max(...ends.map((match) => Number(match?.[1] ?? Number.NaN)).filter((seconds) => seconds > 0))
  const failures = [...(group.get('FetchError') ?? []), ...(group.get('VCL_Error') ?? [])]
  const status = numberOf(last('RespStatus') ?? last('BerespStatus'))
  const requestS = (group.get('Timestamp') ?? []).map((line) => /^Resp: [\d.]+ ([\d.]+)/.exec(line)?.[1]).find(Boolean)
  return defined<LogEntry>({
    dialect: 'varnish',
    kind: head[1] === 'Session' && method === undefined ? 'error' : 'access',
    timeMs: Number.isFinite(timeS) ? Math.round(timeS * 1_000) : Number.NaN,
    status,
    requestMs: requestS === undefined ? undefined : Number(requestS) * 1_000,
    client: first('ReqStart')?.split(' ')[0],
    method,
    target: first('ReqURL') ?? first('BereqURL'),
    host: headerOf(group, 'ReqHeader', 'host') ?? headerOf(group, 'BereqHeader', 'host'),
    agent: headerOf(group, 'ReqHeader', 'user-agent'),
    pool: last('BackendOpen')?.split(' ')[1],
    upstream: addressOfBackend(last('BackendOpen')),
    detail: textOf(cut(failures.join('; '), MESSAGE_MAX)),
    message: failures.length === 0 ? undefined : cut(failures.join('; '), MESSAGE_MAX),
    requestId: head[2],
  })
}

/** Values by tag, in order. */
function gather(text: string): ReadonlyMap<string, readonly string[]> {
  const group = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const match = RECORD.exec(line)
    if (match === null) continue
    const values = group.get(match[1] as string)
    if (values === undefined) group.set(match[1] as string, [match[2] as string])
    else values.push(match[2] as string)
  }
  return group
}

function headerOf(group: ReadonlyMap<string, readonly string[]>, tag: string, name: string): string | undefined {
  const line = group.get(tag)?.find((header) => header.slice(0, name.length + 1).toLowerCase() === `${name}:`)
  return textOf(line?.slice(name.length + 1).trim())
}

/** `25 boot.default 127.0.0.1 9000 127.0.0.1 41234 connect` */
function addressOfBackend(line: string | undefined): string | undefined {
  const [, , address, port] = line?.split(' ') ?? []
  return address === undefined || port === undefined ? undefined : `${address}:${port}`
}

export const VARNISH_FORMATS: readonly LogFormat[] = [
  {
    name: 'varnishlog',
    title: 'varnishlog',
    dialect: 'varnish',
    kind: 'access',
    specificity: 3,
    parse: parseGroup,
    // Those of the backend are indented further, and belong to the request before them.
    continues: (line) => /^(?:-+ |\*{2,} |-+$)/.test(line),
  },
  {
    name: 'varnishncsa',
    title: 'varnishncsa access log',
    dialect: 'varnish',
    kind: 'access',
    specificity: 2,
    parse: parseNcsa,
    quick: { kind: 'clf' },
  },
]
