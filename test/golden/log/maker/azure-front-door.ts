/** Azure Front Door, after its manual of the access log. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function entry(cause: KnownCauseId | null, errorInfo: string, status = 502): Line {
  const properties = {
    trackingReference: '0K2gCZQ',
    httpMethod: 'GET',
    httpVersion: '2.0.0.0',
    requestUri: 'https://shop.example.com:443/cart',
    hostName: 'shop.example.com',
    originName: 'origin.example.com:443',
    originIp: '198.51.100.7:443',
    clientIp: '203.0.113.9',
    timeTaken: '0.123',
    httpStatusCode: String(status),
    errorInfo,
    cacheStatus: 'CACHE_NOCONFIG',
    responseBytes: '1201',
    userAgent: 'curl/8.14.1',
  }
  return [cause, JSON.stringify({ time: '2026-11-22T10:00:00.0000000Z', category: 'FrontDoorAccessLog', properties })]
}

export const TROUPE = byHand('azure-front-door', "After Azure Front Door's manual of errorInfo.", {
  'azure-front-door': [
    entry('connect-refused', 'OriginConnectionRefused', 503),
    entry('reset-before-response', 'OriginConnectionAborted', 503),
    entry('response-timeout', 'OriginTimeout', 504),
    entry('malformed-response', 'OriginInvalidResponse', 503),
    entry('header-too-large', 'ResponseHeaderTooBig'),
    entry('dns-nxdomain', 'DNSFailure'),
    entry('dns-nxdomain', 'DNSNameNotResolved'),
    entry('dns-timeout', 'DNSTimeout'),
    entry('tls-hostname-mismatch', 'CertificateNameCheckFailed'),
    entry('tls-untrusted', 'CertificateError'),
    entry('tls-untrusted', 'SSLInvalidRootCA'),
    entry('tls-handshake-failed', 'SSLHandshakeError'),
    entry('client-closed', 'ClientDisconnected', 499),
    entry('upstream-overloaded', 'NoError', 503),
    entry('upstream-5xx', 'NoError', 500),
    entry(null, 'OriginConnectionError', 503),
    entry(null, 'RestrictedIP', 403),
    entry(null, 'NoError', 200),
  ],
})
