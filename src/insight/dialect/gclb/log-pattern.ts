/** What `statusDetails` of Google's load balancers says, and the cause it stands for. After Google's manual of their logs. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

const DETAILS: readonly (readonly [RegExp, KnownCauseId, number, string])[] = [
  [/^failed_to_connect_to_backend/, 'connect-refused', 0.8, 'the backend refused the connection, or did not take it'],
  [/^failed_to_pick_backend/, 'no-healthy-upstream', 0.96, 'no backend is healthy'],
  [
    /^backend_connection_closed_before_data_sent/,
    'closed-before-response',
    0.9,
    'the backend closed the connection; Google keeps idle ones for 600 s',
  ],
  [/^backend_connection_closed_after_partial/, 'truncated-body', 0.96, 'the backend closed the connection in the middle of its answer'],
  [/^backend_timeout/, 'response-timeout', 0.97, 'the backend did not answer within the timeout of the backend service (30 s unless set)'],
  [/^backend_response_corrupted/, 'malformed-response', 0.95, 'what the backend sent is not valid HTTP'],
  [/^backend_response_headers_too_long/, 'header-too-large', 0.97, 'the header of the answer is larger than Google allows'],
  [
    /^(?:backend_early_response|aborted_request_due_to_backend_early)/,
    'request-write-failed',
    0.85,
    'the backend answered before it had the whole request',
  ],
  [/^backend_interim_response/, 'http-protocol-mismatch', 0.9, 'the backend sent an interim answer that is not supported'],
  [/^error_uncompressing/, 'corrupt-encoding', 0.96, 'the compressed answer cannot be unpacked'],
  [/^failed_to_negotiate_alpn/, 'tls-protocol-mismatch', 0.95, 'the backend agreed to no protocol'],
  [/^ssl_certificate_san_verification/, 'tls-hostname-mismatch', 0.97, 'the certificate of the backend is for another name'],
  [/^(?:ssl_certificate_chain_verification|server_cert_)/, 'tls-untrusted', 0.95, 'the certificate of the backend is not trusted'],
  [/^request_loop_detected/, 'proxy-loop', 0.97, 'the request came back to the load balancer'],
  [/^(?:client_disconnected|client_timed_out)/, 'client-closed', 0.96, 'the visitor left'],
  [/^serverless_neg_routing_failed/, 'no-endpoints', 0.93, 'the serverless backend does not exist'],
  [/^(?:config_not_found|retriable_error|internal_error)/, 'gateway-internal', 0.85, 'an error of the load balancer itself'],
]

export const GCLB_PATTERNS: readonly Pattern[] = [
  ...DETAILS.map(
    ([flags, cause, confidence, note]): Pattern => ({ when: (entry) => flags.test(entry.flags ?? ''), cause, confidence, note }),
  ),
  {
    when: ({ status, flags }) => status === 503 && flags === 'response_sent_by_backend',
    cause: 'upstream-overloaded',
    confidence: 0.94,
    note: 'the backend said 503 itself',
  },
  {
    when: ({ status = 0, flags }) => status >= 500 && flags === 'response_sent_by_backend',
    cause: 'upstream-5xx',
    confidence: 0.96,
    note: 'the backend said it itself',
  },
]
