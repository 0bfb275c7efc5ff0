/**
 * Bytes → request head. RFC 9112 §2–§3, §6 as a strict server: what could be read in two ways is refused, never repaired.
 * It does not read bodies (body-reader.ts) and knows no sockets.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import { type Failure, failure } from '../../causes/failure.ts'
import { LENGTH_NONE, type RequestHead } from '../../http/message.ts'
import { ConnectionOptions } from './connection-option.ts'
import { isDisguise } from './disguise.ts'
import { FieldScanner, INCOMPLETE, REFUSED } from './field-scanner.ts'
import { FieldText, PASSES, REFUSED_FIELD, TAKEN } from './field-text.ts'
import { equalsIgnoringCase, isAuthority, parseLength, SP, startsWith, TARGET, TOKEN, trimBlanks } from './grammar.ts'

export type HeadLimits = { readonly requestLineBytesMax: number; readonly headBytesMax: number; readonly fieldsMax: number }

const METHOD_BYTES_MAX = 32
/** ` HTTP/1.1` and CRLF. */
const VERSION_BYTES = 11
/** One of the codings that TE lists, RFC 9110 §10.1.4. */
const TRAILERS = /(?:^|[,\t ])trailers[\t ]*(?:[,;]|$)/i

const scanner = new FieldScanner()
const passing = new FieldText()

export class RequestHeadParser {
  /** Why the last head was refused. */
  failure: Failure | null = null
  /** Forwarding fields that Gatewell does not write itself (X-Real-IP, X-Forwarded-Port) pass only from a trusted peer. */
  isPeerTrusted = false
  readonly #limits: HeadLimits
  readonly #options = new ConnectionOptions()
  #hosts = 0
  #lengths = 0
  #codings = 0
  #expect = ''
  /** The grammar of the head in hand was right, so that a refusal is about what it means. */
  #isInterpreted = false
  /** Bounds of the value in hand, in the head's text. */
  #at = 0
  #to = 0

  constructor(limits: HeadLimits) {
    this.#limits = limits
  }

  /** Reads the head that begins at `start` into `head`. Returns the offset behind it, `INCOMPLETE` or `REFUSED`. */
  parse(bytes: Buffer, start: number, end: number, head: RequestHead): number {
    const next = this.#scan(bytes, start, end, head)
    if (next === REFUSED && !this.#isInterpreted) {
      // Nothing of the request before may be taken for this one's; its method says whether the refusal may have a body.
      head.reset()
      head.method = /^[!-~]{1,32}(?= )/.exec(bytes.latin1Slice(start, Math.min(end, start + METHOD_BYTES_MAX + 1)))?.[0] ?? ''
    }
    return next
  }

  #scan(bytes: Buffer, start: number, end: number, head: RequestHead): number {
    const limits = this.#limits
    this.#isInterpreted = false
    const targetAt = this.#scanMethod(bytes, start, end)
    if (targetAt <= 0) return targetAt
    const versionAt = this.#scanTarget(bytes, start, targetAt, end)
    if (versionAt <= 0) return versionAt
    const minor = this.#scanVersion(bytes, versionAt, end)
    if (minor < 0) return minor === REFUSED ? REFUSED : INCOMPLETE
    const next = scanner.scan(bytes, versionAt + VERSION_BYTES, end, limits.fieldsMax)
    if (next === INCOMPLETE) return end - start > limits.headBytesMax ? this.#rejectSize() : INCOMPLETE
    if (next === REFUSED) return this.#rejectField()
    if (next - start > limits.headBytesMax) return this.#rejectSize()
    this.#isInterpreted = true
    head.reset()
    head.minor = minor
    return this.#interpret(bytes, bytes.latin1Slice(start, next), start, targetAt, versionAt, head) ? next : REFUSED
  }

  #scanMethod(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && TOKEN[bytes[at] as number] === 1) at++
    if (at - start > METHOD_BYTES_MAX) return this.#reject('request-malformed', { rule: 'method-too-long' })
    if (at >= end) return INCOMPLETE
    if (at === start || bytes[at] !== SP) return this.#reject('request-malformed', { rule: 'method' })
    return at + 1
  }

  #scanTarget(bytes: Buffer, start: number, targetAt: number, end: number): number {
    let at = targetAt
    while (at < end && TARGET[bytes[at] as number] === 1) at++
    if (at - start > this.#limits.requestLineBytesMax) {
      return this.#reject('request-line-too-long', { limit_bytes: this.#limits.requestLineBytesMax })
    }
    if (at >= end) return INCOMPLETE
    if (at === targetAt || bytes[at] !== SP) return this.#reject('request-malformed', { rule: 'target' })
    return at
  }

  /** The minor version; `REFUSED`; or -2 when it is not here yet. What deviates in the part that is here is refused at once. */
  #scanVersion(bytes: Buffer, versionAt: number, end: number): number {
    if (end - versionAt >= VERSION_BYTES && startsWith(bytes, versionAt + 1, 'HTTP/1.') && startsWith(bytes, versionAt + 9, '\r\n')) {
      if (bytes[versionAt + 8] === 0x31) return 1
      if (bytes[versionAt + 8] === 0x30) return 0
    }
    const version = bytes.latin1Slice(versionAt + 1, Math.min(end, versionAt + VERSION_BYTES))
    if (version.length < 10 && /^(?:H(?:T(?:T(?:P(?:\/(?:\d(?:\.(?:\d(?:\r\n?)?)?)?)?)?)?)?)?)?$/.test(version)) return -2
    if (/^HTTP\/\d\.\d\r\n$/.test(version)) return this.#reject('request-version-unsupported', { version: version.trimEnd() })
    return this.#reject('request-malformed', { rule: 'version' })
  }

  /** The head is complete and its grammar is right; `text` is all of it, from `base`. */
  #interpret(bytes: Buffer, text: string, base: number, targetAt: number, versionAt: number, head: RequestHead): boolean {
    this.failure = null
    this.#options.reset()
    this.#hosts = this.#lengths = this.#codings = 0
    this.#expect = ''
    head.method = text.slice(0, targetAt - 1 - base)
    if (!this.#takeTarget(text, targetAt - base, versionAt - base, head)) return false
    passing.begin(text, base)
    const { offsets } = scanner
    const stop = scanner.count * 4
    const mayDisguise = text.includes('_')
    for (let slot = 0; slot < stop; slot += 4) {
      const nameStart = offsets[slot] as number
      const nameEnd = offsets[slot + 1] as number
      const valueStart = offsets[slot + 2] as number
      const valueEnd = offsets[slot + 3] as number
      this.#at = valueStart - base
      this.#to = valueEnd - base
      const taken = this.#takeField(bytes, nameStart, nameEnd - nameStart, text, head)
      if (taken === REFUSED_FIELD) return false
      if (taken === TAKEN || (mayDisguise && isDisguise(bytes, nameStart, nameEnd))) continue
      passing.add(bytes, nameStart, nameEnd, valueStart, valueEnd)
    }
    head.fieldText = passing.text()
    return this.#conclude(head)
  }

  /** The four forms of RFC 9112 §3.2. */
  #takeTarget(text: string, start: number, end: number, head: RequestHead): boolean {
    const method = head.method
    if (method === 'CONNECT' || method === 'TRACE') return this.#refuse('request-method-refused', { method })
    if (text.charCodeAt(start) === 0x2f) {
      head.target = text.slice(start, end)
      head.path = pathOf(head.target)
      return true
    }
    if (end - start === 1 && text.charCodeAt(start) === 0x2a) {
      if (method !== 'OPTIONS') return this.#refuse('request-malformed', { rule: 'asterisk-form' })
      head.target = head.path = '*'
      return true
    }
    return this.#takeAbsolute(text.slice(start, end), head)
  }

  #takeAbsolute(target: string, head: RequestHead): boolean {
    const scheme = /^https?:\/\//i.exec(target)
    if (scheme === null) return this.#refuse('request-malformed', { rule: 'target-form' })
    const rest = target.slice(scheme[0].length)
    const authorityEnd = rest.search(/[/?]/)
    const authority = authorityEnd === -1 ? rest : rest.slice(0, authorityEnd)
    if (!isAuthority(authority)) return this.#refuse('request-host-invalid', { rule: 'target-authority' })
    head.host = authority
    const pathAndQuery = authorityEnd === -1 ? '' : rest.slice(authorityEnd)
    if (pathAndQuery === '' && head.method === 'OPTIONS') head.target = '*'
    else head.target = pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`
    head.path = pathOf(head.target)
    return true
  }

  /** Sorts one field: framing and this hop's own are taken, the others pass. Some that pass are also remembered. */
  #takeField(bytes: Buffer, name: number, length: number, text: string, head: RequestHead): number {
    switch (length) {
      case 2:
        if (!equalsIgnoringCase(bytes, name, 'te')) return PASSES
        if (TRAILERS.test(this.#value(text))) head.isAcceptingTrailers = true
        return TAKEN
      case 3:
        if (equalsIgnoringCase(bytes, name, 'via')) head.via = joined(head.via, this.#value(text))
        return PASSES
      case 4:
        if (!equalsIgnoringCase(bytes, name, 'host')) return PASSES
        return this.#takeHost(this.#value(text), head) ? TAKEN : REFUSED_FIELD
      case 5:
        // CGI turns `Proxy` into HTTP_PROXY; no request has a use for it.
        return equalsIgnoringCase(bytes, name, 'proxy') ? TAKEN : PASSES
      case 6:
        if (equalsIgnoringCase(bytes, name, 'accept')) head.accept = joined(head.accept, this.#value(text))
        if (!equalsIgnoringCase(bytes, name, 'expect')) return PASSES
        this.#expect = joined(this.#expect, this.#value(text))
        return TAKEN
      case 7:
        if (equalsIgnoringCase(bytes, name, 'referer')) head.referer = this.#value(text)
        if (!equalsIgnoringCase(bytes, name, 'upgrade')) return PASSES
        head.upgrade = joined(head.upgrade, this.#value(text))
        return TAKEN
      default:
        return length < 9 ? PASSES : this.#takeLongField(bytes, name, length, text, head)
    }
  }

  #takeLongField(bytes: Buffer, name: number, length: number, text: string, head: RequestHead): number {
    switch (length) {
      case 9:
        if (equalsIgnoringCase(bytes, name, 'x-real-ip')) return this.isPeerTrusted ? PASSES : TAKEN
        if (!equalsIgnoringCase(bytes, name, 'forwarded')) return PASSES
        head.forwarded = joined(head.forwarded, this.#value(text))
        return TAKEN
      case 10:
        if (equalsIgnoringCase(bytes, name, 'user-agent')) head.userAgent = this.#value(text)
        if (equalsIgnoringCase(bytes, name, 'keep-alive')) return TAKEN
        if (!equalsIgnoringCase(bytes, name, 'connection')) return PASSES
        this.#options.add(this.#value(text))
        return TAKEN
      case 11:
        if (equalsIgnoringCase(bytes, name, 'traceparent')) head.traceparent = this.#value(text)
        return PASSES
      case 12:
        if (equalsIgnoringCase(bytes, name, 'content-type')) head.contentType = this.#value(text)
        if (equalsIgnoringCase(bytes, name, 'max-forwards')) return this.#takeMaxForwards(this.#value(text), head)
        if (!equalsIgnoringCase(bytes, name, 'x-request-id')) return PASSES
        head.requestId = this.#value(text)
        return TAKEN
      case 14:
        if (equalsIgnoringCase(bytes, name, 'http2-settings')) return TAKEN
        if (!equalsIgnoringCase(bytes, name, 'content-length')) return PASSES
        return this.#takeLength(this.#value(text), head) ? TAKEN : REFUSED_FIELD
      case 15:
        if (equalsIgnoringCase(bytes, name, 'accept-language')) head.acceptLanguage = joined(head.acceptLanguage, this.#value(text))
        if (!equalsIgnoringCase(bytes, name, 'x-forwarded-for')) return PASSES
        head.forwardedFor = joined(head.forwardedFor, this.#value(text))
        return TAKEN
      case 16:
        if (equalsIgnoringCase(bytes, name, 'proxy-connection')) return TAKEN
        if (equalsIgnoringCase(bytes, name, 'x-forwarded-port')) return this.isPeerTrusted ? PASSES : TAKEN
        if (!equalsIgnoringCase(bytes, name, 'x-forwarded-host')) return PASSES
        head.forwardedHost = this.#value(text)
        return TAKEN
      case 17:
        if (equalsIgnoringCase(bytes, name, 'transfer-encoding')) return this.#takeCoding(this.#value(text), head) ? TAKEN : REFUSED_FIELD
        if (!equalsIgnoringCase(bytes, name, 'x-forwarded-proto')) return PASSES
        head.forwardedProto = this.#value(text)
        return TAKEN
      case 19:
        return equalsIgnoringCase(bytes, name, 'proxy-authorization') ? TAKEN : PASSES
      default:
        return PASSES
    }
  }

  #value(text: string): string {
    return text.slice(this.#at, this.#to)
  }

  #takeHost(value: string, head: RequestHead): boolean {
    if (++this.#hosts > 1) return this.#refuse('request-host-invalid', { rule: 'host-twice' })
    if (!isAuthority(value)) return this.#refuse('request-host-invalid', { rule: 'host-grammar' })
    // An absolute-form target has named the host already and wins, RFC 9112 §3.2.2.
    if (head.host === '') head.host = value
    return true
  }

  #takeLength(value: string, head: RequestHead): boolean {
    if (++this.#lengths > 1) return this.#refuse('request-framing', { rule: 'content-length-twice' })
    head.length = parseLength(value)
    return head.length !== LENGTH_NONE || this.#refuse('request-framing', { rule: 'content-length-value' })
  }

  #takeCoding(value: string, head: RequestHead): boolean {
    for (const part of value.split(',')) {
      const coding = trimBlanks(part).toLowerCase()
      if (coding === '') return this.#refuse('request-framing', { rule: 'transfer-encoding-empty' })
      if (coding !== 'chunked') return this.#refuse('request-coding-unknown', { coding })
      if (++this.#codings > 1) return this.#refuse('request-framing', { rule: 'chunked-twice' })
    }
    head.isChunked = true
    return true
  }

  /** RFC 9110 §7.6.2: counts the hops of OPTIONS, and means nothing to other methods. */
  #takeMaxForwards(value: string, head: RequestHead): number {
    const hops = parseLength(value)
    if (head.method !== 'OPTIONS' || hops < 0) return PASSES
    head.maxForwards = hops
    return TAKEN
  }

  /** What can only be judged when all fields are known. */
  #conclude(head: RequestHead): boolean {
    if (this.#hosts === 0 && head.minor === 1) return this.#refuse('request-host-invalid', { rule: 'host-missing' })
    if (head.isChunked) {
      if (head.length !== LENGTH_NONE) return this.#refuse('request-framing', { rule: 'content-length-and-transfer-encoding' })
      // RFC 9112 §6.1: a 1.0 message with Transfer-Encoding has faulty framing, whatever the coding.
      if (head.minor === 0) return this.#refuse('request-framing', { rule: 'transfer-encoding-in-1.0' })
    }
    const options = this.#options
    head.isKeepAlive = !options.isClose && (head.minor === 1 || options.isKeepAlive)
    if (head.upgrade !== '' && !isUpgradeKept(head, options.isUpgrade)) head.upgrade = ''
    head.fieldText = options.withoutNominated(head.fieldText)
    if (head.maxForwards > 0) head.fieldText += `Max-Forwards: ${head.maxForwards - 1}\r\n`
    if (this.#expect === '' || head.minor === 0) return true
    if (this.#expect.toLowerCase() !== '100-continue') {
      return this.#refuse('request-expectation-unknown', { expect: this.#expect.slice(0, 64) })
    }
    head.isExpectingContinue = head.hasBody
    return true
  }

  #rejectSize(): number {
    return this.#reject('request-header-too-large', { limit_bytes: this.#limits.headBytesMax })
  }

  #rejectField(): number {
    if (scanner.fault === 'field-count') return this.#reject('request-header-too-large', { limit_fields: this.#limits.fieldsMax })
    return this.#reject('request-malformed', { rule: scanner.fault })
  }

  #reject(cause: CauseId, facts: Record<string, string | number>): number {
    this.#refuse(cause, facts)
    return REFUSED
  }

  #refuse(cause: CauseId, facts: Record<string, string | number>): false {
    this.failure = failure(cause, 'receive', 'never', facts)
    return false
  }
}

function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

function joined(before: string, value: string): string {
  return before === '' ? value : `${before}, ${value}`
}

/** A switch to h2c would hide every later request from this gateway, and one with a body cannot be replayed: both go on as plain HTTP. */
function isUpgradeKept(head: RequestHead, isNominated: boolean): boolean {
  return isNominated && head.minor === 1 && !head.hasBody && !/\bh2c?\b/i.test(head.upgrade)
}
