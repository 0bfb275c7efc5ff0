/** Cloudflare, after its manual of 5xx errors and of the data set http_requests. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function entry(cause: KnownCauseId | null, status: number, origin: number): Line {
  const times = { EdgeStartTimestamp: '2026-11-22T10:00:00Z', EdgeEndTimestamp: '2026-11-22T10:00:01Z' }
  const request = { ClientIP: '203.0.113.9', ClientRequestHost: 'shop.example.com', ClientRequestMethod: 'GET', ClientRequestURI: '/cart' }
  const answer = {
    EdgeResponseStatus: status,
    OriginResponseStatus: origin,
    EdgeResponseBytes: 4100,
    OriginIP: '198.51.100.7',
    RayID: '8e6f0a2c1d3b4f5a',
  }
  return [cause, JSON.stringify({ ...request, ...times, ...answer })]
}

export const TROUPE = byHand('cloudflare', "After Cloudflare's manual of 5xx errors and Logpush.", {
  cloudflare: [
    entry('closed-before-response', 520, 0),
    entry('connect-refused', 521, 0),
    entry('connect-timeout', 522, 0),
    entry('connect-unreachable', 523, 0),
    entry('response-timeout', 524, 0),
    entry('tls-handshake-failed', 525, 0),
    entry('tls-untrusted', 526, 0),
    entry('dns-nxdomain', 530, 0),
    entry('client-closed', 499, 0),
    entry('upstream-5xx', 502, 502),
    entry('upstream-5xx', 500, 500),
    entry('upstream-overloaded', 503, 503),
    entry(null, 502, 0),
    entry(null, 200, 200),
    entry(null, 404, 404),
  ],
})
