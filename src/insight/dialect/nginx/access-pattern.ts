/** What a line of nginx's access log proves by its variables of the upstream: less than the error log does, and no more is said. */
import type { LogEntry } from '../../log/log-entry.ts'
import type { Pattern } from '../../log/pattern.ts'

/** A refusal takes no longer than the way there and back. */
const QUICK_MS = 50

/** nginx writes its own 502 and 504 into $upstream_status too; what the server said came with bytes. */
function isFromUpstream({ status = 0, upstreamStatuses = [], upstreamBytes = 0, headerMs }: LogEntry): boolean {
  return status >= 500 && upstreamStatuses.at(-1) === status && (upstreamBytes > 0 || (headerMs?.at(-1) ?? -1) >= 0)
}

/** Its times, of which the last attempt has none where it never came so far. */
function isMissing(times: readonly number[] | undefined): boolean {
  return times?.at(-1) === -1
}

export const NGINX_ACCESS_PATTERNS: readonly Pattern[] = [
  {
    when: ({ status }) => status === 499,
    cause: 'client-closed',
    confidence: 0.97,
    note: 'the visitor left before the answer (499)',
    status: 499,
  },
  {
    when: (entry) => entry.status === 503 && isFromUpstream(entry),
    cause: 'upstream-overloaded',
    confidence: 0.9,
    note: 'the server said 503 itself ($upstream_status)',
  },
  { when: isFromUpstream, cause: 'upstream-5xx', confidence: 0.92, note: 'the server said it itself ($upstream_status)' },
  {
    when: ({ status = 0, upstream = '' }) => status >= 502 && status <= 504 && /^[a-z][\w.-]*$/i.test(upstream) && !upstream.includes(':'),
    cause: 'no-healthy-upstream',
    confidence: 0.9,
    note: '$upstream_addr is the name of the group: none of its servers was asked',
  },
  {
    when: ({ status, connectMs }) => status === 504 && isMissing(connectMs),
    cause: 'connect-timeout',
    confidence: 0.9,
    note: '$upstream_connect_time is missing: the server did not take the connection in time',
  },
  {
    when: ({ status, connectMs, upstreamMs, upstream = '' }) =>
      status === 502 && isMissing(connectMs) && (upstreamMs?.at(-1) ?? 99) < QUICK_MS && !upstream.startsWith('unix:'),
    cause: 'connect-refused',
    confidence: 0.7,
    note: 'it never connected ($upstream_connect_time is missing), and was told so at once',
  },
  {
    when: ({ status, connectMs, headerMs }) => status === 504 && !isMissing(connectMs) && isMissing(headerMs),
    cause: 'response-timeout',
    confidence: 0.9,
    note: 'it connected ($upstream_connect_time), and $upstream_header_time is missing: no answer came in time',
  },
]
