/**
 * The value of a Proxy-Status field (RFC 9209), one member: what this gateway has to say about the answer.
 * Written as structured fields demand (RFC 9651 §4.1). It does not read such fields; what came from upstream is sent on as it is.
 */

export type ProxyStatus = {
  /** A registered error type (RFC 9209 §2.3), which is a token. */
  readonly error?: string
  readonly nextHop?: string
  /** The status that the next hop answered with. */
  readonly receivedStatus?: number
  readonly details?: string
}

const TOKEN = /^[A-Za-z*][!#$%&'*+.^_`|~:/0-9A-Za-z-]*$/
const UNSENDABLE = /[^\x20-\x7e]+/g
const SPECIAL = /["\\]/g

/** `name` is the gateway's. Without anything to say it is the value all the same: it tells that this gateway was on the way. */
export function proxyStatus(name: string, status: ProxyStatus): string {
  let value = writeItem(name)
  if (status.error !== undefined) value += `; error=${writeItem(status.error)}`
  if (status.nextHop !== undefined) value += `; next-hop=${writeItem(status.nextHop)}`
  if (status.receivedStatus !== undefined) value += `; received-status=${Math.trunc(status.receivedStatus)}`
  if (status.details !== undefined) value += `; details=${writeString(status.details)}`
  return value
}

/** A token where the text can be one, else a string. */
function writeItem(text: string): string {
  return TOKEN.test(text) ? text : writeString(text)
}

/** Strings hold printable ASCII only. RFC 9209 wants strings, so the rest is percent-encoded rather than sent as a display string. */
function writeString(text: string): string {
  return `"${text.replace(UNSENDABLE, encodeBytes).replace(SPECIAL, '\\$&')}"`
}

function encodeBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').replace(/../g, '%$&').toUpperCase()
}
