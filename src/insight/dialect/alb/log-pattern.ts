/**
 * What a line of AWS ALB's access log proves: a `-` as the target's status means that the balancer said it. Its three timers are the way
 * in, the target's work and the way out; -1 was never begun. After the user guide; a 502 without more to go by stays without a cause.
 */
import type { LogEntry } from '../../log/log-entry.ts'
import type { Pattern } from '../../log/pattern.ts'

/** How long ALB lets a connection to a target take, and a handshake. */
const CONNECT_MS = 10_000
const SLACK_MS = 700

function isOwn({ upstreamStatuses }: LogEntry): boolean {
  return upstreamStatuses?.at(-1) === 0
}

function isAbout(ms: number | undefined, limitMs: number): boolean {
  return ms !== undefined && Math.abs(ms - limitMs) < SLACK_MS
}

export const ALB_PATTERNS: readonly Pattern[] = [
  {
    when: ({ status }) => status === 460,
    cause: 'client-closed',
    confidence: 0.97,
    note: 'the visitor left before the idle timeout (460)',
    status: 460,
  },
  {
    when: ({ status, flags }) => status === 502 && /^Lambda/.test(flags ?? ''),
    cause: 'worker-crashed',
    confidence: 0.8,
    note: 'the function failed; error_reason says how',
  },
  {
    when: (entry) => entry.status === 503 && isOwn(entry),
    cause: 'no-endpoints',
    confidence: 0.92,
    note: 'the target group has no target in use',
  },
  {
    when: (entry) => entry.status === 504 && isOwn(entry) && isAbout(entry.requestMs, CONNECT_MS),
    cause: 'connect-timeout',
    confidence: 0.88,
    note: 'the target did not take the connection within 10 s: mostly a security group or a network ACL',
  },
  {
    when: (entry) => entry.status === 504 && isOwn(entry),
    cause: 'response-timeout',
    confidence: 0.88,
    note: 'the target did not answer within the idle timeout (60 s unless set)',
  },
  {
    when: (entry) => entry.status === 502 && isOwn(entry) && (entry.timersMs?.[1] ?? -1) >= 0,
    cause: 'closed-before-response',
    confidence: 0.75,
    note: 'the target took the request and closed the connection, or sent what is not HTTP; compare its keep-alive with the idle timeout',
  },
  {
    when: (entry) => entry.status === 502 && isOwn(entry) && entry.timersMs?.[1] === -1 && entry.timersMs[0] !== -1,
    cause: 'connect-refused',
    confidence: 0.7,
    note: 'the target was never reached: it refused the connection, or no way leads there',
  },
  {
    when: (entry) => entry.status === 503 && !isOwn(entry),
    cause: 'upstream-overloaded',
    confidence: 0.93,
    note: 'the target said 503 itself (target_status_code)',
  },
  {
    when: ({ status = 0, upstreamStatuses }) => status >= 500 && upstreamStatuses?.at(-1) === status,
    cause: 'upstream-5xx',
    confidence: 0.94,
    note: 'the target said it itself (target_status_code)',
  },
]
