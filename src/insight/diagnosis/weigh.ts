/**
 * From signs to a cause and how sure it is. Each cause has odds against "none of these": the gateway's own cause begins with those of
 * its certainty, one behind it with even ones. A sign multiplies the odds of the cause it speaks for, and where that is not the
 * gateway's own, divides those of the own. The order of the signs makes no difference.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Case } from './case.ts'
import { type Rule, type Sign, STRENGTH } from './rule.ts'

/** Nothing that is concluded is certain. */
const CONFIDENCE_MAX = 0.99

export type Seen = { readonly rule: Rule; readonly sign: Sign }
export type Verdict = {
  readonly cause: CauseId
  readonly confidence: number
  readonly signs: readonly Seen[]
  readonly against: readonly Seen[]
}

export function weigh(one: Case, certainty: number, rules: readonly Rule[]): Verdict {
  const seen: Seen[] = []
  const odds = new Map<CauseId, number>([[one.cause, certainty / (1 - certainty)]])
  const multiply = (cause: CauseId, factor: number): void => void odds.set(cause, (odds.get(cause) ?? 1) * factor)
  for (const rule of rules) {
    if (!rule.causes.includes(one.cause)) continue
    const sign = rule.see(one)
    if (sign === null) continue
    seen.push({ rule, sign })
    const factor = STRENGTH[rule.strength]
    if (rule.speaks === 'own') multiply(one.cause, factor)
    else {
      multiply(one.cause, 1 / factor)
      if (rule.speaks !== 'against') multiply(rule.speaks, factor)
    }
  }
  const [cause, best] = [...odds].reduce((former, next) => (next[1] > former[1] ? next : former))
  const total = [...odds.values()].reduce((sum, value) => sum + value, 1)
  const speaksFor = ({ rule: { speaks } }: Seen): boolean => speaks === cause || (speaks === 'own' && cause === one.cause)
  const ranked = seen.sort((a, b) => STRENGTH[b.rule.strength] - STRENGTH[a.rule.strength])
  return {
    cause,
    confidence: Math.round(Math.min(best / total, CONFIDENCE_MAX) * 100) / 100,
    signs: ranked.filter(speaksFor),
    against: ranked.filter((sign) => !speaksFor(sign)),
  }
}
