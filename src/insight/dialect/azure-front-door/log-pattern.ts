/** What `errorInfo` of Azure Front Door means. After its manual. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function error(info: string, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when: ({ flags }) => flags === info, cause, confidence, note: `${note} (${info})` }
}

export const AZURE_FRONT_DOOR_PATTERNS: readonly Pattern[] = [
  error('OriginConnectionRefused', 'connect-refused', 0.96, 'the origin refused the connection'),
  error('OriginConnectionAborted', 'reset-before-response', 0.93, 'the origin broke the connection off'),
  error('OriginTimeout', 'response-timeout', 0.96, 'the origin did not answer in time (30 s unless set, 240 s at most)'),
  error('OriginInvalidResponse', 'malformed-response', 0.93, 'what the origin sent is not valid'),
  error('ResponseHeaderTooBig', 'header-too-large', 0.96, 'the header of the answer is too large'),
  error('DNSFailure', 'dns-nxdomain', 0.8, 'the name of the origin was not found'),
  error('DNSNameNotResolved', 'dns-nxdomain', 0.95, 'the name of the origin was not found'),
  error('DNSTimeout', 'dns-timeout', 0.95, 'nobody said in time where the origin is'),
  error('CertificateNameCheckFailed', 'tls-hostname-mismatch', 0.96, 'the certificate of the origin is for another name'),
  error('CertificateError', 'tls-untrusted', 0.85, 'the certificate of the origin is not valid or not trusted'),
  error('SSLInvalidRootCA', 'tls-untrusted', 0.95, 'the authority that signed the certificate of the origin is not trusted'),
  error('SSLHandshakeError', 'tls-handshake-failed', 0.9, 'the handshake with the origin failed'),
  error('ClientDisconnected', 'client-closed', 0.95, 'the visitor left'),
  {
    when: ({ flags, status }) => flags === 'NoError' && status === 503,
    cause: 'upstream-overloaded',
    confidence: 0.85,
    note: 'the origin said 503 itself (NoError)',
  },
  {
    when: ({ flags, status = 0 }) => flags === 'NoError' && status >= 500,
    cause: 'upstream-5xx',
    confidence: 0.85,
    note: 'the origin said it itself (NoError)',
  },
]
