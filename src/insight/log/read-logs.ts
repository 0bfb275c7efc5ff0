/** Reads logs of other servers, several at a time in the order of time, and says what went wrong. Memory does not grow with their size. */
import { setImmediate as turn } from 'node:timers/promises'
import { Analysis } from './analysis.ts'
import type { LogSource } from './byte-source.ts'
import { Follower } from './follower.ts'
import type { LogDialect } from './log-entry.ts'
import { type FileState, LogReader } from './log-reader.ts'
import { type FileReport, type LogReport, timeText } from './log-report.ts'
import type { LoggedError, Sighting } from './sighting.ts'
import { isSameServer } from './trace-shelf.ts'
import { ZoneFinder } from './zone.ts'

export type ReadOptions = {
  /** The name of a format for all of them, or null to find it out. */
  readonly format?: string | null
  readonly nowMs: number
  /** Only what is not older. */
  readonly sinceMs?: number
  /** Of lines without a time zone, how far they are ahead of UTC; without it, it is found out. */
  readonly zoneMs?: number
  /** Bytes read so far, of those that the sources have. */
  readonly onProgress?: (taken: number) => void
  readonly onError?: (error: LoggedError) => void
  /** The files will grow, and `look` is called while they do. */
  readonly isFollowed?: boolean
}

export async function readLogs(sources: readonly LogSource[], options: ReadOptions): Promise<LogReport> {
  const reading = new Reading(sources, options)
  await reading.readAll()
  return reading.report()
}

/** Its entries that have not been given to the analysis, in the order of the file. */
type Lane = { readonly reader: LogReader; queue: Sighting[]; at: number; isEnded: boolean }

export class Reading {
  readonly analysis: Analysis
  readonly lanes: readonly Lane[]
  readonly #options: ReadOptions
  readonly #zone: ZoneFinder
  #latestMs = Number.NEGATIVE_INFINITY
  /** When that one was met. */
  #latestAtMs = 0
  #followers: readonly Follower[] = []

  constructor(sources: readonly LogSource[], options: ReadOptions) {
    this.#options = options
    this.#zone = new ZoneFinder(options.zoneMs)
    this.analysis = new Analysis({
      isCovered: (dialect, timeMs) => this.#isCovered(dialect, timeMs),
      ...(options.onError && { onError: options.onError }),
    })
    this.lanes = sources.map((source) => ({
      reader: new LogReader({
        source,
        format: options.format ?? null,
        nowMs: options.nowMs,
        sinceMs: options.sinceMs ?? Number.NEGATIVE_INFINITY,
        isFollowed: options.isFollowed === true,
        zoneOf: (localMs) => this.#zone.zoneMs(localMs),
        onWell: (count, minuteMs) => this.analysis.addWell(count, minuteMs),
      }),
      queue: [],
      at: 0,
      isEnded: false,
    }))
  }

  async readAll(): Promise<void> {
    // Which zone lines without one are in, other logs may tell: so each is begun before any is read.
    for (const { reader } of this.lanes) this.#zone.learn(await reader.begin())
    for (;;) {
      if (this.lanes.some(isEmpty)) await this.#fillAll()
      const next = this.#earliest()
      if (next === null) break
      this.#give(next.queue[next.at++] as Sighting)
    }
    if (this.#options.isFollowed === true) this.#follow()
    else this.analysis.finish()
  }

  /** What was written since the last look. `nowMs`: what waits for lines elsewhere waits no longer than it must. */
  async look(nowMs: number): Promise<void> {
    const sightings: Sighting[] = []
    for (const follower of this.#followers) {
      const { path } = follower.reader.file
      for (const { entry, line, text } of await follower.look()) {
        const sighting = this.analysis.meet(entry, { file: path, line, text })
        if (sighting !== null) sightings.push(sighting)
      }
    }
    for (const sighting of sightings.sort((one, other) => one.entry.timeMs - other.entry.timeMs)) this.#give(sighting)
    if (sightings.length > 0) this.#latestAtMs = nowMs
    // By the clock of the logs, which need not be ours.
    if (Number.isFinite(this.#latestMs)) this.analysis.settle(this.#latestMs + Math.max(0, nowMs - this.#latestAtMs))
  }

  report(): LogReport {
    const files = this.lanes.map(({ reader }) => reader.file)
    return this.analysis.report(files.map(fileReport), {
      firstMs: Math.min(...files.map(({ firstMs }) => firstMs)),
      lastMs: Math.max(...files.map(({ lastMs }) => lastMs)),
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.close()))
  }

  #follow(): void {
    this.#latestAtMs = this.#options.nowMs
    this.#followers = this.lanes
      .filter(({ reader }) => reader.openFile !== null)
      .map(({ reader }) => new Follower({ path: reader.file.path, reader, file: reader.openFile, at: reader.taken }))
    this.analysis.goLive()
  }

  #give(sighting: Sighting): void {
    const { timeMs } = sighting.entry
    this.analysis.add(sighting)
    if (timeMs > this.#latestMs) {
      this.#latestMs = timeMs
      this.analysis.settle(timeMs)
    }
  }

  async #fillAll(): Promise<void> {
    for (const lane of this.lanes) if (isEmpty(lane)) await this.#fill(lane)
  }

  /** The lane whose next sighting is the earliest of all; null when all are at their end. */
  #earliest(): Lane | null {
    let best: Lane | null = null
    for (const lane of this.lanes) {
      const timeMs = lane.queue[lane.at]?.entry.timeMs
      if (timeMs !== undefined && (best === null || !(timeMs >= (best.queue[best.at] as Sighting).entry.timeMs))) best = lane
    }
    return best
  }

  async #fill(lane: Lane): Promise<void> {
    lane.queue = []
    lane.at = 0
    while (lane.queue.length === 0) {
      const entries = await lane.reader.next()
      if (entries === null) {
        lane.isEnded = true
        return
      }
      for (const { entry, line, text } of entries) {
        const sighting = this.analysis.meet(entry, { file: lane.reader.file.path, line, text })
        if (sighting !== null) lane.queue.push(sighting)
      }
      // Whoever reads is to be heard in between: the control process reads logs, too.
      await turn()
      this.#options.onProgress?.(this.lanes.reduce((sum, { reader }) => sum + reader.taken, 0))
    }
  }

  #isCovered(dialect: LogDialect, timeMs: number): boolean {
    return this.lanes.some(({ reader: { file } }) => {
      const { format, firstMs, lastMs } = file
      return format?.kind === 'access' && isSameServer(format.dialect, dialect) && timeMs >= firstMs - 2_000 && timeMs <= lastMs + 2_000
    })
  }
}

/** Nothing is left of what was read of it. */
function isEmpty({ at, queue, isEnded }: Lane): boolean {
  return at >= queue.length && !isEnded
}

function fileReport({ path, format, lines, unparsed, unread, firstMs, lastMs, problem }: FileState): FileReport {
  const title = format?.title ?? 'no format that is known'
  return { path, format: format?.name ?? null, title, lines, unparsed, unread, first: timeText(firstMs), last: timeText(lastMs), problem }
}
