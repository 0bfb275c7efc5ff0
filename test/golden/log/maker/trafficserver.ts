/** Apache Traffic Server, after its source. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function sent(cause: KnownCauseId | null, status: number, reason: string): Line {
  return [cause, `20261122.10h00m00s RESPONSE: sent 203.0.113.9 status ${status} (${reason}) for 'http://shop.example.com/cart'`]
}

export const TROUPE = byHand('trafficserver', 'After the source of Apache Traffic Server.', {
  'trafficserver-error': [
    sent('connect-refused', 502, 'Connect Error <Connection refused/111>'),
    sent('connect-timeout', 502, 'Connect Error <Connection timed out/110>'),
    sent('connect-unreachable', 502, 'Connect Error <No route to host/113>'),
    sent('connect-refused', 502, 'Server Connection Failed'),
    sent('connect-refused', 502, 'Next Hop Connection Failed'),
    sent('closed-before-response', 502, 'Server Hangup'),
    sent('closed-before-response', 502, 'No Response Header From Server'),
    sent('response-timeout', 504, 'Connection Timed Out'),
    sent('response-timeout', 504, 'Maximum Transaction Time Exceeded'),
    sent('malformed-response', 502, 'Invalid HTTP Response'),
    sent('malformed-response', 502, 'Malformed Server Response Status'),
    sent('overload-shed', 503, 'Origin server congested'),
    sent(null, 404, 'Not Found on Accelerator'),
  ],
})
