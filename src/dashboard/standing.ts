/** How an endpoint is, in a word and as a mood. Pure. */
import type { EndpointReport } from '../control/health/health-report.ts'

export type Mood = 'good' | 'doubtful' | 'bad' | 'unknown'

const WORDS: Readonly<Record<string, string>> = {
  usable: 'in use',
  resting: 'resting after a failure',
  ejected: 'left out after failures',
  unhealthy: 'unhealthy',
  drained: 'drained',
  leaving: 'leaving',
}

export function moodOf({ state, health, isDown }: EndpointReport): Mood {
  if (state === 'drained' || state === 'leaving') return 'unknown'
  if (isDown || health === 'unhealthy' || state === 'unhealthy') return 'bad'
  return state === 'usable' ? 'good' : 'doubtful'
}

export function sayState({ state, health, isDown }: EndpointReport): string {
  if (state !== 'drained' && isDown) return 'down'
  if (state !== 'drained' && health === 'unhealthy') return 'unhealthy'
  return WORDS[state] ?? state
}

/** It gets requests now. */
export function isUsed(endpoint: EndpointReport): boolean {
  const { state } = endpoint
  return (state === 'usable' || state === 'resting') && moodOf(endpoint) !== 'bad'
}
