/** Turns the lines of one log into entries: which formats it has, what is around its lines, which lines belong together. No bytes here. */
import { LOG_FORMATS } from '../dialect/log-format-table.ts'
import { openEnvelope } from './envelope.ts'
import type { LogFormat } from './format.ts'
import type { LogEntry } from './log-entry.ts'

/** An entry with the line that began it. */
export type Read = { readonly entry: LogEntry; readonly line: number; readonly text: string }

/** Where a line stands, and the time of what is around it. */
type At = { readonly text: string; readonly line: number; readonly timeMs: number; readonly isLocal: boolean }

/** No format but those that grew from it reads a line that begins so. */
const CLF = /^[\d.:a-f]+ \S+ \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:/
const NO_TIME = { timeMs: Number.NaN, isLocal: false }
const MORE_LINES_MAX = 200
const MORE_CHARACTERS_MAX = 16_000

export class LineReader {
  readonly #formats: readonly LogFormat[]
  /** Those that may read a line of the common log format. */
  readonly #clfFormats: readonly LogFormat[]
  readonly #nowMs: number
  readonly #onEntry: (read: Read) => void
  readonly #onUnread: (line: number, text: string) => void
  /** An entry that further lines may belong to. */
  #open: { readonly format: LogFormat; readonly entry: LogEntry; readonly at: At; whole: string; lines: number } | null = null
  /** Of the last line that had one: those without stand where they stand. */
  #timeMs = Number.NaN
  #isLocal = false

  constructor(options: {
    formats: readonly LogFormat[]
    nowMs: number
    onEntry: (read: Read) => void
    onUnread: (line: number, text: string) => void
  }) {
    this.#formats = options.formats
    this.#clfFormats = options.formats.filter(({ quick }) => quick?.kind === 'clf')
    this.#nowMs = options.nowMs
    this.#onEntry = options.onEntry
    this.#onUnread = options.onUnread
  }

  /** A line was passed over that is complete in itself. */
  skip(): void {
    if (this.#open !== null) this.flush()
  }

  read(text: string, line: number): void {
    const open = this.#open
    if (open?.format.continues?.(text, open.whole)) return this.#add(text)
    const found = this.#find(text)
    if (found !== null && !Number.isNaN(found.entry.timeMs)) return this.#take(found.format, found.entry, { text, line, ...NO_TIME })
    const enveloped = openEnvelope(text, this.#nowMs)
    if (found !== null) return this.#take(found.format, found.entry, { ...(enveloped ?? NO_TIME), text, line })
    if (enveloped !== null) {
      if (open?.format.continues?.(enveloped.text, open.whole)) return this.#add(enveloped.text)
      const inner = this.#find(enveloped.text)
      const { timeMs, isLocal } = enveloped
      if (inner !== null) return this.#take(inner.format, inner.entry, { text: enveloped.text, line, timeMs, isLocal })
    }
    this.flush()
    if (text.trim() !== '') this.#onUnread(line, text)
  }

  #find(text: string): { format: LogFormat; entry: LogEntry } | null {
    const found = this.#clfFormats.length > 0 && CLF.test(text) ? findFormat(text, this.#clfFormats) : null
    return found ?? findFormat(text, this.#formats)
  }

  /** What is under way is whole. */
  flush(): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    this.#emit(open.lines === 0 ? open.entry : (open.format.parse(open.whole) ?? open.entry), open.at)
  }

  #take(format: LogFormat, entry: LogEntry, at: At): void {
    this.flush()
    if (format.continues === undefined) return this.#emit(entry, at)
    this.#open = { format, entry, at, whole: at.text, lines: 0 }
  }

  #add(text: string): void {
    const open = this.#open
    if (open === null || open.lines >= MORE_LINES_MAX || open.whole.length + text.length > MORE_CHARACTERS_MAX) return
    open.whole += `\n${text}`
    open.lines++
  }

  #emit(entry: LogEntry, { text, line, timeMs, isLocal }: At): void {
    const isOwn = !Number.isNaN(entry.timeMs)
    const ownMs = isOwn ? entry.timeMs : timeMs
    if (!Number.isNaN(ownMs)) {
      this.#timeMs = ownMs
      this.#isLocal = isOwn ? entry.isLocal === true : isLocal
    }
    this.#onEntry({ entry: isOwn ? entry : { ...entry, timeMs: this.#timeMs, isLocal: this.#isLocal }, line, text })
  }
}

export function findFormat(text: string, formats: readonly LogFormat[]): { format: LogFormat; entry: LogEntry } | null {
  for (const format of formats) {
    const entry = format.parse(text)
    if (entry !== null) return { format, entry }
  }
  return null
}

/** The format that reads the most of these lines, and of several the most specific; null where none reads any. */
export function sniff(lines: readonly string[], nowMs: number): LogFormat | null {
  const counts = new Map<LogFormat, number>()
  let lastHead: { format: LogFormat; text: string } | null = null
  for (const line of lines) {
    if (lastHead?.format.continues?.(line, lastHead.text) || line.trim() === '') continue
    const found = findFormat(line, LOG_FORMATS) ?? findFormat(openEnvelope(line, nowMs)?.text ?? '', LOG_FORMATS)
    if (found === null) continue
    counts.set(found.format, (counts.get(found.format) ?? 0) + 1)
    lastHead = { format: found.format, text: line }
  }
  let best: LogFormat | null = null
  for (const [format, count] of counts) {
    const most = best === null ? 0 : (counts.get(best) ?? 0)
    if (count > most || (count === most && format.specificity > (best?.specificity ?? 0))) best = format
  }
  return best
}
