/** What Fastly writes in the place of a reason phrase when it answers 503 itself. After its manual. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function reason(words: RegExp, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when: ({ status, detail = '' }) => status === 503 && words.test(detail), cause, confidence, note }
}

export const FASTLY_PATTERNS: readonly Pattern[] = [
  reason(/hostname doesn't match/i, 'tls-hostname-mismatch', 0.96, 'the certificate of the origin is for another name'),
  reason(/^certificate has expired/i, 'tls-cert-expired', 0.96, 'the certificate of the origin has expired'),
  reason(/^(?:self signed certificate|unable to get local issuer)/i, 'tls-untrusted', 0.95, 'the certificate of the origin is not trusted'),
  reason(/^SSL handshake error/i, 'tls-handshake-failed', 0.93, 'the handshake with the origin failed'),
  reason(/^first byte timeout/i, 'response-timeout', 0.97, 'the origin did not begin to answer in time (15 s unless set)'),
  reason(/^between bytes timeout/i, 'idle-timeout', 0.97, 'the origin was silent in the middle of its answer (10 s unless set)'),
  reason(/^connection timed out/i, 'connect-timeout', 0.93, 'the origin did not take the connection in time'),
  reason(/^connection refused/i, 'connect-refused', 0.95, 'the origin refused the connection'),
  reason(/^backend\.max_conn reached/i, 'overload-shed', 0.96, 'there are as many connections to the origin as may be (max_conn)'),
  reason(
    /^(?:backend is unhealthy|all backends (?:failed|unhealthy))/i,
    'no-healthy-upstream',
    0.95,
    'the health check takes the origin to be down',
  ),
  reason(/^backend read error/i, 'reset-before-response', 0.75, 'the connection broke, or was silent, before the answer'),
  reason(/^backend write error/i, 'request-write-failed', 0.93, 'the request could not be sent to its end'),
  reason(/^loop detected/i, 'proxy-loop', 0.97, 'the request came back to Fastly'),
]
