/**
 * Where this codec and Node's parser are meant to differ: each with the record in docs/decisions that says why.
 * What is not listed here and differs is a bug of one of the two.
 */
import { KNOWN_METHODS } from './oracle.ts'
import type { Message } from './reading.ts'

/** Requests that are accepted here and refused there. */
const MORE_LENIENT: Readonly<Record<string, (message: Message, stream: string) => boolean>> = {
  // docs/decisions/0031-any-token-is-a-method.md. PRI is one of llhttp's, but only for the preface of HTTP/2.
  'any token is a method': ({ method }) => method !== '' && (!KNOWN_METHODS.has(method) || method === 'PRI'),
  // docs/decisions/0033-chunk-extensions-are-checked-and-dropped.md
  'blanks may stand in chunk extensions': (_, stream) => /[0-9a-f][\t ]+;|;[\t ]+[^\t ]|[\t ]=|=[\t ]/i.test(stream),
  // docs/decisions/0035-interim-answers-do-not-end-a-connection.md
  'an interim answer says nothing about the connection': ({ status, isKeepAlive }) => status >= 100 && status < 200 && !isKeepAlive,
}

/** Rules by which requests are refused here and accepted there. */
export const STRICTER_REQUESTS: ReadonlySet<string> = new Set([
  // docs/decisions/0030-nothing-ambiguous-is-repaired.md
  ...['host-missing', 'host-twice', 'host-grammar', 'target', 'target-form', 'target-authority', 'asterisk-form', 'method', 'version'],
  ...['request-version-unsupported', 'request-expectation-unknown', 'request-method-refused'],
  // docs/decisions/0032-one-framing-a-message.md
  ...['transfer-encoding-in-1.0', 'request-coding-unknown', 'transfer-encoding-empty', 'chunked-twice', 'trailer-framing'],
  // docs/decisions/0033-chunk-extensions-are-checked-and-dropped.md
  ...['chunk-extension', 'chunk-extension-size', 'chunk-size-overflow'],
])

/** The same of answers. */
export const STRICTER_ANSWERS: ReadonlySet<string> = new Set([
  // docs/decisions/0030-nothing-ambiguous-is-repaired.md
  ...['status', 'status-line', 'version'],
  // docs/decisions/0032-one-framing-a-message.md
  ...['transfer-encoding-in-1.0', 'transfer-encoding-unknown', 'chunked-twice', 'content-length-and-transfer-encoding', 'trailer-framing'],
  ...['content-length-twice', 'content-length-value'],
  // docs/decisions/0033-chunk-extensions-are-checked-and-dropped.md
  ...['chunk-extension', 'chunk-extension-size', 'chunk-size-overflow'],
  // docs/decisions/0035-interim-answers-do-not-end-a-connection.md
  'unasked-101',
])

export function isDecided(message: Message, stream: string): boolean {
  return Object.values(MORE_LENIENT).some((applies) => applies(message, stream))
}
