/**
 * Is this outcome a failure, and may the request be sent again? Pure: what the wire guarantees, the method, and the policy.
 * RFC 9110 §9.2.2: a proxy must not by itself repeat a request that is not idempotent; one that cannot have been processed
 * is no repetition.
 */
import type { CauseId } from '../causes/catalogue.ts'
import { type Failure, failure } from '../causes/failure.ts'
import type { RetryOn, RetryPlan } from '../config/plan.ts'
import { fieldOf, LENGTH_NONE, type ResponseHead } from '../http/message.ts'
import { hopFacts } from './error-page.ts'
import type { Attempt } from './exchange/attempt.ts'
import type { Exchange } from './exchange/exchange.ts'

/** The class of the `retry.on` list that each cause belongs to; null for one that another try cannot mend. */
const RETRY_CLASS: Partial<Record<CauseId, RetryOn>> = {
  'dns-timeout': 'connect',
  'dns-servfail': 'connect',
  'dns-nxdomain': 'connect',
  'dns-stale': 'connect',
  'connect-refused': 'connect',
  'connect-timeout': 'connect',
  'connect-unreachable': 'connect',
  'firewall-blocked': 'connect',
  'backlog-overflow': 'connect',
  'socket-missing': 'connect',
  'socket-permission': 'connect',
  'port-exhaustion': 'connect',
  // Another endpoint may have a connection open already, and in a moment a descriptor may be free again.
  'fd-exhaustion': 'connect',
  'keepalive-race': 'reset',
  'reset-before-response': 'reset',
  'closed-before-response': 'reset',
  'request-write-failed': 'reset',
  'truncated-body': 'reset',
  'response-timeout': 'timeout',
  'request-write-timeout': 'timeout',
}

/** Tried at most once more: a request that is slow or fatal for one server should not visit them all. */
const RETRY_ONCE: ReadonlySet<CauseId> = new Set<CauseId>(['response-timeout', 'truncated-body'])

/** A server that asks for more is asked again sooner than it wishes. */
const REST_MS_MAX = 30_000

export function isRetried(failure: Failure, policy: RetryPlan, isIdempotent: boolean, ordinal: number): boolean {
  if (failure.replay === 'never' || (failure.replay === 'if-idempotent' && !isIdempotent)) return false
  const retryClass = RETRY_CLASS[failure.cause]
  if (retryClass === undefined || !policy.on.includes(retryClass)) return false
  return ordinal < (RETRY_ONCE.has(failure.cause) ? Math.min(2, policy.attempts) : policy.attempts)
}

/** Attempts that count towards those that the policy allows. A race that nobody could know of is none: it says nothing of the server. */
export function triesOf({ attempts, earlier }: Exchange): number {
  return attempts - (earlier?.filter(({ failure: outcome }) => outcome?.cause === 'keepalive-race').length ?? 0)
}

/** Does an answer with this status count as a failed attempt? */
export function isStatusBad(status: number, policy: RetryPlan): boolean {
  return status >= 502 && status <= 504 && policy.on.includes(status as 502 | 503 | 504)
}

/** May such an attempt be tried elsewhere? */
export function isStatusRetried(status: number, policy: RetryPlan, isIdempotent: boolean, ordinal: number): boolean {
  return isIdempotent && ordinal < policy.attempts && isStatusBad(status, policy)
}

/** Only another endpoint may be asked: to the same one, the same request would be nothing but more load. */
export function isElsewhereOnly(cause: CauseId): boolean {
  return cause === 'upstream-overloaded' || cause === 'response-timeout'
}

/** It says nothing about the endpoint's health: a race that both sides entered in good faith, or a client that went away. */
export function isBlameless(cause: CauseId): boolean {
  return cause === 'keepalive-race' || cause === 'client-closed' || cause === 'fd-exhaustion'
}

/** It says that the server, or the network to it, has more than it can do. */
export function isOverload({ cause }: Failure): boolean {
  return cause === 'upstream-overloaded' || cause === 'response-timeout' || cause === 'backlog-overflow' || cause === 'connect-timeout'
}

/** "Busy, and asking elsewhere will not help": so say Envoy, and a gateway such as this one whose own upstream has no room. */
export function isRefusingRetries(head: ResponseHead): boolean {
  if (head.status !== 503) return false
  const { fieldText } = head
  return fieldOf(fieldText, 'x-envoy-overloaded') !== '' || fieldOf(fieldText, 'proxy-status').includes('connection_limit_reached')
}

/** Retry-After of a busy endpoint in milliseconds (RFC 9110 §10.2.3), within reason; 0 when it says nothing. */
export function restMsOf(head: ResponseHead, epochMs: number): number {
  const { status, retryAfter } = head
  if (status !== 503 || retryAfter === '') return 0
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - epochMs
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), REST_MS_MAX)
}

/** What an answer with a status from 500 on stands for, if it comes to that. */
export function failureOfAnswer(head: ResponseHead): Failure {
  const body_bytes = head.length === LENGTH_NONE ? undefined : head.length
  const said = { status: head.status, server: head.server || undefined, retry_after: head.retryAfter || undefined, body_bytes }
  const facts = { ...said, ...hopFacts(head) }
  return failure(causeOfStatus(head.status) ?? 'upstream-5xx', 'await-head', 'if-idempotent', facts)
}

/** RFC 9112 §6.3: the declared length stands and what is behind it must not be used: the answer is good, and its server is told on. */
export function surplusFailure({ surplusBytes, bytesReceived }: Attempt, method: string): Failure {
  const facts = { surplus_bytes: surplusBytes, received_bytes: bytesReceived, method }
  return failure('content-length-mismatch', 'receive-body', 'never', facts)
}

/** The cause that a relayed answer is recorded with, or null when it is no failure of the server. */
export function causeOfStatus(status: number): 'upstream-5xx' | 'upstream-overloaded' | null {
  if (status < 500) return null
  return status === 503 ? 'upstream-overloaded' : 'upstream-5xx'
}
