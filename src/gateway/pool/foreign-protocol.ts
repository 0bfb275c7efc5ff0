/** What answers when a port does not speak HTTP/1.1, told by its first bytes. */
import type { CauseId } from '../../causes/catalogue.ts'

export type ForeignProtocol = { readonly protocol: string; readonly cause: CauseId }

const TEXTS: readonly [RegExp, string][] = [
  [/^SSH-\d/, 'ssh'],
  [/^-(?:ERR|DENIED|NOAUTH|WRONG)\b/, 'redis'],
  [/^220[ -]/, 'smtp-or-ftp'],
  [/^\* OK\b/, 'imap'],
  [/^\+OK\b/, 'pop3'],
  [/^ERROR\r\n/, 'memcached'],
  [/^HTTP\/(?:0\.9|2|3)/, 'http-of-another-version'],
]

export function recognise(bytes: Buffer): ForeignProtocol | null {
  const [first = 0, second = 0, third = 0, type = 0, fifth = 0] = bytes
  // A TLS alert: the server took our request for a broken handshake. RFC 8446 §5.1.
  if (first === 0x15 && second === 0x03) return { protocol: 'tls', cause: 'plaintext-to-tls-port' }
  // A SETTINGS frame on stream 0 opens every HTTP/2 connection. RFC 9113 §3.4.
  if (bytes.length >= 9 && first === 0 && type === 0x04 && bytes.readUInt32BE(5) === 0) return mismatch('h2')
  // A FastCGI record: version 1, of a type a responder sends.
  if (first === 1 && (second === 3 || second === 6 || second === 7 || second === 11)) return mismatch('fastcgi')
  // A MySQL greeting: packet length, sequence 0, protocol 10.
  if (bytes.length > 5 && type === 0 && fifth === 10 && first + second * 256 + third * 65_536 >= bytes.length - 4) return mismatch('mysql')
  const text = bytes.toString('latin1', 0, 16)
  for (const [pattern, protocol] of TEXTS) if (pattern.test(text)) return mismatch(protocol)
  return null
}

function mismatch(protocol: string): ForeignProtocol {
  return { protocol, cause: 'http-protocol-mismatch' }
}

/** Servers that take HTTP on a TLS port for a mistake say so, in a 400 of their own: nginx, Apache, Go, in this order. */
const TLS_HINTS = [
  'plain HTTP request was sent to HTTPS port',
  "You're speaking plain HTTP to an SSL-enabled server port",
  'HTTP request to an HTTPS server',
]

export function speaksTls(body: Buffer): boolean {
  const text = body.toString('latin1', 0, 2_048)
  return TLS_HINTS.some((hint) => text.includes(hint))
}
