/** Why a plan cannot be put in force, as a failure. */
import { type Failure, failure } from '../causes/failure.ts'
import type { Bound } from '../worker/link.ts'

/** `sentence`: for people. */
export function refusal(sentence: string): Failure {
  return failure('gateway-config', 'receive', 'never', {}, new Error(sentence))
}

/** Somebody else listens there. */
export function isTaken(result: readonly Bound[] | Failure): boolean {
  return 'cause' in result && result.evidence.some(({ value }) => value === 'EADDRINUSE')
}
