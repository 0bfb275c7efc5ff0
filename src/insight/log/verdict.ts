/** What one entry means by itself: a failure of a known cause, one of an unknown cause, something that explains others, or nothing. */
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { PATTERNS } from '../dialect/pattern-table.ts'
import type { LogEntry } from './log-entry.ts'
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
  for (const pattern of PATTERNS[entry.dialect]) {
    if (!fits(pattern, entry)) continue
    const { cause, confidence, note, about = 'request' } = pattern
    return cause === null ? null : { cause, confidence, note, about, pattern }
  }
  return isUnexplained(entry) ? { cause: null, confidence: 0, note: '', about: 'request', pattern: null } : null
}

function fits({ when }: Pattern, entry: LogEntry): boolean {
  if (typeof when === 'function') return when(entry)
  return entry.kind === 'error' && entry.message !== undefined && when.test(entry.message)
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
