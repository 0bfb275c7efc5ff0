/**
 * What Traefik's logs prove. The reasons of 502 and 504 are at DEBUG; the JSON access log still tells by OriginStatus who said it. What is
 * no error of the network becomes a 500. After Traefik's sources (pkg/proxy/httputil); not run here.
 */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import type { Pattern } from '../../log/pattern.ts'

function said(reason: RegExp, cause: KnownCauseId, confidence: number, note: string): Pattern {
  const when = new RegExp(`^'?(?:49|50)\\d [A-Z].*(?:${reason.source})`)
  return { when, cause, confidence, note }
}

/** The server answered, and with what. */
function originSaid({ status = 0, upstreamStatuses }: LogEntry): boolean {
  return status >= 500 && upstreamStatuses?.at(-1) === status
}

export const TRAEFIK_PATTERNS: readonly Pattern[] = [
  said(/no such host/, 'dns-nxdomain', 0.96, 'the name of the server does not exist'),
  said(/connection refused/, 'connect-refused', 0.97, 'nothing listens at the address of the server'),
  said(/no route to host|network is unreachable/, 'connect-unreachable', 0.97, 'no way leads to the address of the server'),
  said(/dial .*i\/o timeout/, 'connect-timeout', 0.96, 'the server did not take the connection within dialTimeout'),
  said(
    /timeout awaiting response headers|context deadline exceeded/,
    'response-timeout',
    0.96,
    'the server did not answer within responseHeaderTimeout',
  ),
  said(/context canceled/, 'client-closed', 0.96, 'the visitor left'),
  said(/connection reset by peer/, 'reset-before-response', 0.95, 'the server reset the connection instead of answering'),
  said(/server closed idle connection/, 'keepalive-race', 0.95, 'the server closed a kept connection as it was used again'),
  said(/\bEOF\b/, 'closed-before-response', 0.92, 'the server closed the connection instead of answering'),
  said(/certificate has expired|not yet valid/, 'tls-cert-expired', 0.97, 'the certificate of the server is not valid today'),
  said(/certificate is valid for|IP SANs|not valid for any names/, 'tls-hostname-mismatch', 0.97, 'the certificate is for another name'),
  said(/x509: |failed to verify certificate/, 'tls-untrusted', 0.95, 'Traefik does not trust the certificate of the server'),
  said(/first record does not look like a TLS|HTTP response to HTTPS/, 'tls-to-plaintext-port', 0.96, 'the server answers in plain text'),
  said(/tls: /, 'tls-protocol-mismatch', 0.85, 'the handshake failed'),
  said(/malformed HTTP|malformed MIME/, 'malformed-response', 0.95, 'what the server sent is not valid HTTP'),
  {
    when: /[Hh]ealth ?check failed/,
    cause: 'no-healthy-upstream',
    confidence: 0.85,
    note: 'a health check failed, and the server was taken out',
    about: 'event',
    explains: ['no-healthy-upstream'],
    withinMs: 60_000,
  },
  {
    when: ({ kind, status }) => kind === 'access' && status === 499,
    cause: 'client-closed',
    confidence: 0.97,
    note: 'the visitor left (499)',
    status: 499,
  },
  {
    when: (entry) => entry.status === 503 && originSaid(entry),
    cause: 'upstream-overloaded',
    confidence: 0.93,
    note: 'the server said 503 itself (OriginStatus)',
  },
  { when: originSaid, cause: 'upstream-5xx', confidence: 0.93, note: 'the server said it itself (OriginStatus)' },
]
