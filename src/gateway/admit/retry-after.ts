/** What Retry-After says after a shed or maintenance: their evidence. The least critical that were shed are told what everybody is. */
import type { Failure } from '../../causes/failure.ts'

/** Seconds, or null where nothing better is known than a guess. */
export function retryAfterOf({ cause, evidence }: Failure): number | null {
  if (cause !== 'overload-shed' && cause !== 'maintenance-mode') return null
  if (cause === 'overload-shed' && evidence.some(({ name, value }) => name === 'criticality' && value === 'low')) return null
  const seconds = evidence.find(({ name }) => name === 'retry_after_s')?.value
  return typeof seconds === 'number' ? seconds : null
}
