/** An entry that says something, with where it stands; and what becomes of them: one request that failed, with all that tells of it. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { LogDialect, LogEntry } from './log-entry.ts'
import type { Verdict } from './verdict.ts'

export type Place = { readonly file: string; readonly line: number; readonly text: string }

export type Sighting = { readonly entry: LogEntry; readonly verdict: Verdict; readonly place: Place }

export type LoggedError = {
  /** When it was over, epoch milliseconds. */
  readonly timeMs: number
  /** Null: nothing tells. */
  readonly cause: KnownCauseId | null
  readonly confidence: number
  /** What the log said, in words; '' where it said nothing. */
  readonly note: string
  /** With what the others know and the first does not. */
  readonly entry: LogEntry
  readonly place: Place
  /** Lines elsewhere that tell why. */
  readonly evidence: readonly (Place & { readonly says: string; readonly dialect: LogDialect })[]
}
