/** The reason that Apache Traffic Server gives for an answer it made itself. After its source. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function reason(when: RegExp, cause: KnownCauseId, confidence: number, note: string): Pattern {
  return { when, cause, confidence, note }
}

export const TRAFFICSERVER_PATTERNS: readonly Pattern[] = [
  reason(/^Connect Error <.*\/111>$/, 'connect-refused', 0.96, 'the connection was refused'),
  reason(/^Connect Error <.*\/110>$/, 'connect-timeout', 0.95, 'the connection did not come about in time'),
  reason(/^Connect Error <.*\/(?:101|113)>$/, 'connect-unreachable', 0.95, 'no way leads to that address'),
  reason(/^(?:Next Hop |Server )?Connection Failed$/, 'connect-refused', 0.75, 'no connection to the server came about'),
  reason(/^Server Hangup$/, 'closed-before-response', 0.95, 'the server closed the connection instead of answering'),
  reason(/^No Response Header From Server$/, 'closed-before-response', 0.93, 'the server sent no header'),
  reason(/^(?:Connection Timed Out|Maximum Transaction Time Exceeded)$/, 'response-timeout', 0.8, 'the server did not answer in time'),
  reason(/^(?:Invalid HTTP Response|Malformed Server Response(?: Status)?)$/, 'malformed-response', 0.95, 'what came is not valid HTTP'),
  reason(/^Origin server congested$/, 'overload-shed', 0.93, 'there are as many connections to the server as may be'),
]
