/** Fastly, after its manual of 503 and the JSON that its pages propose. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function entry(cause: KnownCauseId | null, reason: string, status = 503): Line {
  const request = {
    client_ip: '203.0.113.9',
    host: 'shop.example.com',
    url: '/cart',
    request_method: 'GET',
    request_user_agent: 'curl/8.14.1',
  }
  const answer = { response_state: 'ERROR', response_status: status, response_reason: reason, response_body_size: 449 }
  return [
    cause,
    JSON.stringify({
      timestamp: '2026-11-22T10:00:00+0000',
      ...request,
      ...answer,
      fastly_server: 'cache-fra-etou8220074',
      fastly_is_edge: true,
    }),
  ]
}

export const TROUPE = byHand('fastly', "After Fastly's manual of 503.", {
  fastly: [
    entry('tls-hostname-mismatch', "hostname doesn't match against certificate"),
    entry('tls-cert-expired', 'certificate has expired'),
    entry('tls-untrusted', 'unable to get local issuer certificate'),
    entry('tls-untrusted', 'self signed certificate'),
    entry('tls-handshake-failed', 'SSL handshake error'),
    entry('response-timeout', 'first byte timeout'),
    entry('idle-timeout', 'between bytes timeout'),
    entry('connect-timeout', 'connection timed out'),
    entry('connect-refused', 'Connection refused'),
    entry('overload-shed', 'Backend.max_conn reached'),
    entry('no-healthy-upstream', 'Backend is unhealthy'),
    entry('no-healthy-upstream', 'All backends failed or unhealthy'),
    entry('reset-before-response', 'backend read error'),
    entry('request-write-failed', 'backend write error'),
    entry('proxy-loop', 'Loop detected'),
    entry(null, 'Service Unavailable'),
    entry(null, 'Bad Gateway', 502),
    entry(null, 'OK', 200),
  ],
})
