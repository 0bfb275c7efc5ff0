/** AWS ALB, after the user guide of its access logs and its list of HTTP errors. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function entry(cause: KnownCauseId | null, times: string, status: string, target: string, reason = '-'): Line {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/943f017f100becff'
  const tail = `"GET https://shop.example.com:443/cart HTTP/2.0" "curl/8.5.0" TLS_AES_128_GCM_SHA256 TLSv1.3 ${arn} "Root=1-673f0a2c-0" "shop.example.com" "session-reused" 0 2026-11-22T10:00:00.000000Z "forward" "-" "${reason}" "-" "${target}" "-" "-" TID_1`
  return [
    cause,
    `https 2026-11-22T10:01:00.000000Z app/shop/50dc6c495c0c9188 203.0.113.9:40001 10.0.0.5:8080 ${times} ${status} ${target} 120 274 ${tail}`,
  ]
}

export const TROUPE = byHand('alb', 'After the user guide of Application Load Balancers.', {
  alb: [
    entry('connect-refused', '0.001 -1 -1', '502', '-'),
    entry('closed-before-response', '0.001 0.003 -1', '502', '-'),
    entry('closed-before-response', '0.000 0.001 0.000', '502', '-'),
    entry('worker-crashed', '0.001 0.532 -1', '502', '-', 'LambdaUnhandled'),
    entry('no-endpoints', '-1 -1 -1', '503', '-'),
    entry('connect-timeout', '10.001 -1 -1', '504', '-'),
    entry('response-timeout', '0.001 60.000 -1', '504', '-'),
    entry('response-timeout', '-1 -1 -1', '504', '-'),
    entry('client-closed', '-1 -1 -1', '460', '-'),
    entry('upstream-5xx', '0.001 0.032 0.000', '500', '500'),
    entry('upstream-5xx', '0.001 0.032 0.000', '502', '502'),
    entry('upstream-5xx', '0.001 59.032 0.000', '504', '504'),
    entry('upstream-overloaded', '0.001 0.004 0.000', '503', '503'),
    entry(null, '0.001 0.004 0.000', '200', '200'),
    entry(null, '0.001 0.004 0.000', '404', '404'),
    entry(null, '-1 -1 -1', '403', '-'),
    entry(null, '-1 -1 -1', '463', '-'),
  ],
})
