/** What a pattern is: words of one server, and the cause they stand for. The rows are `dialect/SERVER/log-pattern.ts`. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { LogEntry } from './log-entry.ts'

/**
 * The first row of a dialect that fits an entry has the word, so the special goes before the general. A row without a cause says that the
 * line means no failure. An entry that no row fits is not attributed, and said to be so: no row guesses.
 */
export type Pattern = {
  /** A RegExp is tried on the message of error entries; a predicate on any entry. */
  readonly when: RegExp | ((entry: LogEntry) => boolean)
  readonly cause: KnownCauseId | null
  /** How sure, 0 to 1. From 0.9 on: the server says so. 0.6: it follows from statuses or times. */
  readonly confidence: number
  /** What the line means, one clause for people: `nginx waited for proxy_read_timeout`. */
  readonly note: string
  /**
   * `request` (where absent): it is of one request that failed.
   * `attempt`: of one attempt, which another may have rescued: an error only where the request is known to have failed.
   * `event`: of the server itself, such as a full pool: no error by itself, and the reason for errors at that time.
   */
  readonly about?: 'request' | 'attempt' | 'event'
  /** What the client gets then, if it is always the same; 0: an answer that is cut short, whatever its status. */
  readonly status?: number
  /** event: what it explains in other logs, and for how long around it. Without it: what `explanation.ts` says of the cause. */
  readonly explains?: readonly KnownCauseId[]
  readonly withinMs?: number
}
