/** Google Cloud's load balancers, after the manual of their logs (statusDetails). */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function entry(cause: KnownCauseId | null, status: number, statusDetails: string, latency = '0.012s'): Line {
  const httpRequest = {
    requestMethod: 'GET',
    requestUrl: 'https://shop.example.com/cart',
    requestSize: '120',
    status,
    responseSize: '332',
    userAgent: 'curl/8.5.0',
    remoteIp: '203.0.113.9',
    serverIp: '10.0.0.5',
    latency,
  }
  const jsonPayload = { '@type': 'type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry', statusDetails }
  const resource = { type: 'http_load_balancer', labels: { backend_service_name: 'shop', project_id: 'shop' } }
  return [
    cause,
    JSON.stringify({ httpRequest, insertId: '1fx3', jsonPayload, resource, severity: 'WARNING', timestamp: '2026-11-22T10:00:00.000000Z' }),
  ]
}

export const TROUPE = byHand('gclb', 'After the manual of the logs of external Application Load Balancers.', {
  gclb: [
    entry('connect-refused', 502, 'failed_to_connect_to_backend'),
    entry('no-healthy-upstream', 502, 'failed_to_pick_backend'),
    entry('closed-before-response', 502, 'backend_connection_closed_before_data_sent_to_client'),
    entry('truncated-body', 200, 'backend_connection_closed_after_partial_response_sent'),
    entry('response-timeout', 502, 'backend_timeout', '30.001s'),
    entry('malformed-response', 502, 'backend_response_corrupted'),
    entry('header-too-large', 502, 'backend_response_headers_too_long'),
    entry('request-write-failed', 502, 'backend_early_response_with_non_error_status'),
    entry('request-write-failed', 502, 'aborted_request_due_to_backend_early_response'),
    entry('http-protocol-mismatch', 502, 'backend_interim_response_not_supported'),
    entry('corrupt-encoding', 502, 'error_uncompressing_gzipped_body'),
    entry('tls-protocol-mismatch', 502, 'failed_to_negotiate_alpn'),
    entry('tls-hostname-mismatch', 502, 'ssl_certificate_san_verification_failed'),
    entry('tls-untrusted', 502, 'ssl_certificate_chain_verification_failed'),
    entry('tls-untrusted', 502, 'server_cert_chain_exceeded_limit'),
    entry('proxy-loop', 502, 'request_loop_detected'),
    entry('client-closed', 0, 'client_disconnected_before_any_response'),
    entry('client-closed', 200, 'client_disconnected_after_partial_response'),
    entry('client-closed', 408, 'client_timed_out'),
    entry('no-endpoints', 502, 'serverless_neg_routing_failed'),
    entry('gateway-internal', 502, 'internal_error'),
    entry('upstream-5xx', 500, 'response_sent_by_backend'),
    entry('upstream-overloaded', 503, 'response_sent_by_backend'),
    entry(null, 200, 'response_sent_by_backend'),
    entry(null, 403, 'denied_by_security_policy'),
  ],
})
