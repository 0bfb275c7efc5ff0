/** All rules of the doctor, and how one is found. Pure. */
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { stepOf } from './chart.ts'
import { CONNECT_RULES } from './rule/connect-rule.ts'
import { ERROR_RULES } from './rule/error-rule.ts'
import { FURTHER_RULES } from './rule/further-rule.ts'
import { NAME_RULES } from './rule/name-rule.ts'
import { PAGE_RULES } from './rule/page-rule.ts'
import { TLS_RULES } from './rule/tls-rule.ts'
import { type Break, GUESS, type Judged, type VerdictRule } from './verdict-rule.ts'

export const VERDICT_RULES: readonly VerdictRule[] = [
  ...NAME_RULES,
  ...CONNECT_RULES,
  ...TLS_RULES,
  ...PAGE_RULES,
  ...ERROR_RULES,
  ...FURTHER_RULES,
]

export function judgeBreak(seen: Break): Judged {
  const { hop } = seen
  for (const rule of VERDICT_RULES) {
    if (rule.step !== stepOf(hop) || (rule.cause !== undefined && rule.cause !== hop.cause) || rule.when?.(seen) === false) continue
    const at = rule.at?.(seen) ?? hop
    const cause = rule.becomes ?? at.cause
    if (cause !== undefined) return { hop: at, cause, confidence: rule.confidence, summary: rule.summary(seen) }
  }
  // A hop that is broken has its cause.
  return {
    hop,
    cause: hop.cause as KnownCauseId,
    confidence: GUESS,
    summary: `${hop.address} failed: ${KNOWN_CAUSES[hop.cause as KnownCauseId].title}.`,
  }
}
