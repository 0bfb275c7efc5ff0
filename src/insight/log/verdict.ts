/** What one entry means by itself: a failure of a known cause, one of an unknown cause, something that explains others, or nothing. */
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { PATTERNS } from '../dialect/pattern-table.ts'
import { ownCopy } from './line-part.ts'
import type { LogDialect, LogEntry } from './log-entry.ts'
import type { Pattern } from './pattern.ts'

export type Verdict = {
  /** Null: a failure, and the line does not tell why. */
  readonly cause: KnownCauseId | null
  readonly confidence: number
  readonly note: string
  readonly about: 'request' | 'attempt' | 'event'
  /** Null: made here, without a row. */
  readonly pattern: Pattern | null
}

/** Made by gateways; and those that clouds added to them. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504])
const CLOUD_STATUSES: ReadonlySet<number> = new Set([520, 521, 522, 523, 524, 525, 526, 527, 530])

/** Null: no failure, and no sign of one. */
export function judge(entry: LogEntry): Verdict | null {
  if (entry.dialect === 'gatewell') return judgeOwn(entry)
  const pattern = findPattern(entry)
  if (pattern !== null) return verdictOf(pattern)
  return isUnexplained(entry) ? { cause: null, confidence: 0, note: '', about: 'request', pattern: null } : null
}

const verdicts = new Map<Pattern, Verdict | null>()

function verdictOf(pattern: Pattern): Verdict | null {
  let verdict = verdicts.get(pattern)
  if (verdict === undefined) {
    const { cause, confidence, note, about = 'request' } = pattern
    verdict = cause === null ? null : { cause, confidence, note, about, pattern }
    verdicts.set(pattern, verdict)
  }
  return verdict
}

/** The first row that fits: of those that ask the entry itself, and of those that ask its message only, which is often the same. */
function findPattern(entry: LogEntry): Pattern | null {
  const { patterns, asking, index } = bookOf(entry.dialect)
  const said = entry.kind === 'error' && entry.message !== undefined ? index(entry.message) : patterns.length
  for (const at of asking) {
    if (at >= said) break
    const row = patterns[at] as Pattern
    if (typeof row.when === 'function' && row.when(entry)) return row
  }
  return patterns[said] ?? null
}

type PatternBook = {
  readonly patterns: readonly Pattern[]
  /** Where those stand that are functions. */
  readonly asking: readonly number[]
  /** Where the first RegExp stands that fits; behind all where none does. */
  readonly index: (message: string) => number
}

const MESSAGES_MAX = 500
const MESSAGE_CHARACTERS_MAX = 300
const books = new Map<LogDialect, PatternBook>()

function bookOf(dialect: LogDialect): PatternBook {
  let book = books.get(dialect)
  if (book === undefined) {
    const patterns = PATTERNS[dialect]
    const asking = patterns.flatMap(({ when }, at) => (typeof when === 'function' ? [at] : []))
    book = { patterns, asking, index: remembering((message) => firstFitting(patterns, message)) }
    books.set(dialect, book)
  }
  return book
}

function firstFitting(patterns: readonly Pattern[], message: string): number {
  const at = patterns.findIndex(({ when }) => typeof when !== 'function' && when.test(message))
  return at < 0 ? patterns.length : at
}

/** Servers say the same again and again. */
function remembering(find: (message: string) => number): (message: string) => number {
  const known = new Map<string, number>()
  return (message) => {
    if (message.length > MESSAGE_CHARACTERS_MAX) return find(message)
    let at = known.get(message)
    if (at === undefined) {
      at = find(message)
      if (known.size >= MESSAGES_MAX) known.clear()
      known.set(ownCopy(message), at)
    }
    return at
  }
}

/** Error lines that no row knows say nothing: there are too many that are harmless. */
function isUnexplained({ kind, status = 0 }: LogEntry): boolean {
  return kind === 'access' && (GATEWAY_STATUSES.has(status) || CLOUD_STATUSES.has(status))
}

/** Gatewell names the cause itself. What was rescued has one, too, and a status that is no error. */
function judgeOwn(entry: LogEntry): Verdict | null {
  const { flags, status = 0 } = entry
  if (flags === undefined || !Object.hasOwn(KNOWN_CAUSES, flags)) {
    return isUnexplained(entry) ? { cause: null, confidence: 0, note: '', about: 'request', pattern: null } : null
  }
  if (status < 499 && entry.detail === undefined) return null
  return { cause: flags as KnownCauseId, confidence: 1, note: 'Gatewell named the cause', about: 'request', pattern: null }
}
