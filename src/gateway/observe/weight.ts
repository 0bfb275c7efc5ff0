/** How much one record matters: an error that visitors saw before one that nobody saw, and that before what clients themselves provoke. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { FailureRecord } from './record.ts'

/**
 * `seen`: a visitor saw an error. `rescued`: nobody did. `provoked`: the client's own doing, or what an operator has asked for.
 * `slow`: it went well, but took unusually long.
 */
export type Weight = 'seen' | 'rescued' | 'provoked' | 'slow'

/** Nothing is broken: the address does not exist, or an operator wants it so. */
const INTENDED: ReadonlySet<CauseId> = new Set(['route-not-found', 'maintenance-mode', 'upstream-paused', 'gateway-draining'])

export function weigh({ cause, usualMs = null }: Pick<FailureRecord, 'cause'> & Partial<Pick<FailureRecord, 'usualMs'>>): Weight {
  if (cause === null) return usualMs === null ? 'rescued' : 'slow'
  return CAUSES[cause].side === 'downstream' || INTENDED.has(cause) ? 'provoked' : 'seen'
}
