/** Why a plan cannot be put in force, as a failure. */
import { type Failure, failure } from '../causes/failure.ts'
import type { Plan } from '../config/plan.ts'
import type { Bound } from '../worker/link.ts'

/** `sentence`: for people. */
export function refusal(sentence: string): Failure {
  return failure('gateway-config', 'receive', 'never', {}, new Error(sentence))
}

/** What differs and cannot while it runs, or null. */
export function restartFor(before: Plan, after: Plan): Failure | null {
  if (before.store !== after.store) return refusal('`store` can change only by a restart.')
  if ((before.workers === 0) === (after.workers === 0)) return null
  return refusal('`workers` can change between 0 and more only by a restart.')
}

/** Somebody else listens there. */
export function isTaken(result: readonly Bound[] | Failure): boolean {
  return 'cause' in result && result.evidence.some(({ value }) => value === 'EADDRINUSE')
}
