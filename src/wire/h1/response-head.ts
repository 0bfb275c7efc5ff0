/**
 * Bytes → response head. RFC 9112 §4–§6 as strictly as requests: a head that could be read in two ways is a failure with its rule.
 * The caller says which method it answers, for that decides what body follows.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import { LENGTH_NONE, type ResponseHead } from '../../http/message.ts'
import { ConnectionOptions } from './connection-option.ts'
import { LineScanner } from './field-line.ts'
import { CR, equalsIgnoringCase, LF, parseLength, SP, VALUE } from './grammar.ts'
import { INCOMPLETE, REFUSED } from './request-head.ts'

export type ResponseLimits = { readonly headBytesMax: number; readonly fieldsMax: number }

/** Heads of answers may be larger than those of requests: applications set many cookies and long policies. */
export const RESPONSE_LIMITS: ResponseLimits = { headBytesMax: 64 * 1024, fieldsMax: 200 }

export type HeadFault = { readonly cause: CauseId; readonly rule: string }

export class ResponseHeadParser {
  /** Why the last head was refused. */
  fault: HeadFault = { cause: 'malformed-response', rule: '' }
  readonly #limits: ResponseLimits
  readonly #lines = new LineScanner()
  readonly #options = new ConnectionOptions()
  #lengths = 0
  #codings = 0

  constructor(limits: ResponseLimits = RESPONSE_LIMITS) {
    this.#limits = limits
  }

  /** Reads the head that begins at `at` of latin1 `text` into `head`. Returns the offset behind it, `INCOMPLETE` or `REFUSED`. */
  parse(text: string, at: number, head: ResponseHead): number {
    head.reset()
    this.#options.reset()
    this.#lengths = this.#codings = 0
    const fieldsAt = this.#parseLine(text, at, head)
    if (fieldsAt <= 0) return fieldsAt
    const lines = this.#lines
    lines.begin(text, fieldsAt)
    let count = 0
    let step = lines.next()
    while (step === 1) {
      if (++count > this.#limits.fieldsMax) return this.#refuse('header-too-large', 'field-count')
      if (!this.#takeField(head)) return REFUSED
      step = lines.next()
    }
    if (step === -2) return this.#refuse('malformed-response', lines.fault)
    if (step === -1) return text.length - at > this.#limits.headBytesMax ? this.#refuse('header-too-large', 'head-bytes') : INCOMPLETE
    if (lines.at - at > this.#limits.headBytesMax) return this.#refuse('header-too-large', 'head-bytes')
    return this.#conclude(head) ? lines.at : REFUSED
  }

  /** `HTTP/1.1 200 OK`; the reason may be missing, with or without the space before it, for nothing can hide there. */
  #parseLine(text: string, start: number, head: ResponseHead): number {
    const length = text.length
    const prefix = 'HTTP/1.'
    if (!text.startsWith(prefix, start)) {
      return prefix.startsWith(text.slice(start, start + prefix.length)) ? INCOMPLETE : this.#refuse('malformed-response', 'status-line')
    }
    if (length - start < 14) return INCOMPLETE
    const minor = text.charCodeAt(start + 7) - 0x30
    const status = digits(text, start + 9)
    if ((minor !== 0 && minor !== 1) || text.charCodeAt(start + 8) !== SP) return this.#refuse('malformed-response', 'version')
    if (status < 100 || status > 599) return this.#refuse('malformed-response', 'status')
    head.minor = minor
    head.status = status
    let at = start + 12
    const reasonAt = text.charCodeAt(at) === SP ? at + 1 : at
    for (at = reasonAt; at < length && VALUE[text.charCodeAt(at)] === 1; ) at++
    if (reasonAt === start + 12 && at !== reasonAt) return this.#refuse('malformed-response', 'status')
    if (at + 1 >= length) return INCOMPLETE
    if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) return this.#refuse('malformed-response', 'status-line')
    head.reason = text.slice(reasonAt, at)
    return at + 2
  }

  #takeField(head: ResponseHead): boolean {
    const lines = this.#lines
    const { text, nameStart } = lines
    switch (lines.nameEnd - nameStart) {
      case 4:
        if (equalsIgnoringCase(text, nameStart, 'date')) head.hasDate = true
        break
      case 6:
        if (equalsIgnoringCase(text, nameStart, 'server')) head.server = lines.value()
        break
      case 7:
        if (!equalsIgnoringCase(text, nameStart, 'upgrade')) break
        head.upgrade = lines.value()
        return true
      case 10:
        if (equalsIgnoringCase(text, nameStart, 'connection')) {
          this.#options.add(lines.value())
          return true
        }
        if (equalsIgnoringCase(text, nameStart, 'keep-alive')) {
          head.keepAliveMs = announcedMs(lines.value())
          return true
        }
        break
      case 11:
        if (equalsIgnoringCase(text, nameStart, 'retry-after')) head.retryAfter = lines.value()
        break
      case 12:
        if (equalsIgnoringCase(text, nameStart, 'content-type')) head.contentType = lines.value()
        // The gateway says it itself, on every answer; the server's echo would be a second one.
        else if (equalsIgnoringCase(text, nameStart, 'x-request-id')) return true
        break
      case 14:
        if (equalsIgnoringCase(text, nameStart, 'content-length')) return this.#takeLength(lines.value(), head)
        break
      case 16:
        if (equalsIgnoringCase(text, nameStart, 'proxy-connection')) return true
        break
      case 17:
        if (equalsIgnoringCase(text, nameStart, 'transfer-encoding')) return this.#takeCoding(lines.value(), head)
        break
    }
    head.fields.push(lines.name(), lines.value())
    return true
  }

  #takeLength(value: string, head: ResponseHead): boolean {
    if (++this.#lengths > 1) return this.#fail('content-length-twice')
    head.length = parseLength(value)
    return head.length !== LENGTH_NONE || this.#fail('content-length-value')
  }

  #takeCoding(value: string, head: ResponseHead): boolean {
    for (const part of value.split(',')) {
      if (part.trim().toLowerCase() !== 'chunked') return this.#fail('transfer-encoding-unknown')
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
    options.removeNominated(head.fields)
    return true
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

function digits(text: string, at: number): number {
  let value = 0
  for (let i = 0; i < 3; i++) {
    const digit = text.charCodeAt(at + i) - 0x30
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** `Keep-Alive: timeout=5, max=100` → 5,000 ms; 0 when it does not say. */
function announcedMs(value: string): number {
  const timeout = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,6})/i.exec(value)
  return timeout === null ? 0 : Number(timeout[1]) * 1_000
}
