/**
 * Names that are fields of this gateway but for an underscore in place of a hyphen. Programs behind CGI, WSGI and the like
 * cannot tell `X_Forwarded_For` from `X-Forwarded-For`, so what a client calls that must not reach them.
 */

const UNDERSCORE = 0x5f
/** What is written or checked here and believed behind: framing, where a request comes from, which one it is. */
const OWN = new Set([
  'content-length',
  'transfer-encoding',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
])

/** Is the name from `start` to `end` such a one? */
export function isDisguise(bytes: Buffer, start: number, end: number): boolean {
  let at = start
  while (at < end && bytes[at] !== UNDERSCORE) at++
  return at < end && OWN.has(bytes.latin1Slice(start, end).toLowerCase().replaceAll('_', '-'))
}
