/** What one record is to the incidents: what it was in danger of, and which failures belong together. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'

/** What a rescued request was rescued from, or null where it was not in danger: of two attempts the quicker one was taken. */
export function dangerOf({ attempts }: FailureRecord): CauseId | null {
  for (const { cause, status } of attempts) {
    if (cause !== null) return cause
    if (status >= 500) return 'upstream-5xx'
  }
  return null
}

/** The server is not there. */
const GONE: ReadonlySet<CauseId> = new Set(['connect-refused', 'connect-timeout', 'connect-unreachable', 'socket-missing'])
/** How those requests end that were under way when it went. */
const PARTING: ReadonlySet<CauseId> = new Set([
  'reset-before-response',
  'closed-before-response',
  'request-write-failed',
  'keepalive-race',
  'truncated-body',
])

/** Whether `sign`, at the same upstream and time, is but another sign of what `cause` says. */
export function explains(cause: CauseId, sign: CauseId): boolean {
  if (cause === sign) return true
  if (sign === 'no-healthy-upstream') return CAUSES[cause].side === 'upstream' || CAUSES[cause].side === 'app'
  return GONE.has(cause) && PARTING.has(sign)
}
