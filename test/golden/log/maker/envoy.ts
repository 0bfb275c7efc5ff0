/** Envoy, after its documentation of the access log, response flags and response code details, and router.cc. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

let ordinal = 0

/** As Istio configures it: with details and the reason of the transport. */
function istio(cause: KnownCauseId | null, status: number, flags: string, details: string, reason = '-', ms = 3): Line {
  const id = `9a1f0c3e-0000-4000-8000-${String(++ordinal).padStart(12, '0')}`
  const head = `[2026-11-22T10:00:${String(ordinal % 60).padStart(2, '0')}.120Z] "GET /cart HTTP/1.1" ${status} ${flags} ${details} - "${reason}"`
  return [
    cause,
    `${head} 0 95 ${ms} - "203.0.113.9" "curl/8.5.0" "${id}" "shop.example.com" "10.0.0.5:8080" outbound|8080||app.shop.svc.cluster.local - 10.0.0.9:80 203.0.113.9:0 - default`,
  ]
}

function plain(cause: KnownCauseId | null, status: number, flags: string): Line {
  return [
    cause,
    `[2026-11-22T10:01:00.120Z] "GET /cart HTTP/1.1" ${status} ${flags} 0 95 3 - "203.0.113.9" "curl/8.5.0" "9a1f0c3e" "shop.example.com" "10.0.0.5:8080"`,
  ]
}

function json(cause: KnownCauseId | null, status: number, flags: string, details: string, reason: string | null = null): Line {
  return [
    cause,
    JSON.stringify({
      start_time: '2026-11-22T10:02:00.120Z',
      method: 'GET',
      path: '/cart',
      protocol: 'HTTP/1.1',
      response_code: status,
      response_flags: flags,
      response_code_details: details,
      upstream_transport_failure_reason: reason,
      bytes_sent: 95,
      duration: 3,
      upstream_host: '10.0.0.5:8080',
      upstream_cluster: 'outbound|8080||app.shop.svc.cluster.local',
      authority: 'shop.example.com',
    }),
  ]
}

const RESET = 'upstream_reset_before_response_started'

export const TROUPE = byHand('envoy', 'After the documentation and the sources of Envoy.', {
  envoy: [
    istio('connect-refused', 503, 'UF,URX', `${RESET}{remote_connection_failure|delayed_connect_error:_111}`, 'delayed_connect_error:_111'),
    istio('connect-timeout', 503, 'UF', `${RESET}{connection_timeout}`),
    istio('connect-timeout', 503, 'UF', `${RESET}{remote_connection_failure|delayed_connect_error:_110}`, 'delayed_connect_error:_110'),
    istio('connect-unreachable', 503, 'UF', `${RESET}{remote_connection_failure|delayed_connect_error:_113}`, 'delayed_connect_error:_113'),
    istio(
      'tls-untrusted',
      503,
      'UF',
      `${RESET}{remote_connection_failure|TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end}`,
    ),
    istio(
      'tls-cert-expired',
      503,
      'UF',
      `${RESET}{remote_connection_failure|TLS_error:|268436501:SSL_routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_EXPIRED:TLS_error_end}`,
    ),
    istio(
      'tls-to-plaintext-port',
      503,
      'UF',
      `${RESET}{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}`,
    ),
    istio(
      'tls-protocol-mismatch',
      503,
      'UF',
      `${RESET}{remote_connection_failure|TLS_error:|268436496:SSL_routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE:TLS_error_end}`,
    ),
    istio('closed-before-response', 503, 'UC', `${RESET}{connection_termination}`),
    istio('truncated-body', 200, 'UC', 'upstream_reset_after_response_started{connection_termination}'),
    istio('reset-before-response', 503, 'UR', `${RESET}{remote_reset}`),
    istio('closed-before-response', 503, 'LR', `${RESET}{local_reset}`),
    istio('malformed-response', 502, 'UPE', `${RESET}{protocol_error}`),
    istio('response-timeout', 504, 'UT', 'response_timeout', '-', 15000),
    istio('response-timeout', 504, 'UMSDR', 'upstream_max_stream_duration_reached', '-', 15000),
    istio('idle-timeout', 504, 'SI', 'stream_idle_timeout', '-', 300000),
    istio('no-healthy-upstream', 503, 'UH', 'no_healthy_upstream'),
    istio('no-endpoints', 503, 'NC', 'cluster_not_found'),
    istio('overload-shed', 503, 'UO', `${RESET}{overflow}`),
    istio('overload-shed', 503, 'OM', 'overload'),
    istio('dns-nxdomain', 503, 'DF', 'dns_resolution_failure'),
    istio('upstream-draining', 503, 'LH', 'health_check_failed'),
    istio('client-closed', 0, 'DC', 'downstream_remote_disconnect'),
    istio('gateway-config', 500, 'NFCF', 'filter_config_not_found'),
    istio('upstream-5xx', 500, '-', 'via_upstream'),
    istio('upstream-5xx', 502, 'URX', 'via_upstream'),
    istio('upstream-overloaded', 503, '-', 'via_upstream'),
    istio(null, 404, 'NR', 'route_not_found'),
    istio(null, 200, '-', 'via_upstream'),
    istio(null, 403, 'UAEX', 'ext_authz_denied'),
    plain('connect-refused', 503, 'UF'),
    plain('response-timeout', 504, 'UT'),
    plain('no-healthy-upstream', 503, 'UH'),
    plain(null, 200, '-'),
  ],
  'envoy-json': [
    json('connect-refused', 503, 'UF,URX', `${RESET}{remote_connection_failure|delayed_connect_error:_111}`, 'delayed connect error: 111'),
    json(
      'tls-untrusted',
      503,
      'UF',
      `${RESET}{remote_connection_failure}`,
      'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED',
    ),
    json('no-healthy-upstream', 503, 'UH', 'no_healthy_upstream'),
    json('upstream-5xx', 502, '-', 'via_upstream'),
    json(null, 200, '-', 'via_upstream'),
  ],
})
