/** Sees from the bytes of a line of HAProxy's HTTP log that its request went well: the same steps as the pattern of `log-format.ts`. */
import { areCounts, endOfWord, isDigits, isPlain, SPACE } from '../../log/byte-word.ts'
import { readClfTime } from '../../log/log-time.ts'
import { isPlainlyWell, threeDigits } from '../../log/quick-scan.ts'
import type { QuickScan } from '../../log/quick-status.ts'

const OPEN = 0x5b
const CLOSE = 0x5d
const COLON = 0x3a
const DOT = 0x2e
const SLASH = 0x2f
const PLUS = 0x2b
const DASH = 0x2d
const FIVE = 0x35
const PREFIX_MAX = 200
/** `22/Nov/2026:06:11:54.123` */
const TIME_BYTES = 24
const MINUTE_BYTES = 17
const SECOND_AT = 18
const FRACTION_AT = 20
const PROGRAM = Buffer.from('haproxy[')
const TIMERS = { count: 5, isSigned: true }
const CONNECTIONS = { count: 5, isSigned: false }
const QUEUES = { count: 2, isSigned: false }

export class HaproxyScan implements QuickScan {
  readonly minuteMs = Number.NaN
  /** Of a line before this one: a time that was read in full. */
  readonly #minute = Buffer.alloc(MINUTE_BYTES)

  isWell(bytes: Buffer, start: number, end: number): boolean {
    const timeAt = findTime(bytes, start, end)
    if (timeAt < 0 || !isFront(bytes, start, timeAt - 2) || !this.#isTime(bytes, timeAt)) return false
    const frontendEnd = endOfWord(bytes, timeAt + TIME_BYTES + 2, end)
    const serverEnd = frontendEnd < 0 ? -1 : endOfWord(bytes, frontendEnd + 1, end)
    if (serverEnd < 0 || !isServer(bytes, frontendEnd + 1, serverEnd)) return false
    const timersEnd = endOfWord(bytes, serverEnd + 1, end)
    if (timersEnd < 0 || timersEnd + 5 > end || !areCounts(bytes, serverEnd + 1, timersEnd, TIMERS)) return false
    if (bytes[timersEnd + 4] !== SPACE || !isPlainlyWell(threeDigits(bytes, timersEnd + 1))) return false
    return isEndedWell(bytes, timersEnd + 5, end)
  }

  renew(): void {}

  #isTime(bytes: Buffer, at: number): boolean {
    const secondAt = at + SECOND_AT
    if (this.#minute.compare(bytes, at, at + MINUTE_BYTES) !== 0) {
      if (Number.isNaN(readClfTime(`${bytes.latin1Slice(at, at + TIME_BYTES)} +0000`))) return false
      bytes.copy(this.#minute, 0, at, at + MINUTE_BYTES)
    }
    return (
      bytes[secondAt - 1] === COLON &&
      isDigits(bytes, secondAt, secondAt + 2) &&
      (bytes[secondAt] as number) <= FIVE &&
      isDigits(bytes, at + FRACTION_AT + 1, at + TIME_BYTES)
    )
  }
}

/** The first time in brackets; all before it is plain. */
function findTime(bytes: Buffer, start: number, end: number): number {
  const last = Math.min(end - TIME_BYTES - 2, start + PREFIX_MAX)
  for (let at = start; at < last; at++) {
    if (bytes[at] !== OPEN || bytes[at + 3] !== SLASH || bytes[at + 1 + FRACTION_AT] !== DOT) continue
    const close = at + 1 + TIME_BYTES
    return bytes[close] === CLOSE && bytes[close + 1] === SPACE && isPlain(bytes, start, at) ? at + 1 : -1
  }
  return -1
}

/** `client:port`, and before it nothing, or what ends in `haproxy[123]: `. `to`: the space before the time. */
function isFront(bytes: Buffer, start: number, to: number): boolean {
  let colon = to - 1
  while (colon > start && bytes[colon] !== COLON) colon--
  if (bytes[to] !== SPACE || bytes[colon] !== COLON || !isDigits(bytes, colon + 1, to)) return false
  let client = colon
  while (client > start && bytes[client - 1] !== SPACE) client--
  if (client === colon) return false
  if (client > start) return isProgram(bytes, start, client)
  // What follows may look like a prefix: then all before it would be.
  for (let at = to + 2; at < start + PREFIX_MAX + PROGRAM.length; at++) if (bytes[at] === OPEN) return false
  return true
}

function isProgram(bytes: Buffer, start: number, client: number): boolean {
  if (bytes[client - 2] !== COLON || bytes[client - 3] !== CLOSE) return false
  let open = client - 4
  while (open > start && bytes[open] !== OPEN) open--
  const at = open + 1 - PROGRAM.length
  if (at < start || !isDigits(bytes, open + 1, client - 3)) return false
  for (let i = 0; i < PROGRAM.length; i++) if (bytes[at + i] !== PROGRAM[i]) return false
  return true
}

/** `backend/server` */
function isServer(bytes: Buffer, from: number, end: number): boolean {
  let slash = from
  while (slash < end && bytes[slash] !== SLASH) slash++
  return slash > from && slash < end - 1
}

/** `612 - - ---- 1/1/0/0/0 0/0 "GET …"`: nothing ended it before its time. */
function isEndedWell(bytes: Buffer, from: number, end: number): boolean {
  const sizeEnd = endOfWord(bytes, from, end)
  if (sizeEnd < 0 || !isDigits(bytes, bytes[from] === PLUS ? from + 1 : from, sizeEnd)) return false
  const requestCookieEnd = endOfWord(bytes, sizeEnd + 1, end)
  const cookieEnd = requestCookieEnd < 0 ? -1 : endOfWord(bytes, requestCookieEnd + 1, end)
  const stateEnd = cookieEnd < 0 ? -1 : endOfWord(bytes, cookieEnd + 1, end)
  if (stateEnd !== cookieEnd + 5 || bytes[cookieEnd + 1] !== DASH || bytes[cookieEnd + 2] !== DASH) return false
  const countsEnd = endOfWord(bytes, stateEnd + 1, end)
  if (countsEnd < 0) return false
  const queuesEnd = endOfWord(bytes, countsEnd + 1, end)
  return (
    queuesEnd > 0 &&
    areCounts(bytes, stateEnd + 1, countsEnd, CONNECTIONS) &&
    areCounts(bytes, countsEnd + 1, queuesEnd, QUEUES) &&
    isPlain(bytes, queuesEnd, end)
  )
}
