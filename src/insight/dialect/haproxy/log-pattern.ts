/**
 * What HAProxy's logs say, by the first two letters of the termination state (manual §8.5): who ended the session, and in which phase.
 * `<NOSRV>` was never sent on; `-1` in the timers is a phase that was never finished. HAProxy writes SC for a refusal, an unreachable
 * host and a failed TLS handshake alike: the likeliest is named, and its health checks say more.
 */
import type { KnownCauseId } from '../../../causes/foreign-catalogue.ts'
import type { LogEntry } from '../../log/log-entry.ts'
import type { Pattern } from '../../log/pattern.ts'

const NOBODY = '<NOSRV>'

function ended({ kind, flags = '' }: LogEntry, states: RegExp): boolean {
  return kind === 'access' && states.test(flags)
}

function state(states: RegExp, cause: KnownCauseId, confidence: number, note: string, more: Partial<Pattern> = {}): Pattern {
  return { when: (entry) => ended(entry, states), cause, confidence, note, ...more }
}

const SESSION_PATTERNS: readonly Pattern[] = [
  {
    when: (entry) => ended(entry, /^S[CQ]/) && entry.upstream === NOBODY,
    cause: 'no-healthy-upstream',
    confidence: 0.97,
    note: 'no server of the backend was up, so none was asked',
    status: 503,
  },
  state(
    /^SC/,
    'connect-refused',
    0.75,
    'the server refused the connection (or could not be reached, or failed in TLS: its health check says which)',
  ),
  state(/^sC/, 'connect-timeout', 0.95, 'the server did not take the connection within timeout connect, retries included'),
  state(/^SH/, 'closed-before-response', 0.93, 'the server closed or reset the connection instead of answering'),
  state(/^sH/, 'response-timeout', 0.97, 'the server did not begin its answer within timeout server'),
  {
    when: (entry) => ended(entry, /^PH/) && (entry.status ?? 0) >= 500,
    cause: 'malformed-response',
    confidence: 0.8,
    note: 'the header of the answer is not valid, or larger than tune.bufsize, or a rule forbids it',
    status: 502,
  },
  state(/^sQ/, 'overload-shed', 0.95, 'no server had a free place (maxconn) within timeout queue'),
  {
    when: (entry) => ended(entry, /^SD/) && entry.timersMs?.[3] === -1,
    cause: 'request-write-failed',
    confidence: 0.9,
    note: 'the server closed the connection while the request was still on its way',
  },
  state(/^SD/, 'truncated-body', 0.95, 'the server closed the connection in the middle of its answer', { status: 0 }),
  state(/^sD/, 'idle-timeout', 0.95, 'the server fell silent in the middle of its answer, for longer than timeout server', { status: 0 }),
  state(/^PD/, 'malformed-response', 0.85, 'the body is not framed as HTTP wants it', { status: 0 }),
  state(/^RC/, 'port-exhaustion', 0.8, 'this machine had nothing left for a connection: a local port, a file descriptor, memory'),
  state(/^PC/, 'local-resource-exhausted', 0.85, 'HAProxy reached a limit of its own: maxconn or ulimit-n'),
  state(/^[DKU]/, 'upstream-draining', 0.85, 'the server went down or was taken out, and its sessions were cut', { status: 0 }),
  state(/^I/, 'gateway-internal', 0.9, 'HAProxy met an error of its own'),
  state(/^[Cc][CDHQ]/, 'client-closed', 0.9, 'the visitor left, or fell silent'),
]

/** It came as it is from behind. */
const RELAYED_PATTERNS: readonly Pattern[] = [
  {
    when: (entry) => ended(entry, /^--/) && entry.status === 503 && entry.upstream !== NOBODY,
    cause: 'upstream-overloaded',
    confidence: 0.92,
    note: 'the server said 503 itself (the state is --)',
  },
  {
    when: (entry) => ended(entry, /^--/) && (entry.status ?? 0) >= 500 && entry.upstream !== NOBODY,
    cause: 'upstream-5xx',
    confidence: 0.93,
    note: 'the server said it itself (the state is --)',
  },
]

/** Health checks know the reason. They say it once, when a server goes down. */
const CHECK_PATTERNS: readonly Pattern[] = [
  down(
    /Layer4 connection problem.*(?:No route to host|unreachable)/,
    'connect-unreachable',
    'no way led to the server when the health check connected',
  ),
  down(/Layer4 timeout/, 'connect-timeout', 'the health check got no connection in time'),
  down(/Layer6/, 'tls-handshake-failed', 'the health check failed in the TLS handshake'),
  down(/Layer7 timeout/, 'response-timeout', 'the health check got no answer in time'),
  down(/Layer7 (?:wrong status|invalid response)/, 'upstream-5xx', 'the health check got another status than it expects'),
  down(/Layer4 connection problem/, 'connect-refused', 'nothing listened when the health check connected'),
  {
    when: /^Connect\(\) failed for backend \S+: (?:no free ports|local address already in use)/,
    cause: 'port-exhaustion',
    confidence: 0.97,
    note: 'no local port was left for a connection',
    about: 'event',
    explains: ['connect-refused'],
    withinMs: 2_000,
  },
  {
    when: /(?:backend|proxy) \S+ has no server available/,
    cause: 'no-healthy-upstream',
    confidence: 0.95,
    note: 'the last server of the backend went down',
    about: 'event',
  },
]

export const HAPROXY_PATTERNS: readonly Pattern[] = [...SESSION_PATTERNS, ...RELAYED_PATTERNS, ...CHECK_PATTERNS]

/** It explains why nobody was there to ask, until the server is up again. */
function down(reason: RegExp, cause: KnownCauseId, note: string): Pattern {
  const when = new RegExp(`^(?:Backup )?Server \\S+ is DOWN.*${reason.source}`)
  return { when, cause, confidence: 0.9, note, about: 'event', explains: ['no-healthy-upstream', 'connect-refused'], withinMs: 600_000 }
}
