/** What lighttpd says of those behind it. A line about the connection comes before one about the request, and tells its reason. */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { Pattern } from '../../log/pattern.ts'

function failed(words: RegExp, cause: KnownCauseId, note: string): Pattern {
  const when = new RegExp(`^establishing connection failed: .*(?:${words.source})`)
  return { when, cause, confidence: 0.97, note, about: 'event', explains: ['no-healthy-upstream'], withinMs: 5_000 }
}

export const LIGHTTPD_PATTERNS: readonly Pattern[] = [
  failed(/Cannot assign requested address/, 'port-exhaustion', 'there was no local port left for the connection'),
  failed(/Connection refused/, 'connect-refused', 'the connection was refused'),
  failed(/Connection timed out/, 'connect-timeout', 'the connection did not come about in time (connect-timeout)'),
  failed(/No route to host|Network is unreachable/, 'connect-unreachable', 'no way leads to that address'),
  failed(/No such file or directory/, 'socket-missing', 'the unix socket is not there'),
  {
    when: /^all handlers for .* are down\.$/,
    cause: 'no-healthy-upstream',
    confidence: 0.95,
    note: 'all servers behind are taken to be down',
    status: 503,
  },
  { when: /^read timeout on socket: /, cause: 'response-timeout', confidence: 0.95, note: 'lighttpd waited for read-timeout', status: 504 },
  { when: /^response headers too large for /, cause: 'header-too-large', confidence: 0.97, note: 'the header is too large', status: 502 },
  {
    when: /^read\(\) .*: Connection reset by peer/,
    cause: 'reset-before-response',
    confidence: 0.9,
    note: 'the server behind reset the connection',
    about: 'event',
    explains: ['closed-before-response'],
    withinMs: 1_000,
  },
  {
    when: /^connection was dropped after accept\(\)/,
    cause: 'worker-crashed',
    confidence: 0.8,
    note: 'the app took the connection and dropped it: as a rule its process died',
    about: 'event',
    explains: ['closed-before-response', 'reset-before-response'],
    withinMs: 2_000,
  },
  { when: /^unexpected end-of-file \(perhaps the fastcgi/, cause: null, confidence: 1, note: 'the line that follows is of the request' },
  {
    when: /^response not received, request sent: /,
    cause: 'closed-before-response',
    confidence: 0.9,
    note: 'the connection ended before an answer came',
  },
  {
    when: /^child signalled: \d+/,
    cause: 'worker-crashed',
    confidence: 0.95,
    note: 'an app that lighttpd had started crashed',
    about: 'event',
    explains: ['closed-before-response', 'no-healthy-upstream', 'connect-refused'],
    withinMs: 3_000,
  },
]
