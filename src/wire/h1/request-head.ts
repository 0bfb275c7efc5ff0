/**
 * Bytes → request head. RFC 9112 §2–§3, §6 as a strict server: what could be read in two ways is refused, never repaired.
 * It does not read bodies (body-reader.ts) and knows no sockets.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import { type Failure, failure } from '../../causes/failure.ts'
import { LENGTH_NONE, type RequestHead } from '../../http/message.ts'
import { ConnectionOptions } from './connection-option.ts'
import { LineScanner } from './field-line.ts'
import { equalsIgnoringCase, isAuthority, parseLength, SP, TARGET, TOKEN } from './grammar.ts'

export type HeadLimits = { readonly requestLineBytesMax: number; readonly headBytesMax: number; readonly fieldsMax: number }

/** What `parse` returns besides the offset behind the head. */
export const INCOMPLETE = 0
export const REFUSED = -1

const METHOD_BYTES_MAX = 32

export class RequestHeadParser {
  /** Why the last head was refused. */
  failure: Failure | null = null
  /** Forwarding fields that Gatewell does not write itself (X-Real-IP, X-Forwarded-Port) pass only from a trusted peer. */
  isPeerTrusted = false
  readonly #limits: HeadLimits
  readonly #lines = new LineScanner()
  readonly #options = new ConnectionOptions()
  #hosts = 0
  #lengths = 0
  #codings = 0
  #expect = ''

  constructor(limits: HeadLimits) {
    this.#limits = limits
  }

  /** Reads the head that begins at `at` of latin1 `text` into `head`. Returns the offset behind it, `INCOMPLETE` or `REFUSED`. */
  parse(text: string, at: number, head: RequestHead): number {
    head.reset()
    this.failure = null
    this.#options.reset()
    this.#hosts = this.#lengths = this.#codings = 0
    this.#expect = ''
    const fieldsAt = this.#parseLine(text, at, head)
    if (fieldsAt <= 0) return fieldsAt
    const lines = this.#lines
    lines.begin(text, fieldsAt)
    let count = 0
    let step = lines.next()
    while (step === 1) {
      if (++count > this.#limits.fieldsMax) {
        return this.#reject('request-header-too-large', { limit_fields: this.#limits.fieldsMax })
      }
      if (!this.#takeField(head)) return REFUSED
      step = lines.next()
    }
    if (step === -1) return this.#unfinished(text.length - at)
    if (step === -2) return this.#reject('request-malformed', { rule: lines.fault })
    if (lines.at - at > this.#limits.headBytesMax) return this.#unfinished(lines.at - at)
    return this.#conclude(head) ? lines.at : REFUSED
  }

  #parseLine(text: string, start: number, head: RequestHead): number {
    const length = text.length
    let at = start
    while (at < length && TOKEN[text.charCodeAt(at)] === 1) at++
    if (at - start > METHOD_BYTES_MAX) return this.#reject('request-malformed', { rule: 'method-too-long' })
    if (at >= length) return INCOMPLETE
    if (at === start || text.charCodeAt(at) !== SP) return this.#reject('request-malformed', { rule: 'method' })
    head.method = text.slice(start, at)
    const targetAt = ++at
    while (at < length && TARGET[text.charCodeAt(at)] === 1) at++
    if (at - start > this.#limits.requestLineBytesMax) {
      return this.#reject('request-line-too-long', { limit_bytes: this.#limits.requestLineBytesMax })
    }
    if (at >= length) return INCOMPLETE
    if (at === targetAt || text.charCodeAt(at) !== SP) return this.#reject('request-malformed', { rule: 'target' })
    // "HTTP/1.1" CRLF is ten bytes; what deviates in the part that is there already is refused at once.
    const version = text.slice(at + 1, at + 11)
    if (version === 'HTTP/1.1\r\n') head.minor = 1
    else if (version === 'HTTP/1.0\r\n') head.minor = 0
    else return this.#refuseVersion(version)
    return this.#takeTarget(text, targetAt, at, head) ? at + 11 : REFUSED
  }

  #refuseVersion(version: string): number {
    if (version.length < 10 && /^(?:H(?:T(?:T(?:P(?:\/(?:\d(?:\.(?:\d(?:\r\n?)?)?)?)?)?)?)?)?)?$/.test(version)) return INCOMPLETE
    if (/^HTTP\/[02-9]\.\d\r\n$/.test(version)) return this.#reject('request-version-unsupported', { version: version.trimEnd() })
    if (/^HTTP\/1\.[2-9]\r\n$/.test(version)) return this.#reject('request-version-unsupported', { version: version.trimEnd() })
    return this.#reject('request-malformed', { rule: 'version' })
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

  /** Sorts the field under the scanner: framing and this hop's own stay out of `fields`. */
  #takeField(head: RequestHead): boolean {
    const lines = this.#lines
    const { text, nameStart } = lines
    switch (lines.nameEnd - nameStart) {
      case 2:
        if (!equalsIgnoringCase(text, nameStart, 'te')) break
        if (lines.value().toLowerCase().includes('trailers')) head.isAcceptingTrailers = true
        return true
      case 3:
        if (equalsIgnoringCase(text, nameStart, 'via')) head.via = joined(head.via, lines.value())
        break
      case 4:
        if (!equalsIgnoringCase(text, nameStart, 'host')) break
        return this.#takeHost(lines.value(), head)
      case 5:
        // CGI turns `Proxy` into HTTP_PROXY; no request has a use for it.
        if (equalsIgnoringCase(text, nameStart, 'proxy')) return true
        break
      case 6:
        if (equalsIgnoringCase(text, nameStart, 'accept')) head.accept = joined(head.accept, lines.value())
        else if (equalsIgnoringCase(text, nameStart, 'expect')) {
          this.#expect = joined(this.#expect, lines.value())
          return true
        }
        break
      case 7:
        if (equalsIgnoringCase(text, nameStart, 'upgrade')) {
          head.upgrade = joined(head.upgrade, lines.value())
          return true
        }
        if (equalsIgnoringCase(text, nameStart, 'referer')) head.referer = lines.value()
        break
      default:
        if (lines.nameEnd - nameStart < 9) break
        return this.#takeLongField(head)
    }
    head.fields.push(lines.name(), lines.value())
    return true
  }

  #takeLongField(head: RequestHead): boolean {
    const lines = this.#lines
    const { text, nameStart } = lines
    switch (lines.nameEnd - nameStart) {
      case 9:
        if (equalsIgnoringCase(text, nameStart, 'forwarded')) {
          head.forwarded = joined(head.forwarded, lines.value())
          return true
        }
        if (!this.isPeerTrusted && equalsIgnoringCase(text, nameStart, 'x-real-ip')) return true
        break
      case 10:
        if (equalsIgnoringCase(text, nameStart, 'connection')) {
          this.#options.add(lines.value())
          return true
        }
        if (equalsIgnoringCase(text, nameStart, 'keep-alive')) return true
        if (equalsIgnoringCase(text, nameStart, 'user-agent')) head.userAgent = lines.value()
        break
      case 11:
        if (equalsIgnoringCase(text, nameStart, 'traceparent')) head.traceparent = lines.value()
        break
      case 12:
        if (equalsIgnoringCase(text, nameStart, 'content-type')) head.contentType = lines.value()
        else if (equalsIgnoringCase(text, nameStart, 'x-request-id')) {
          head.requestId = lines.value()
          return true
        }
        break
      case 14:
        if (equalsIgnoringCase(text, nameStart, 'content-length')) return this.#takeLength(lines.value(), head)
        if (equalsIgnoringCase(text, nameStart, 'http2-settings')) return true
        break
      case 15:
        if (equalsIgnoringCase(text, nameStart, 'x-forwarded-for')) {
          head.forwardedFor = joined(head.forwardedFor, lines.value())
          return true
        }
        if (equalsIgnoringCase(text, nameStart, 'accept-language')) head.acceptLanguage = joined(head.acceptLanguage, lines.value())
        break
      case 16:
        if (equalsIgnoringCase(text, nameStart, 'proxy-connection')) return true
        if (equalsIgnoringCase(text, nameStart, 'x-forwarded-host')) {
          head.forwardedHost = lines.value()
          return true
        }
        if (!this.isPeerTrusted && equalsIgnoringCase(text, nameStart, 'x-forwarded-port')) return true
        break
      case 17:
        if (equalsIgnoringCase(text, nameStart, 'transfer-encoding')) return this.#takeCoding(lines.value(), head)
        if (equalsIgnoringCase(text, nameStart, 'x-forwarded-proto')) {
          head.forwardedProto = lines.value()
          return true
        }
        break
      case 19:
        if (equalsIgnoringCase(text, nameStart, 'proxy-authorization')) return true
        break
    }
    head.fields.push(lines.name(), lines.value())
    return true
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
      const coding = part.trim().toLowerCase()
      if (coding === '') return this.#refuse('request-framing', { rule: 'transfer-encoding-empty' })
      if (coding !== 'chunked') return this.#refuse('request-coding-unknown', { coding })
      if (++this.#codings > 1) return this.#refuse('request-framing', { rule: 'chunked-twice' })
    }
    head.isChunked = true
    return true
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
    options.removeNominated(head.fields)
    if (this.#expect === '' || head.minor === 0) return true
    if (this.#expect.toLowerCase() !== '100-continue') {
      return this.#refuse('request-expectation-unknown', { expect: this.#expect.slice(0, 64) })
    }
    head.isExpectingContinue = head.hasBody
    return true
  }

  #unfinished(bytes: number): number {
    if (bytes <= this.#limits.headBytesMax) return INCOMPLETE
    return this.#reject('request-header-too-large', { limit_bytes: this.#limits.headBytesMax })
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
