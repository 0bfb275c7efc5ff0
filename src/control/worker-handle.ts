/** One worker as control sees it: how to reach it, how far it is, and what its end means. */
import type { UpstreamStatus } from '../gateway/upstream/status.ts'
import type { Bound, LastWords, Report, ToControl, ToWorker } from '../worker/link.ts'

/** A way to a worker, in another process or in this one. */
export interface WorkerLink {
  /** Of the process, or null in this one. */
  readonly pid: number | null
  send(message: ToWorker): void
  /** Ends it at once. */
  kill(): void
}

/** How a process ended: its exit code or the signal that killed it, both null where it was no child of this one. */
export type WorkerEnd = {
  readonly code: number | null
  readonly signal: string | null
  /** The end of what it wrote to standard error, if that is known. */
  readonly said?: string
}

export type Connect = (options: {
  readonly place: number
  readonly onMessage: (message: ToControl) => void
  readonly onEnd: (end: WorkerEnd) => void
}) => WorkerLink

export type WorkerState = 'starting' | 'serving' | 'draining' | 'ended'

export interface WorkerEvents {
  /** It will not serve on: it ended unasked, or is about to. Comes at most once, and not after `drain`. */
  onLost(worker: WorkerHandle): void
  onReport(worker: WorkerHandle, report: Report): void
  onEndpoints(worker: WorkerHandle, upstreams: readonly UpstreamStatus[]): void
  onNotice(worker: WorkerHandle, text: string): void
  onEnd(worker: WorkerHandle, end: WorkerEnd): void
}

/** What is given to a drain before it is cut short, beyond the time that the worker itself knows of. */
const SLACK_MS = 2_000
/** A worker that drains after a bug or a signal of its own knows its time; this bounds what it does not keep. */
const LEAVING_MS = 30_000

export class WorkerHandle {
  readonly id: number
  readonly place: number
  readonly startedAt: number
  readonly #link: WorkerLink
  readonly #events: WorkerEvents
  readonly #listening = Promise.withResolvers<readonly Bound[] | string>()
  readonly #ended = Promise.withResolvers<void>()
  #state: WorkerState = 'starting'
  #lastWords: LastWords | null = null
  #killTimer: NodeJS.Timeout | null = null

  constructor(options: { id: number; place: number; now: number; connect: Connect; events: WorkerEvents }) {
    this.id = options.id
    this.place = options.place
    this.startedAt = options.now
    this.#events = options.events
    this.#link = options.connect({
      place: options.place,
      onMessage: (message) => this.#receive(message),
      onEnd: (end) => this.#end(end),
    })
  }

  get state(): WorkerState {
    return this.#state
  }

  get pid(): number | null {
    return this.#link.pid
  }

  /** What it said of the bug that it died of. */
  get lastWords(): LastWords | null {
    return this.#lastWords
  }

  /** Where it listens, or a sentence why it does not. */
  get listening(): Promise<readonly Bound[] | string> {
    return this.#listening.promise
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  send(message: ToWorker): void {
    if (this.#state !== 'ended') this.#link.send(message)
  }

  /** It takes no more and ends when it has finished, after `graceMs` at the latest. */
  drain(graceMs: number): Promise<void> {
    if (this.#state === 'ended') return this.ended
    this.#state = 'draining'
    this.#link.send({ kind: 'drain', graceMs })
    this.#killAfter(graceMs + SLACK_MS)
    return this.ended
  }

  kill(): void {
    if (this.#state !== 'ended') this.#link.kill()
  }

  #receive(message: ToControl): void {
    switch (message.kind) {
      case 'listening':
        if (this.#state === 'starting') this.#state = 'serving'
        return this.#listening.resolve(message.listeners)
      case 'unable':
        return this.#listening.resolve(message.reason)
      case 'report':
        return this.#events.onReport(this, message.report)
      case 'endpoints':
        return this.#events.onEndpoints(this, message.upstreams)
      case 'notice':
        return this.#events.onNotice(this, message.text)
      case 'last-words':
        this.#lastWords ??= message.words
        return this.#leave()
      case 'leaving':
        return this.#leave()
    }
  }

  #leave(): void {
    if (this.#state === 'draining' || this.#state === 'ended') return
    this.#state = 'draining'
    this.#killAfter(LEAVING_MS)
    this.#events.onLost(this)
  }

  #end(end: WorkerEnd): void {
    const wasLost = this.#state === 'starting' || this.#state === 'serving'
    this.#state = 'ended'
    if (this.#killTimer !== null) clearTimeout(this.#killTimer)
    this.#listening.resolve(`the worker ended before it listened (${describeEnd(end)})`)
    this.#events.onEnd(this, end)
    if (wasLost) this.#events.onLost(this)
    this.#ended.resolve()
  }

  #killAfter(ms: number): void {
    if (this.#killTimer !== null) clearTimeout(this.#killTimer)
    this.#killTimer = setTimeout(() => this.kill(), ms)
  }
}

export function describeEnd(end: WorkerEnd): string {
  if (end.signal !== null) return `signal ${end.signal}`
  return end.code === null ? 'no exit code is known' : `exit code ${end.code}`
}
