/** An upstream without a usable endpoint is lost for a reason: what its endpoints failed of before. One rule for each such reason. */
import { CAUSES, type CauseId } from '../../../causes/catalogue.ts'
import { causeOfRecord, textOf } from '../case.ts'
import type { Rule } from '../rule.ts'

const WITHIN_MS = 60_000
const REASONS: readonly CauseId[] = [
  'dns-nxdomain',
  'dns-timeout',
  'dns-servfail',
  'dns-stale',
  'connect-refused',
  'connect-timeout',
  'connect-unreachable',
  'backlog-overflow',
  'socket-missing',
  'response-timeout',
  'reset-before-response',
  'closed-before-response',
  'upstream-overloaded',
  'upstream-5xx',
]

export const LOST_RULES: readonly Rule[] = REASONS.map((reason) => ({
  name: `lost-by-${reason}`,
  causes: ['no-healthy-upstream'],
  looksAt: `whether the endpoints failed of \`${reason}\` in the minute before`,
  speaks: reason,
  strength: 'proof',
  see: (one) => {
    if (/ drained\b/.test(textOf(one, 'endpoints'))) return null
    const before = one.related.filter((other) => other !== one.record && other.endedAt > one.record.endedAt - WITHIN_MS)
    const causes = before.map(causeOfRecord).filter((cause) => cause !== 'no-healthy-upstream' && cause !== 'client-closed')
    const count = causes.filter((cause) => cause === reason).length
    if (count === 0 || count * 2 <= causes.length) return null
    const title = CAUSES[reason].title
    const summary = `No endpoint is left to ask because of what came before: ${title.charAt(0).toLowerCase()}${title.slice(1)}.`
    return { value: count, says: `so many requests to it failed of ${reason} in the minute before`, summary }
  },
}))
