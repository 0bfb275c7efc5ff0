/** Reads one log, a chunk at a time, in memory that does not grow: lines that went well are passed over, the others become entries. */
import type { FileHandle } from 'node:fs/promises'
import { formatCalled, LOG_FORMATS } from '../dialect/log-format-table.ts'
import type { ByteSource, LogSource } from './byte-source.ts'
import type { LogFormat } from './format.ts'
import { findFormat, LineReader, type Read, sniff } from './line-reader.ts'
import { createQuickScan } from './quick-scan.ts'
import type { QuickScan } from './quick-status.ts'

const CHUNK_BYTES = 1 << 20
/** Where many lines tell of failures: so many entries at a time are gone before they cost memory for longer. */
const SMALL_CHUNK_BYTES = 1 << 17
const ENTRIES_MANY = 200
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SNIFFED_LINES = 200
const UNREAD_KEPT = 5
const UNREAD_CHARACTERS = 300

export type ReaderOptions = {
  readonly source: LogSource
  /** The name of a format, or null to find it out. */
  readonly format: string | null
  readonly nowMs: number
  /** Only entries from then on; -Infinity for all. */
  readonly sinceMs: number
  /** How far the clock of lines without a zone is ahead of UTC, at what it shows. */
  readonly zoneOf: (localMs: number) => number
  /** It will grow: its end is none, and the file stays open for a `Follower`. */
  readonly isFollowed?: boolean
  /** Requests that went well, whose minute is known or NaN. */
  readonly onWell: (count: number, minuteMs: number) => void
}

/** What is known of a file so far. */
export type FileState = {
  readonly path: string
  format: LogFormat | null
  lines: number
  unparsed: number
  readonly unread: { line: number; text: string }[]
  /** Of all entries and of the lines passed over, as far as their time is known. */
  firstMs: number
  lastMs: number
  /** Why it could not be read, or not to its end. */
  problem: string | null
}

export class LogReader {
  readonly file: FileState
  readonly #options: ReaderOptions
  #bytes: ByteSource | null = null
  #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  /** What is left of a line from the last chunk. */
  #held = 0
  #isEnded = false
  /** The first bytes were read, and not looked at further than to know the format. */
  #isFresh = false
  /** In a line that is too long to be one: up to its end. */
  #isSkipping = false
  #lines: LineReader | null = null
  #quick: QuickScan | null = null
  #entries: Read[] = []

  constructor(options: ReaderOptions) {
    this.#options = options
    this.file = {
      path: options.source.name,
      format: null,
      lines: 0,
      unparsed: 0,
      unread: [],
      firstMs: Number.POSITIVE_INFINITY,
      lastMs: Number.NEGATIVE_INFINITY,
      problem: null,
    }
  }

  get taken(): number {
    return this.#bytes?.taken ?? 0
  }

  /** Opens it, and gives its first lines. */
  async begin(): Promise<readonly string[]> {
    try {
      this.#bytes = await this.#options.source.open()
      this.#held = await this.#bytes.read(this.#buffer, 0)
      if (this.#held === 0 && this.#options.isFollowed !== true) await this.#end()
      else return this.#begin(this.#held)
    } catch (error) {
      await this.#fail(error as Error)
    }
    return []
  }

  /** The entries of the next chunk that are worth a look, with times in UTC; null at the end. */
  async next(): Promise<readonly Read[] | null> {
    if (this.#isEnded) return null
    const bytesMax = this.#entries.length > ENTRIES_MANY ? SMALL_CHUNK_BYTES : CHUNK_BYTES
    this.#entries = []
    try {
      if (this.#bytes === null) await this.begin()
      if (this.#isFresh) this.#digest(this.#held)
      else {
        const count = (await this.#bytes?.read(this.#buffer.subarray(0, this.#held + bytesMax), this.#held)) ?? 0
        if (count === 0 && this.#options.isFollowed === true && this.openFile !== null) this.#isEnded = true
        else if (count === 0) await this.#end()
        else this.#digest(this.#held + count)
      }
    } catch (error) {
      await this.#fail(error as Error)
    }
    return this.#entries
  }

  /** The file itself, where it is read as it lies. */
  get openFile(): FileHandle | null {
    return this.#bytes?.file ?? null
  }

  async close(): Promise<void> {
    await this.#bytes?.close()
  }

  /** More bytes of a log that grows, whole lines or not. */
  feed(bytes: Buffer): readonly Read[] {
    this.#entries = []
    for (let at = 0; at < bytes.length; ) {
      const count = bytes.copy(this.#buffer, this.#held, at)
      at += count
      this.#digest(this.#held + count)
    }
    return this.#entries
  }

  /** Another file goes on under the same name: what is left of the old one is a line without its end. */
  restart(): void {
    this.#held = 0
    this.#isSkipping = false
    this.file.lines = 0
  }

  /** What a multi-line entry has so far is all of it. */
  flush(): readonly Read[] {
    this.#entries = []
    this.#lines?.flush()
    return this.#entries
  }

  async #fail({ message }: Error): Promise<void> {
    this.file.problem = message
    await this.#end()
  }

  async #end(): Promise<void> {
    if (this.#held > 0 && !this.#isSkipping) {
      this.#buffer[this.#held] = LINE_FEED
      this.#digest(this.#held + 1)
    }
    this.#lines?.flush()
    this.#isEnded = true
    await this.#bytes?.close().catch(() => {})
  }

  #digest(length: number): void {
    const buffer = this.#buffer
    if (this.#lines === null) this.#begin(length)
    this.#isFresh = false
    const end = this.#readLines(length)
    if (end === 0 && length === buffer.length) {
      // No line is that long: it is not a log, or a broken one.
      if (!this.#isSkipping) this.#noteUnread(this.file.lines + 1, buffer.latin1Slice(0, UNREAD_CHARACTERS))
      this.#isSkipping = true
      this.#held = 0
      return
    }
    buffer.copyWithin(0, end, length)
    this.#held = length - end
  }

  /** Where the first line begins that is not whole yet. */
  #readLines(length: number): number {
    const buffer = this.#buffer
    const { file } = this
    const lines = this.#lines as LineReader
    const quick = this.#quick
    quick?.renew()
    let begin = 0
    let well = 0
    let minuteMs = quick?.minuteMs ?? Number.NaN
    let isFirst = true
    for (let feed = buffer.indexOf(LINE_FEED, 0); feed >= 0 && feed < length; feed = buffer.indexOf(LINE_FEED, begin)) {
      const end = feed > begin && buffer[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed
      if (this.#isSkipping) {
        this.#isSkipping = false
        file.lines++
      } else {
        file.lines++
        // One line of a chunk is read in full, so that the time of the others is known where the quick way does not find it out.
        if (quick !== null && !(isFirst && Number.isNaN(minuteMs)) && quick.isWell(buffer, begin, end)) {
          if (quick.minuteMs !== minuteMs) {
            this.#noteWell(well, minuteMs)
            well = 0
            minuteMs = quick.minuteMs
          }
          well++
          lines.skip()
        } else lines.read(buffer.toString('utf8', begin, end), file.lines)
        isFirst = false
      }
      begin = feed + 1
    }
    this.#noteWell(well, minuteMs)
    return begin
  }

  #noteWell(count: number, minuteMs: number): void {
    if (count === 0) return
    if (!Number.isNaN(minuteMs)) this.#noteTime(minuteMs)
    const timeMs = Number.isNaN(minuteMs) ? this.file.lastMs : minuteMs
    if (timeMs >= this.#options.sinceMs || !Number.isFinite(this.#options.sinceMs)) this.#options.onWell(count, timeMs)
  }

  #noteTime(timeMs: number): void {
    if (timeMs < this.file.firstMs) this.file.firstMs = timeMs
    if (timeMs > this.file.lastMs) this.file.lastMs = timeMs
  }

  /** The first chunk tells what it is. */
  #begin(length: number): readonly string[] {
    this.#isFresh = true
    const { format, nowMs, sinceMs } = this.#options
    const sample = this.#buffer.toString('utf8', 0, length).split(/\r?\n/, SNIFFED_LINES + 1)
    const named = format === null ? null : formatCalled(format)
    const best = named ?? sniff(sample.slice(0, Math.max(1, sample.length - 1)), nowMs)
    this.file.format = best
    const scan = best?.quick === undefined || (sinceMs > Number.NEGATIVE_INFINITY && best.quick.kind !== 'clf') ? null : best.quick
    this.#quick = scan !== null && isTrusted(sample.slice(0, -1), createQuickScan(scan)) ? createQuickScan(scan) : null
    this.#lines = new LineReader({
      formats: named === null ? inOrder(best) : [named],
      nowMs,
      onEntry: (read) => this.#keep(read),
      onUnread: (line, text) => this.#noteUnread(line, text),
    })
    return sample
  }

  #keep(read: Read): void {
    const { entry } = read
    const timeMs = entry.isLocal ? entry.timeMs - this.#options.zoneOf(entry.timeMs) : entry.timeMs
    if (!Number.isNaN(timeMs)) this.#noteTime(timeMs)
    if (timeMs < this.#options.sinceMs) return
    this.#entries.push(entry.isLocal ? { ...read, entry: { ...entry, timeMs, isLocal: false } } : read)
  }

  #noteUnread(line: number, text: string): void {
    const { file } = this
    file.unparsed++
    if (file.unread.length < UNREAD_KEPT) file.unread.push({ line, text: text.slice(0, UNREAD_CHARACTERS) })
  }
}

/** That of the file first, unless others know more of its lines. */
function inOrder(best: LogFormat | null): readonly LogFormat[] {
  if (best === null || best.specificity === 1) return LOG_FORMATS
  return [best, ...LOG_FORMATS.filter((format) => format !== best)]
}

/** The quick way is taken only where it agrees with the format on the first lines. */
function isTrusted(lines: readonly string[], scan: QuickScan): boolean {
  return lines.every((line) => {
    const bytes = Buffer.from(line)
    scan.renew()
    if (!scan.isWell(bytes, 0, bytes.length)) return true
    const entry = findFormat(line, LOG_FORMATS)?.entry
    return entry?.kind === 'access' && (entry.status ?? 0) >= 200 && (entry.status ?? 0) < 460
  })
}
