/** What an attempt failed of when its time was over: which time, and what is known about the silence. */
import { type Failure, failure, type Phase } from '../causes/failure.ts'
import type { TimeoutsPlan } from '../config/plan.ts'
import type { Attempt } from './exchange/attempt.ts'

/** The time of the whole request, with all its attempts. */
export function exceeded(attempt: Attempt | null, now: number, phase: Phase, { totalMs }: TimeoutsPlan): Failure {
  const sent = attempt === null || attempt.sentAt === 0 ? {} : sentFacts(attempt, now)
  return failure('deadline-exceeded', phase, 'never', { ...sent, limit_ms: totalMs })
}

/** The server did not take the request, or gave no answer, in time. */
export function lateFailure(attempt: Attempt, now: number, { responseMs }: TimeoutsPlan): Failure {
  const cause = attempt.phase === 'send-body' ? 'request-write-timeout' : 'response-timeout'
  return failure(cause, attempt.phase, 'if-idempotent', { ...sentFacts(attempt, now), limit_ms: responseMs })
}

/** The answer stopped in the middle. When the client takes nothing, the server's silence is not its fault. */
export function idleFailure(attempt: Attempt, elapsedMs: number, idleMs: number, isClientStalled: boolean): Failure {
  const facts = { elapsed_ms: Math.round(elapsedMs), limit_ms: idleMs, received_bytes: attempt.bytesReceived }
  const cause = isClientStalled ? 'client-closed' : 'idle-timeout'
  return failure(cause, isClientStalled ? 'relay' : 'receive-body', 'never', { ...facts, is_client_stalled: isClientStalled })
}

function sentFacts(attempt: Attempt, now: number): { elapsed_ms: number; sent_bytes: number; inflight: number | undefined } {
  return { elapsed_ms: Math.round(now - attempt.sentAt), sent_bytes: attempt.bytesSent, inflight: attempt.endpoint?.inflight }
}
