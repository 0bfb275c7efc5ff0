/** What squid's codes of errors mean. Without them in the log (`%err_code/%err_detail`) a failure has no reason there. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function code(start: string, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when: ({ detail = '' }) => detail.startsWith(start), cause, confidence, note: `${note} (${start})` }
}

export const SQUID_PATTERNS: readonly Pattern[] = [
  {
    when: ({ flags = '' }) => /^TCP_\w*ABORTED/.test(flags),
    cause: 'client-closed',
    confidence: 0.95,
    note: 'the visitor left before the answer was whole (ABORTED)',
  },
  code('ERR_CONNECT_FAIL/111', 'connect-refused', 0.96, 'the connection was refused'),
  code('ERR_CONNECT_FAIL/110', 'connect-timeout', 0.95, 'the connection did not come about in time'),
  code('ERR_CONNECT_FAIL/113', 'connect-unreachable', 0.95, 'no way leads to that address'),
  code('ERR_DNS_FAIL', 'dns-nxdomain', 0.7, 'the name was not found, or nobody could be asked for it'),
  code('ERR_READ_TIMEOUT', 'response-timeout', 0.95, 'the server did not answer in time'),
  code('ERR_ZERO_SIZE_OBJECT', 'closed-before-response', 0.96, 'the server closed the connection instead of answering'),
  code('ERR_INVALID_RESP', 'malformed-response', 0.95, 'what came is not valid HTTP'),
  code('ERR_TOO_BIG', 'header-too-large', 0.85, 'the header is too large'),
  code('ERR_SECURE_CONNECT_FAIL', 'tls-handshake-failed', 0.9, 'the handshake failed'),
  code('ERR_WRITE_ERROR', 'request-write-failed', 0.9, 'the request could not be sent to its end'),
  code('ERR_CANNOT_FORWARD', 'no-healthy-upstream', 0.9, 'there was nobody to ask'),
  code('ERR_SHUTTING_DOWN', 'gateway-draining', 0.93, 'squid was being stopped'),
  {
    // Nobody was asked in the end, and what a connection failed of is not said.
    when: ({ detail = '', upstream }) => detail.startsWith('ERR_READ_ERROR') && upstream === undefined,
    cause: 'no-healthy-upstream',
    confidence: 0.7,
    note: 'no connection to a server came about (ERR_READ_ERROR without a server)',
  },
  code('ERR_READ_ERROR', 'reset-before-response', 0.9, 'the connection broke before the answer'),
  {
    when: ({ detail, status }) => detail === '-' && status === 503,
    cause: 'upstream-overloaded',
    confidence: 0.9,
    note: 'the server said 503 itself',
  },
  {
    when: ({ detail, status = 0 }) => detail === '-' && status >= 500,
    cause: 'upstream-5xx',
    confidence: 0.93,
    note: 'the server said it itself',
  },
]
