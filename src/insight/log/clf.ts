/**
 * The common log format, which Apache's, nginx's, Traefik's and Varnish's grew from: `[vhost] client ident user [time] "request" status
 * bytes`, and what follows, which is theirs. `quick-scan.ts` reads the same from bytes.
 */
import { isIP } from 'node:net'
import { addressOf, numberOf, readRequest, textOf } from './line-part.ts'
import type { LogDialect, LogEntry } from './log-entry.ts'
import { readClfTime } from './log-time.ts'

export type Clf = {
  readonly vhost: string | undefined
  readonly client: string | undefined
  readonly timeMs: number
  readonly request: string
  /** 0 for `-`. */
  readonly status: number
  readonly bodyBytes: number | undefined
  readonly referer: string | undefined
  readonly agent: string | undefined
  /** Both quoted fields are there. */
  readonly isCombined: boolean
  /** What follows them. */
  readonly rest: string
}

const TIME_CHARACTERS = 26
const TAIL = /^(\d+|-)?(?: ?"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(.*)$/s

let lastLine = ''
let lastRead: Clf | null = null

/** Several formats ask for the same line, one after the other. */
export function readClf(line: string): Clf | null {
  if (line === lastLine) return lastRead
  lastLine = line
  lastRead = read(line)
  return lastRead
}

/** `22/Nov/2026:06:11:54 +0000` between ` [` and `] "`; the request ends at the first quote that a status follows. */
function read(line: string): Clf | null {
  const open = line.indexOf(' [')
  if (open < 1) return null
  const timeAt = open + 2
  const close = line.startsWith('] "', timeAt + TIME_CHARACTERS) ? timeAt + TIME_CHARACTERS : line.indexOf('] "', timeAt)
  if (close < 0 || close > timeAt + 40) return null
  const timeMs = readClfTime(line.slice(timeAt, close))
  if (Number.isNaN(timeMs)) return null
  const requestAt = close + 3
  const statusAt = findStatus(line, requestAt)
  if (statusAt < 0) return null
  const isGiven = line.charCodeAt(statusAt) !== 0x2d
  const status = isGiven ? Number(line.slice(statusAt, statusAt + 3)) : 0
  const [, bytes, referer, agent, rest = ''] = TAIL.exec(line.slice(statusAt + (isGiven ? 4 : 2))) ?? []
  return {
    ...readFront(line.slice(0, open)),
    timeMs,
    request: line.slice(requestAt, statusAt - 2),
    status,
    bodyBytes: numberOf(bytes),
    referer: textOf(referer),
    agent: textOf(agent),
    isCombined: agent !== undefined,
    rest: rest.trim(),
  }
}

/** Where the status begins, or -1. A quote that a backslash makes part of the request ends nothing. */
function findStatus(line: string, from: number): number {
  for (let quote = line.indexOf('"', from); quote >= 0; quote = line.indexOf('"', quote + 1)) {
    if (isEscaped(line, quote, from) || line.charCodeAt(quote + 1) !== 0x20) continue
    const at = quote + 2
    if (line.charCodeAt(at) === 0x2d) {
      if (isBreak(line.charCodeAt(at + 1))) return at
    } else if (isDigit(line, at) && isDigit(line, at + 1) && isDigit(line, at + 2) && isBreak(line.charCodeAt(at + 3))) return at
  }
  return -1
}

function isEscaped(line: string, quote: number, from: number): boolean {
  let at = quote
  while (at > from && line.charCodeAt(at - 1) === 0x5c) at--
  return (quote - at) % 2 === 1
}

function isDigit(line: string, at: number): boolean {
  const code = line.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

/** A space, or the end. */
function isBreak(code: number): boolean {
  return code === 0x20 || Number.isNaN(code)
}

/** The client is the first address; a site may be named before it, and a collector write before both. Names of users may have spaces. */
function readFront(front: string): { vhost: string | undefined; client: string | undefined } {
  if (front.endsWith(' - -')) {
    const client = front.slice(0, -4)
    if (isIP(client) !== 0) return { vhost: undefined, client }
  }
  const words = front.split(' ')
  const at = words.findIndex((word) => isIP(word) !== 0)
  const [first = ''] = words
  // Clients may be logged by their names.
  if (at < 0) return { vhost: undefined, client: words.length <= 3 ? textOf(first) : undefined }
  return { vhost: at === 1 ? (addressOf(first) ?? first) : undefined, client: words[at] }
}

/** The entry that every server's access line has in common. */
export function clfEntry(clf: Clf, dialect: LogDialect): LogEntry {
  const { vhost, client, timeMs, request, status, bodyBytes, agent } = clf
  return { dialect, kind: 'access', timeMs, status, bodyBytes, client, host: vhost, agent, ...readRequest(request) }
}
