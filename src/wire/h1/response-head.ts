/**
 * Bytes → response head. RFC 9112 §4–§6 as strictly as requests: a head that could be read in two ways is a failure with its rule.
 * The caller says which method it answers, for that decides what body follows.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import { LENGTH_NONE, type ResponseHead } from '../../http/message.ts'
import { ConnectionOptions } from './connection-option.ts'
import { FieldScanner, INCOMPLETE, REFUSED } from './field-scanner.ts'
import { FieldText, PASSES, REFUSED_FIELD, TAKEN } from './field-text.ts'
import { CR, equalsIgnoringCase, LF, parseLength, SP, trimBlanks, VALUE } from './grammar.ts'

export type ResponseLimits = { readonly headBytesMax: number; readonly fieldsMax: number }

/** Heads of answers may be larger than those of requests: applications set many cookies and long policies. */
const RESPONSE_LIMITS: ResponseLimits = { headBytesMax: 64 * 1024, fieldsMax: 200 }

export type HeadFault = { readonly cause: CauseId; readonly rule: string }

const PREFIX = 'HTTP/1.'
/** `HTTP/1.1 200` and CRLF. */
const STATUS_LINE_BYTES_MIN = 14

const scanner = new FieldScanner()
const passing = new FieldText()

export class ResponseHeadParser {
  /** Why the last head was refused. */
  fault: HeadFault = { cause: 'malformed-response', rule: '' }
  readonly #limits: ResponseLimits
  readonly #options = new ConnectionOptions()
  #lengths = 0
  #codings = 0
  /** Bounds of the value in hand, in the head's text. */
  #at = 0
  #to = 0

  constructor(limits: ResponseLimits = RESPONSE_LIMITS) {
    this.#limits = limits
  }

  /** Reads the head that begins at `start` into `head`. Returns the offset behind it, `INCOMPLETE` or `REFUSED`. */
  parse(bytes: Buffer, start: number, end: number, head: ResponseHead): number {
    const fieldsAt = this.#scanLine(bytes, start, end)
    if (fieldsAt <= 0) return fieldsAt
    const next = scanner.scan(bytes, fieldsAt, end, this.#limits.fieldsMax)
    const size = next === INCOMPLETE ? end - start : next - start
    if (next === REFUSED) return this.#refuse(scanner.fault === 'field-count' ? 'header-too-large' : 'malformed-response', scanner.fault)
    if (size > this.#limits.headBytesMax) return this.#refuse('header-too-large', 'head-bytes')
    if (next === INCOMPLETE) return INCOMPLETE
    return this.#interpret(bytes, bytes.latin1Slice(start, next), start, fieldsAt, head) ? next : REFUSED
  }

  /** `HTTP/1.1 200 OK`; the reason may be missing, with or without the space before it, for nothing can hide there. */
  #scanLine(bytes: Buffer, start: number, end: number): number {
    for (let i = 0; i < PREFIX.length; i++) {
      if (start + i >= end) return INCOMPLETE
      if (bytes[start + i] !== PREFIX.charCodeAt(i)) return this.#refuse('malformed-response', 'status-line')
    }
    if (end - start < STATUS_LINE_BYTES_MIN) return INCOMPLETE
    const minor = (bytes[start + 7] as number) - 0x30
    if ((minor !== 0 && minor !== 1) || bytes[start + 8] !== SP) return this.#refuse('malformed-response', 'version')
    const status = statusAt(bytes, start + 9)
    if (status < 100 || status > 599) return this.#refuse('malformed-response', 'status')
    let at = start + 12
    if (bytes[at] !== SP && bytes[at] !== CR) return this.#refuse('malformed-response', 'status')
    while (at < end && VALUE[bytes[at] as number] === 1) at++
    if (at + 1 >= end) return end - start > this.#limits.headBytesMax ? this.#refuse('header-too-large', 'status-line') : INCOMPLETE
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.#refuse('malformed-response', 'status-line')
    return at + 2
  }

  /** The head is complete and its grammar is right; `text` is all of it, from `base`. */
  #interpret(bytes: Buffer, text: string, base: number, fieldsAt: number, head: ResponseHead): boolean {
    head.reset()
    this.#options.reset()
    this.#lengths = this.#codings = 0
    head.minor = (bytes[base + 7] as number) - 0x30
    head.status = statusAt(bytes, base + 9)
    // Without the space before a missing reason the line is not canonical.
    head.statusText = fieldsAt - base > STATUS_LINE_BYTES_MIN ? text.slice(9, fieldsAt - base) : `${head.status} \r\n`
    passing.begin(text, base)
    const { offsets } = scanner
    const stop = scanner.count * 4
    for (let slot = 0; slot < stop; slot += 4) {
      const nameStart = offsets[slot] as number
      const nameEnd = offsets[slot + 1] as number
      const valueStart = offsets[slot + 2] as number
      const valueEnd = offsets[slot + 3] as number
      this.#at = valueStart - base
      this.#to = valueEnd - base
      const taken = this.#takeField(bytes, nameStart, nameEnd - nameStart, text, head)
      if (taken === REFUSED_FIELD) return false
      if (taken === TAKEN) continue
      passing.add(bytes, nameStart, nameEnd, valueStart, valueEnd)
    }
    head.fieldText = passing.text()
    return this.#conclude(head)
  }

  #takeField(bytes: Buffer, name: number, length: number, text: string, head: ResponseHead): number {
    switch (length) {
      case 2:
        return equalsIgnoringCase(bytes, name, 'te') ? TAKEN : PASSES
      case 4:
        if (equalsIgnoringCase(bytes, name, 'date')) head.hasDate = true
        return PASSES
      case 6:
        if (equalsIgnoringCase(bytes, name, 'server')) head.server = this.#value(text)
        return PASSES
      case 7:
        if (!equalsIgnoringCase(bytes, name, 'upgrade')) return PASSES
        head.upgrade = this.#value(text)
        return TAKEN
      case 10:
        if (equalsIgnoringCase(bytes, name, 'connection')) {
          this.#options.add(this.#value(text))
          return TAKEN
        }
        if (!equalsIgnoringCase(bytes, name, 'keep-alive')) return PASSES
        head.keepAliveMs = announcedMs(this.#value(text))
        return TAKEN
      case 11:
        if (equalsIgnoringCase(bytes, name, 'retry-after')) head.retryAfter = this.#value(text)
        return PASSES
      case 12:
        if (equalsIgnoringCase(bytes, name, 'content-type')) head.contentType = this.#value(text)
        // The gateway says it itself, on every answer; the server's echo would be a second one.
        return equalsIgnoringCase(bytes, name, 'x-request-id') ? TAKEN : PASSES
      case 14:
        if (!equalsIgnoringCase(bytes, name, 'content-length')) return PASSES
        return this.#takeLength(this.#value(text), head)
      case 16:
        return equalsIgnoringCase(bytes, name, 'proxy-connection') ? TAKEN : PASSES
      case 17:
        if (!equalsIgnoringCase(bytes, name, 'transfer-encoding')) return PASSES
        return this.#takeCoding(this.#value(text), head) ? TAKEN : REFUSED_FIELD
      default:
        return PASSES
    }
  }

  #value(text: string): string {
    return text.slice(this.#at, this.#to)
  }

  /** It passes as it is where it says how long the body is that follows, in the shortest way to say it. */
  #takeLength(value: string, head: ResponseHead): number {
    if (++this.#lengths > 1) return this.#refuseField('content-length-twice')
    head.length = parseLength(value)
    if (head.length === LENGTH_NONE) return this.#refuseField('content-length-value')
    if (head.status < 200 || head.status === 204 || (value.length > 1 && value.startsWith('0'))) return TAKEN
    head.isLengthPassed = true
    return PASSES
  }

  #takeCoding(value: string, head: ResponseHead): boolean {
    for (const part of value.split(',')) {
      if (trimBlanks(part).toLowerCase() !== 'chunked') return this.#fail('transfer-encoding-unknown')
      if (++this.#codings > 1) return this.#fail('chunked-twice')
    }
    head.isChunked = true
    return true
  }

  #conclude(head: ResponseHead): boolean {
    if (head.isChunked) {
      if (head.length !== LENGTH_NONE) return this.#fail('content-length-and-transfer-encoding')
      if (head.minor === 0) return this.#fail('transfer-encoding-in-1.0')
    }
    const options = this.#options
    head.isKeepAlive = !options.isClose && (head.minor === 1 || options.isKeepAlive)
    // Outside a switch of protocols Upgrade only advertises, and only to this hop.
    if (head.status !== 101) head.upgrade = ''
    const kept = options.withoutNominated(head.fieldText)
    if (kept === head.fieldText) return true
    head.fieldText = kept
    head.hasDate = /^date: /im.test(kept)
    return true
  }

  #refuseField(rule: string): number {
    this.#fail(rule)
    return REFUSED_FIELD
  }

  #fail(rule: string): false {
    this.#refuse('malformed-response', rule)
    return false
  }

  #refuse(cause: CauseId, rule: string): -1 {
    this.fault = { cause, rule }
    return REFUSED
  }
}

function statusAt(bytes: Uint8Array, at: number): number {
  let status = 0
  for (let i = 0; i < 3; i++) {
    const digit = (bytes[at + i] as number) - 0x30
    if (!(digit >= 0 && digit <= 9)) return -1
    status = status * 10 + digit
  }
  return status
}

/** `Keep-Alive: timeout=5, max=100` → 5,000 ms; 0 when it does not say. */
function announcedMs(value: string): number {
  const timeout = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,6})/i.exec(value)
  return timeout === null ? 0 : Number(timeout[1]) * 1_000
}
