/** Traefik, after its sources (pkg/proxy/httputil, pkg/middlewares/accesslog). */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

const STATUSES: Readonly<Record<number, string>> = {
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
}

/** On the console at DEBUG; what becomes a 500 is at ERROR. */
function said(cause: KnownCauseId | null, status: number, error: string): Line {
  const level = status === 500 ? 'ERR' : 'DBG'
  return [
    cause,
    `2026-11-22T10:00:00Z ${level} github.com/traefik/traefik/v3/pkg/proxy/httputil/proxy.go:121 > ${status} ${STATUSES[status]} error="${error}"`,
  ]
}

function access(cause: KnownCauseId | null, status: number, origin: number | null): Line {
  const fields = {
    ClientHost: '203.0.113.9',
    RequestMethod: 'GET',
    RequestPath: '/cart',
    RequestHost: 'shop.example.com',
    RetryAttempts: 0,
    ServiceAddr: '10.0.0.5:8080',
    ServiceName: 'shop@docker',
  }
  const times = { Duration: 1_500_000, StartUTC: '2026-11-22T10:01:00.000000000Z', level: 'info', msg: '', time: '2026-11-22T10:01:00Z' }
  const statuses = {
    DownstreamStatus: status,
    DownstreamContentSize: 11,
    ...(origin !== null && { OriginStatus: origin, OriginDuration: 1_400_000 }),
  }
  return [cause, JSON.stringify({ ...fields, ...statuses, ...times })]
}

function clf(cause: KnownCauseId | null, status: number): Line {
  return [
    cause,
    `203.0.113.9 - - [22/Nov/2026:10:02:00 +0000] "GET /cart HTTP/1.1" ${status} 11 "-" "-" 7 "shop@docker" "http://10.0.0.5:8080" 2ms`,
  ]
}

export const TROUPE = byHand('traefik', 'After the sources of Traefik.', {
  'traefik-log': [
    said('connect-refused', 502, 'dial tcp 10.0.0.5:8080: connect: connection refused'),
    said('connect-unreachable', 502, 'dial tcp 10.0.0.5:8080: connect: no route to host'),
    said('dns-nxdomain', 502, 'dial tcp: lookup app on 127.0.0.11:53: no such host'),
    said('connect-timeout', 504, 'dial tcp 10.0.0.5:8080: i/o timeout'),
    said('response-timeout', 504, 'net/http: timeout awaiting response headers'),
    said('client-closed', 499, 'context canceled'),
    said('reset-before-response', 502, 'read tcp 10.0.0.2:40001->10.0.0.5:8080: read: connection reset by peer'),
    said('closed-before-response', 502, 'EOF'),
    said('keepalive-race', 500, 'http: server closed idle connection'),
    said(
      'tls-cert-expired',
      500,
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T10:00:00Z is after 2026-11-01T00:00:00Z',
    ),
    said(
      'tls-hostname-mismatch',
      500,
      "tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.5 because it doesn't contain any IP SANs",
    ),
    said('tls-untrusted', 500, 'tls: failed to verify certificate: x509: certificate signed by unknown authority'),
    said('tls-to-plaintext-port', 500, 'tls: first record does not look like a TLS handshake'),
    said('tls-protocol-mismatch', 500, 'remote error: tls: handshake failure'),
    said('malformed-response', 500, 'net/http: HTTP/1.x transport connection broken: malformed HTTP response \\"SSH-2.0-OpenSSH_9.2\\"'),
    [
      'no-healthy-upstream',
      '2026-11-22T10:00:01Z WRN github.com/traefik/traefik/v3/pkg/healthcheck/healthcheck.go:128 > Health check failed. error="HTTP request failed: Get \\"http://10.0.0.5:8080/up\\": dial tcp 10.0.0.5:8080: connect: connection refused" targetURL=http://10.0.0.5:8080',
    ],
    [
      null,
      '2026-11-22T10:00:02Z INF github.com/traefik/traefik/v3/cmd/traefik/traefik.go:114 > Traefik version 3.1.0 built on 2024-07-15T14:00:00Z',
    ],
  ],
  'traefik-json': [
    access('upstream-5xx', 500, 500),
    access('upstream-5xx', 502, 502),
    access('upstream-overloaded', 503, 503),
    access('client-closed', 499, null),
    access(null, 502, null),
    access(null, 200, 200),
    access(null, 404, 404),
  ],
  traefik: [clf('client-closed', 499), clf(null, 502), clf(null, 200)],
})
