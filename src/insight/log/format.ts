/** What a log format is: how its lines are told from others, and read. The rows are `dialect/SERVER/log-format.ts`. */
import type { LogDialect, LogEntry } from './log-entry.ts'
import type { QuickStatus } from './quick-status.ts'

export type LogFormat = {
  /** As `--format` and reports name it: `nginx-error`. */
  readonly name: string
  /** For people: `nginx error log`. */
  readonly title: string
  readonly dialect: LogDialect
  readonly kind: 'access' | 'error'
  /**
   * Of two formats that read a line, the one that knows more of it: 3 where a line names its server, 2 where its form is one server's own,
   * 1 where several servers write it. A file has the format that reads the most of its first lines, and of those the most specific.
   */
  readonly specificity: 1 | 2 | 3
  /** Null: not a line of this format. Never throws. */
  readonly parse: (line: string) => LogEntry | null
  /** Does a line that no format reads belong to the entry that `head` began: a stack trace, the rest of a message? */
  readonly continues?: (line: string, head: string) => boolean
  /** How to see from the bytes alone that a line is of a request that went well. */
  readonly quick?: QuickStatus
}
