/**
 * The heads of messages as data, whatever wire they came by. RFC 9110 §6.
 * One object serves one connection and is filled anew for each message, so the hot path allocates none.
 */

/** Field names and values in turn. */
export type Fields = string[]

/** Takes field lines in their canonical form (`Name: value` CRLF) apart. Not for the hot path, which passes the text on. */
export function fieldsOf(text: string): Fields {
  const fields: Fields = []
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.push(line.slice(0, colon), line.slice(colon + 2))
  }
  return fields
}

/** The value of the first field of that name (lower case) in canonical lines, or ''. */
export function fieldOf(text: string, name: string): string {
  const lower = text.toLowerCase()
  const at = lower.startsWith(`${name}: `) ? 0 : lower.indexOf(`\r\n${name}: `) + 2
  return at === 1 ? '' : text.slice(at + name.length + 2, text.indexOf('\r\n', at))
}

/** The value of that cookie in canonical lines, or ''. RFC 6265 §4.2.1. */
export function cookieOf(text: string, name: string): string {
  for (const pair of fieldOf(text, 'cookie').split(';')) {
    const [key = '', value = ''] = pair.trim().split(/=(.*)/s)
    if (key === name) return value
  }
  return ''
}

/** No declared length. */
export const LENGTH_NONE = -1

export class RequestHead {
  method = ''
  /** The target as it is sent upstream: origin-form, or `*`. An absolute-form target was split into `host` and this. */
  target = ''
  /** The path alone, for matching a route: no query, not decoded. */
  path = ''
  /** The authority: from the target where that was absolute-form, else from Host. Empty only for HTTP/1.0. */
  host = ''
  /** 0 or 1: HTTP/1.0 or HTTP/1.1. */
  minor = 1
  /** The end-to-end fields as canonical lines: framing and hop-by-hop ones never get in. */
  fieldText = ''
  /** Declared bytes of the body, or `LENGTH_NONE`. */
  length = LENGTH_NONE
  isChunked = false
  /** The client allows another request on this connection. */
  isKeepAlive = true
  isExpectingContinue = false
  isAcceptingTrailers = false
  /** The hops that an OPTIONS may still go, -1 where it does not say. */
  maxForwards = -1
  /** The protocols of an Upgrade the client asks for, or ''. */
  upgrade = ''
  /** Fields that Gatewell reads, '' when absent. Forwarding fields are here and not in `fields`: the peer decides if they count. */
  forwardedFor = ''
  forwardedProto = ''
  forwardedHost = ''
  forwarded = ''
  requestId = ''
  via = ''
  userAgent = ''
  referer = ''
  accept = ''
  acceptLanguage = ''
  traceparent = ''
  contentType = ''

  get hasBody(): boolean {
    return this.isChunked || this.length > 0
  }

  reset(): void {
    this.method = this.target = this.path = this.host = ''
    this.minor = 1
    this.fieldText = ''
    this.length = LENGTH_NONE
    this.isChunked = false
    this.isKeepAlive = true
    this.isExpectingContinue = false
    this.isAcceptingTrailers = false
    this.maxForwards = -1
    this.upgrade = ''
    this.forwardedFor = ''
    this.forwardedProto = ''
    this.forwardedHost = ''
    this.forwarded = ''
    this.requestId = ''
    this.via = ''
    this.userAgent = ''
    this.referer = ''
    this.accept = ''
    this.acceptLanguage = ''
    this.traceparent = ''
    this.contentType = ''
  }
}

export class ResponseHead {
  status = 0
  /** `200 OK` and CRLF: status, a space, the reason or nothing. */
  statusText = ''
  minor = 1
  /** The end-to-end fields as canonical lines: framing and hop-by-hop ones never get in. */
  fieldText = ''
  length = LENGTH_NONE
  /** Content-Length is among the fields that pass, in its canonical form. */
  isLengthPassed = false
  isChunked = false
  isKeepAlive = true
  /** The idle time the server announced by `Keep-Alive: timeout=N`, in milliseconds, or 0. */
  keepAliveMs = 0
  /** The protocol of a 101, or ''. */
  upgrade = ''
  hasDate = false
  contentType = ''
  /** The server's own name for itself, or ''. */
  server = ''
  retryAfter = ''

  reset(): void {
    this.fieldText = ''
    this.length = LENGTH_NONE
    this.isLengthPassed = false
    this.isChunked = false
    this.isKeepAlive = true
    this.keepAliveMs = 0
    this.upgrade = ''
    this.hasDate = false
    this.contentType = ''
    this.server = ''
    this.retryAfter = ''
  }
}

/** RFC 9110 §9.2.2, and QUERY (safe and idempotent). Methods are case-sensitive. */
export function isIdempotent(method: string): boolean {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'PUT':
    case 'DELETE':
    case 'OPTIONS':
    case 'TRACE':
    case 'QUERY':
    case 'PROPFIND':
      return true
    default:
      return false
  }
}
