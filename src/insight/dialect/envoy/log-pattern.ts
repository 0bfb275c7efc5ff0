/**
 * What Envoy's access log proves by its response flags and response code details, in the order that tells most. `via_upstream` in the
 * details: the server behind said the status itself. After Envoy's sources (router.cc, stream_info.h); not run here.
 */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

/** URX only says that it was tried again; the flag beside it says what happened. */
function flag(names: string, cause: KnownCauseId, confidence: number, note: string, reason?: RegExp): Pattern {
  const own = new RegExp(`(?:^|,)(?:${names})(?:,|$)`)
  return {
    when: ({ flags, detail }) => own.test(flags ?? '') && (reason === undefined || reason.test(detail ?? '')),
    cause,
    confidence,
    note,
  }
}

export const ENVOY_PATTERNS: readonly Pattern[] = [
  flag(
    'UF',
    'tls-cert-expired',
    0.95,
    'the certificate of the server is not valid today',
    /certificate.?(?:has.)?expired|CERTIFICATE_EXPIRED/i,
  ),
  flag('UF', 'tls-untrusted', 0.9, 'Envoy does not trust the certificate of the server', /CERTIFICATE_VERIFY_FAILED/i),
  flag('UF', 'tls-to-plaintext-port', 0.95, 'Envoy speaks TLS, and the server does not', /WRONG_VERSION_NUMBER/i),
  flag('UF', 'tls-protocol-mismatch', 0.85, 'the handshake failed', /TLS_error|TLS error|SSL|tls/),
  flag('UF', 'connect-refused', 0.96, 'nothing listens at the address of the server', /error:.?111|refused/i),
  flag('UF', 'connect-unreachable', 0.95, 'no way leads to the address of the server', /error:.?(?:113|101)|unreachable/i),
  flag(
    'UF',
    'connect-timeout',
    0.95,
    'the server did not take the connection within connect_timeout',
    /error:.?110|connection.timeout|timed.?out/i,
  ),
  flag('UF', 'connect-refused', 0.7, 'the connection failed, and the log does not have the reason'),
  flag('UC', 'truncated-body', 0.93, 'the server closed the connection in the middle of its answer', /after_response_started/),
  flag(
    'UC',
    'closed-before-response',
    0.9,
    'the server closed or reset the connection; Envoy keeps idle ones for an hour, so it may have been a kept one',
  ),
  flag('UR', 'reset-before-response', 0.9, 'the server reset the request'),
  flag('LR', 'closed-before-response', 0.75, 'Envoy gave the request up: its own limit, or half a connection'),
  flag('UPE', 'malformed-response', 0.92, 'the server broke the protocol'),
  flag('UT|UMSDR', 'response-timeout', 0.96, 'the server did not answer within the timeout of the route (15 s unless set)'),
  flag('SI', 'idle-timeout', 0.95, 'nothing was sent for as long as stream_idle_timeout'),
  flag('UH', 'no-healthy-upstream', 0.97, 'no host of the cluster was healthy'),
  flag('NC', 'no-endpoints', 0.95, 'the cluster of the route does not exist'),
  flag('UO|OM|DO', 'overload-shed', 0.95, 'a circuit breaker or the overload manager turned the request away'),
  flag('DF', 'dns-nxdomain', 0.8, 'the name of the server was not found; Envoy does not say why'),
  flag('LH', 'upstream-draining', 0.9, 'this Envoy is draining'),
  flag('DC|DR', 'client-closed', 0.96, 'the visitor left'),
  flag('NFCF', 'gateway-config', 0.9, 'the configuration of a filter is missing'),
  {
    when: ({ status, detail }) => status === 503 && /via_upstream/.test(detail ?? ''),
    cause: 'upstream-overloaded',
    confidence: 0.93,
    note: 'the server said 503 itself (via_upstream)',
  },
  {
    when: ({ status = 0, detail }) => status >= 500 && /via_upstream/.test(detail ?? ''),
    cause: 'upstream-5xx',
    confidence: 0.95,
    note: 'the server said it itself (via_upstream)',
  },
]
