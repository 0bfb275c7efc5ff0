/** What follows from a broken hop, as rows of tables: `rule/*`. The first row that fits counts, so that what knows more comes first. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { spanText } from '../diagnosis/wording.ts'
import type { Chart } from './chart.ts'
import { factOf, type Hop, type Step } from './report.ts'

export type Judged = { readonly hop: Hop; readonly cause: KnownCauseId; readonly confidence: number; readonly summary: string }

export type Break = {
  /** The one that is broken. */
  readonly hop: Hop
  /** For everybody. */
  readonly isWhole: boolean
  readonly chart: Chart
  /** What is wrong on the way straight to the server behind, if something is. */
  readonly behind: Judged | null
}

export type VerdictRule = {
  readonly step: Step
  /** Left out: any. */
  readonly cause?: KnownCauseId
  readonly when?: (seen: Break) => boolean
  readonly confidence: number
  readonly summary: (seen: Break) => string
  /** Where it really is, if elsewhere. */
  readonly at?: (seen: Break) => Hop | null
  /** What it really is, if something else. */
  readonly becomes?: KnownCauseId
}

/** The system or the rules of the protocol leave no doubt. */
export const CERTAIN = 0.97
/** It is what it looks like, unless something behind it says otherwise. */
export const LIKELY = 0.9
/** It was seen rightly, and several things lead to it. */
export const OPEN = 0.75
/** The best that can be said. */
export const GUESS = 0.6

export function statusOf(hop: Hop): number {
  return Number(factOf(hop, 'status') ?? 0)
}

export function spanOf(hop: Hop, name: string): string {
  return spanText(Number(factOf(hop, name) ?? 0))
}

/** In brackets behind a sentence, or nothing. */
export function quoted(text: string): string {
  return text === '' ? '' : ` ("${text}")`
}
