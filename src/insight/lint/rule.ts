/** What a rule of the linter is: one row of `rule-table.ts`. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { Place } from '../dialect/directive.ts'
import type { ServerName } from '../dialect/setting-default.ts'
import type { Chain } from './chain.ts'

/**
 * error: requests fail, always or for some visitors. warning: they will, under load, at a restart or after a while. note: a default or a
 * habit that has its day; shown only on request.
 */
export type Severity = 'error' | 'warning' | 'note'

/** Lines to write instead of what stands there, or below it. */
export type Change = { readonly place: Place; readonly isReplacing: boolean; readonly lines: readonly string[] }

/** One place where a rule has something to say. */
export type Hit = {
  readonly place: Place
  /** The setting that disagrees with it. */
  readonly other?: Place | undefined
  /** What is so, with the values, one or two sentences. */
  readonly message: string
  /** What to do, one sentence in the imperative. */
  readonly fix: string
  readonly change?: Change | undefined
}

export type Rule = {
  readonly id: string
  readonly cause: KnownCauseId
  readonly severity: Severity
  /** Whose files it reads; `chain`: it compares two servers. */
  readonly server: ServerName | 'chain'
  /** What it compares, a few words. */
  readonly compares: string
  /** Why that ends in the cause, one or two sentences. */
  readonly because: string
  /** From this version of the server on. */
  readonly since?: string
  /** Before this version of the server; a version that is not known counts as an old one. */
  readonly until?: string
  readonly find: (chain: Chain) => Iterable<Hit>
}

/** A change of a line, or an addition below it. undefined where there is only a part of a line to give, which has `…` for the rest. */
export function changeAt(place: Place, isReplacing: boolean, ...lines: readonly string[]): Change | undefined {
  return lines.some((line) => line.includes('…')) ? undefined : { place, isReplacing, lines }
}
