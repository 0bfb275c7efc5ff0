/**
 * Reads from the bytes of a line no more than it takes to know that it is of a request that went well. Whatever is not plain to see, it
 * leaves to the format, which is always right: a line that is passed over here is one that the format reads the same way.
 */
import { readClfTime } from './log-time.ts'
import type { QuickScan, QuickStatus } from './quick-status.ts'

/** Statuses that never tell of a gateway's failure. Those from 460 on are of clients that left, under various numbers. */
export function isPlainlyWell(status: number): boolean {
  return status >= 200 && status < 460 && status !== 408
}

export function createQuickScan(quick: QuickStatus): QuickScan {
  if (quick.kind === 'own') return quick.create()
  return quick.kind === 'clf' ? new ClfScan() : new JsonScan(quick.key, quick.mark)
}

const SPACE = 0x20
const QUOTE = 0x22
const DASH = 0x2d
const ZERO = 0x30
const NINE = 0x39
const OPEN = 0x5b
const BACKSLASH = 0x5c
const CLOSE = 0x5d
/** `22/Nov/2026:06:11:54 +0000` */
const TIME_BYTES = 26
const MINUTE_BYTES = 17
const SECOND_AT = 18
const ZONE_AT = 20
const FRONT_MAX = 400

/** The same steps as `readClf`. */
class ClfScan implements QuickScan {
  minuteMs = Number.NaN
  /** The time of a line before this one: those of one minute differ in their seconds only. */
  readonly #time = Buffer.alloc(TIME_BYTES)

  isWell(bytes: Buffer, start: number, end: number): boolean {
    const timeAt = findTime(bytes, start, end)
    if (timeAt < 0 || !this.#isTime(bytes, timeAt)) return false
    const from = timeAt + TIME_BYTES + 3
    for (let at = from; at < end - 4; at++) {
      if (bytes[at] !== QUOTE || bytes[at + 1] !== SPACE || isEscaped(bytes, at, from)) continue
      if (bytes[at + 2] === DASH) return false
      const status = threeDigits(bytes, at + 2)
      if (status >= 0 && (at + 5 === end || bytes[at + 5] === SPACE)) return isPlainlyWell(status)
    }
    return false
  }

  renew(): void {}

  #isTime(bytes: Buffer, at: number): boolean {
    if (!this.#isSameMinute(bytes, at)) {
      const timeMs = readClfTime(bytes.latin1Slice(at, at + TIME_BYTES))
      if (Number.isNaN(timeMs)) return false
      bytes.copy(this.#time, 0, at, at + TIME_BYTES)
      this.minuteMs = timeMs
      return true
    }
    const tens = bytes[at + SECOND_AT] as number
    const ones = bytes[at + SECOND_AT + 1] as number
    return tens >= ZERO && tens <= 0x35 && ones >= ZERO && ones <= NINE
  }

  #isSameMinute(bytes: Buffer, at: number): boolean {
    const time = this.#time
    // From the back: minutes change more often than years.
    for (let i = MINUTE_BYTES; i >= 0; i--) if (bytes[at + i] !== time[i]) return false
    for (let i = ZONE_AT; i < TIME_BYTES; i++) if (bytes[at + i] !== time[i]) return false
    return true
  }
}

/** Where the time begins, behind the first ` [`; -1 where what follows it is none. */
function findTime(bytes: Buffer, start: number, end: number): number {
  const last = Math.min(end - TIME_BYTES - 9, start + FRONT_MAX)
  for (let at = start + 2; at < last; at++) {
    if (bytes[at] !== OPEN || bytes[at - 1] !== SPACE) continue
    const close = at + 1 + TIME_BYTES
    return bytes[close] === CLOSE && bytes[close + 1] === SPACE && bytes[close + 2] === QUOTE ? at + 1 : -1
  }
  return -1
}

function isEscaped(bytes: Buffer, quote: number, from: number): boolean {
  let at = quote
  while (at > from && bytes[at - 1] === BACKSLASH) at--
  return (quote - at) % 2 === 1
}

/** -1 where one is no digit. */
export function threeDigits(bytes: Buffer, at: number): number {
  const a = bytes[at] as number
  const b = bytes[at + 1] as number
  const c = bytes[at + 2] as number
  if (a < ZERO || a > NINE || b < ZERO || b > NINE || c < ZERO || c > NINE) return -1
  return (a - ZERO) * 100 + (b - ZERO) * 10 + (c - ZERO)
}

const BRACE_OPEN = 0x7b
const BRACE_CLOSE = 0x7d
const COMMA = 0x2c
const COLON = 0x3a

/**
 * In valid JSON a quote within a text is escaped, so `"status":` is a key wherever it stands. The search runs ahead over all bytes at once,
 * which costs less than a search a line.
 */
class JsonScan implements QuickScan {
  readonly minuteMs = Number.NaN
  readonly #key: Buffer
  readonly #mark: Buffer | null
  #keyAt = -1
  #markAt = -1

  constructor(key: string, mark: string | undefined) {
    this.#key = Buffer.from(`"${key}"`)
    this.#mark = mark === undefined ? null : Buffer.from(mark)
  }

  isWell(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[start] !== BRACE_OPEN || bytes[end - 1] !== BRACE_CLOSE) return false
    if (this.#mark !== null) {
      if (this.#markAt < start) this.#markAt = find(bytes, this.#mark, start)
      if (this.#markAt >= end) return false
    }
    if (this.#keyAt < start) this.#keyAt = find(bytes, this.#key, start)
    const keyAt = this.#keyAt
    if (keyAt >= end) return false
    this.#keyAt = find(bytes, this.#key, keyAt + 1)
    return this.#keyAt >= end && isPlainlyWell(numberBehind(bytes, keyAt + this.#key.length, end))
  }

  renew(): void {
    this.#keyAt = -1
    this.#markAt = -1
  }
}

function find(bytes: Buffer, what: Buffer, from: number): number {
  const at = bytes.indexOf(what, from)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

/** `:200,`, `: "200"}`; -1 for anything else. */
function numberBehind(bytes: Buffer, from: number, end: number): number {
  let at = skipSpaces(bytes, from)
  if (bytes[at] !== COLON) return -1
  at = skipSpaces(bytes, at + 1)
  const isQuoted = bytes[at] === QUOTE
  if (isQuoted) at++
  const status = threeDigits(bytes, at)
  at += 3
  if (isQuoted && bytes[at++] !== QUOTE) return -1
  at = skipSpaces(bytes, at)
  return at < end && (bytes[at] === COMMA || bytes[at] === BRACE_CLOSE) ? status : -1
}

function skipSpaces(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === SPACE) at++
  return at
}
