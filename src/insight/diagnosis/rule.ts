/** What a rule of diagnosis is: something that can be seen, and which way it speaks. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Remedy } from '../../causes/cause.ts'
import type { Case } from './case.ts'

/** By how much a sign multiplies the odds. A note tells something and proves nothing. */
export const STRENGTH = { note: 1, hint: 2, clear: 6, proof: 20 } as const

export type Strength = keyof typeof STRENGTH

/** `own`: the cause that the gateway named. Another one: the cause behind it, which takes its place where the sign is strong enough. */
export type Speaks = 'own' | 'against' | CauseId

export type Rule = {
  readonly name: string
  readonly causes: readonly CauseId[]
  /** What it looks at, for the reference: a clause. */
  readonly looksAt: string
  readonly speaks: Speaks
  readonly strength: Strength
  /** Null: it is not to be seen here. */
  readonly see: (one: Case) => Sign | null
}

export type Sign = {
  readonly value: string | number | boolean
  /** What it means, one clause. */
  readonly says: string
  /** A sentence for the summary, if it is worth one. */
  readonly summary?: string
  /** What to do about it, before all else. */
  readonly remedies?: readonly Remedy[]
}
