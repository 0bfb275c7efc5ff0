/** What Cloudflare's own statuses mean, and who said the others (OriginResponseStatus 0: the origin never answered). After its manual. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function edge(status: number, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when: (entry) => entry.status === status, cause, confidence, note }
}

export const CLOUDFLARE_PATTERNS: readonly Pattern[] = [
  edge(520, 'closed-before-response', 0.7, 'the origin closed or reset the connection, or sent what is not valid HTTP'),
  edge(521, 'connect-refused', 0.93, 'the origin refused the connection; a firewall may do that to Cloudflare alone'),
  edge(522, 'connect-timeout', 0.93, 'the origin did not take the connection within 19 s; mostly its firewall drops Cloudflare'),
  edge(523, 'connect-unreachable', 0.9, 'no way leads to the origin; its address may have changed'),
  edge(524, 'response-timeout', 0.96, 'the origin did not answer within 120 s (100 s on older plans)'),
  edge(525, 'tls-handshake-failed', 0.93, 'the handshake with the origin failed'),
  edge(526, 'tls-untrusted', 0.85, 'the certificate of the origin is not valid: expired, self-signed, or for another name'),
  edge(530, 'dns-nxdomain', 0.75, 'the name of the origin was not found (error 1016)'),
  edge(499, 'client-closed', 0.95, 'the visitor left'),
  {
    when: ({ status, upstreamStatuses }) => status === 503 && upstreamStatuses?.at(-1) === 503,
    cause: 'upstream-overloaded',
    confidence: 0.93,
    note: 'the origin said 503 itself (OriginResponseStatus)',
  },
  {
    when: ({ status = 0, upstreamStatuses }) => status >= 500 && upstreamStatuses?.at(-1) === status,
    cause: 'upstream-5xx',
    confidence: 0.94,
    note: 'the origin said it itself (OriginResponseStatus)',
  },
]
