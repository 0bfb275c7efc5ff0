/**
 * Keeps the workers running: starts them, replaces one that is lost at once (one that keeps dying after a growing pause, but always),
 * and moves to a new set of them when listeners change, the old set finishing what it has.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Plan } from '../config/plan.ts'
import type { StatusFile } from '../gateway/respond/status-page.ts'
import { NO_SWITCHES, type Switches } from '../gateway/switches.ts'
import type { UpstreamStatus } from '../gateway/upstream/status.ts'
import type { Verdict } from '../gateway/upstream/verdict.ts'
import type { Clock } from '../std/clock.ts'
import type { Bound, LastWords, Report } from '../worker/link.ts'
import type { Logger } from './log.ts'
import type { Orphan } from './orphan.ts'
import { excessOf } from './share.ts'
import { type Connect, describeEnd, type WorkerEnd, type WorkerEvents, WorkerHandle } from './worker-handle.ts'

const PAUSE_MIN_MS = 100
const PAUSE_MAX_MS = 5_000
/** One that lived so long did not die of its start. */
const LIVED_MS = 10_000
/** What an answer to a `collect` is waited for. */
const COLLECT_MS = 500
/** A signal to one worker is mostly one to the whole group, and then control has it as well in a moment. */
const SIGNALLED_MS = 100

/** What a set of workers runs. */
export type Deployment = {
  readonly plan: Plan
  readonly count: number
  readonly connect: Connect
  /** By the name of the listener, as the workers see them. */
  readonly descriptors: Readonly<Record<string, number>>
  /** Workers bind for themselves, so a former set must give the addresses up before the next can have them. */
  readonly isBindingItself: boolean
}

/** Sees what becomes of the workers. */
export interface WorkerWatcher {
  onReport(worker: WorkerHandle, report: Report): void
  /** What it has now. Some of it may be new, so it is told all verdicts. */
  onEndpoints(worker: WorkerHandle, upstreams: readonly UpstreamStatus[]): void
  /** All that probes concluded so far. */
  verdicts(): readonly Verdict[]
  onStart(): void
  /** It ended or is ending unasked. */
  onCrash(): void
  onEnd(worker: WorkerHandle): void
}

export type WorkerGroupOptions = { readonly log: Logger; readonly clock: Clock; readonly watcher: WorkerWatcher }

export class WorkerGroup implements WorkerEvents {
  readonly #options: WorkerGroupOptions
  /** All that have not ended, former sets included. */
  readonly #alive = new Set<WorkerHandle>()
  /** The set that serves, by place. */
  readonly #serving = new Map<number, WorkerHandle>()
  readonly #crashes = new Map<number, number>()
  /** That each has open, as it said last. */
  readonly #connections = new WeakMap<WorkerHandle, number>()
  readonly #asked = new Map<string, (upstreams: readonly UpstreamStatus[]) => void>()
  #deployment: Deployment | null = null
  #switches = NO_SWITCHES
  #statusFiles: readonly StatusFile[] = []
  #isDraining = false
  #lastId = 0
  #lastTicket = 0

  constructor(options: WorkerGroupOptions) {
    this.#options = options
  }

  /** What a worker that is replaced has for what it has begun. */
  get #graceMs(): number {
    return this.#deployment?.plan.drain.graceMs ?? 0
  }

  get workers(): readonly WorkerHandle[] {
    return [...this.#alive]
  }

  /** Starts a set of workers and ends the former one when all listen. Where they listen, or why not in a sentence: then nothing changed. */
  async deploy(deployment: Deployment): Promise<readonly Bound[] | string> {
    const former = [...this.#serving.values()]
    if (deployment.isBindingItself) for (const worker of former) void worker.drain(this.#graceMs)
    const next = Array.from({ length: deployment.count }, (_, index) => this.#start(deployment, index + 1))
    const answers = await Promise.all(next.map((worker) => worker.listening))
    const reason = answers.find((answer) => typeof answer === 'string')
    if (reason !== undefined || this.#isDraining) {
      for (const worker of next) void worker.drain(0)
      return reason ?? 'it is shutting down.'
    }
    this.#deployment = deployment
    this.#serving.clear()
    for (const worker of next) this.#serving.set(worker.place, worker)
    for (const worker of former) void worker.drain(this.#graceMs)
    for (const worker of next) if (worker.state !== 'serving') this.onLost(worker)
    return answers[0] as readonly Bound[]
  }

  /** Workers that another control had started are this one's from now on. `isLate`, or with no place free, they finish what they have. */
  adopt(orphans: readonly Orphan[], isLate = false): void {
    for (const { introduction, connect } of orphans) {
      const { place, ageMs, isLeaving } = introduction
      const now = this.#options.clock.now() - ageMs
      const worker = new WorkerHandle({ id: ++this.#lastId, place, now, connect, events: this })
      this.#alive.add(worker)
      worker.send({ kind: 'operate', switches: this.#switches })
      if (this.#statusFiles.length > 0) worker.send({ kind: 'status-page', files: this.#statusFiles })
      this.#tellAll(worker)
      if (isLate || isLeaving || this.#serving.has(place)) void worker.drain(this.#graceMs)
      else this.#serving.set(place, worker)
    }
  }

  /** The workers that serve go on, with what differs in `deployment`: it has the same listeners. */
  async take(deployment: Deployment): Promise<void> {
    this.#deployment = deployment
    this.apply(deployment.plan)
    for (const worker of [...this.#serving.values()]) {
      if (worker.place <= deployment.count) continue
      this.#serving.delete(worker.place)
      void worker.drain(this.#graceMs)
    }
    for (let place = 1; place <= deployment.count; place++) this.#replace(place)
    await Promise.all([...this.#serving.values()].map(({ listening }) => listening))
  }

  /** A plan with the same listeners, for those that serve and all that replace them. */
  apply(plan: Plan): void {
    if (this.#deployment === null) return
    this.#deployment = { ...this.#deployment, plan }
    for (const worker of this.#serving.values()) worker.send({ kind: 'apply', plan })
  }

  /** What operators have switched, for those that run and all that will. */
  operate(switches: Switches): void {
    this.#switches = switches
    for (const worker of this.#alive) worker.send({ kind: 'operate', switches })
  }

  /** The public status page, for those that run and all that will. */
  show(files: readonly StatusFile[]): void {
    this.#statusFiles = files
    for (const worker of this.#alive) worker.send({ kind: 'status-page', files })
  }

  tellVerdicts(verdicts: readonly Verdict[]): void {
    for (const worker of this.#alive) worker.send({ kind: 'verdicts', verdicts })
  }

  reopenLogs(): void {
    for (const worker of this.#alive) worker.send({ kind: 'reopen-logs' })
  }

  /** Has all report now. What each says of its upstreams, and nothing of those that do not answer in time. */
  async collect(): Promise<readonly (readonly UpstreamStatus[])[]> {
    const ticket = ++this.#lastTicket
    const workers = [...this.#serving.values()].filter(({ state }) => state === 'serving')
    const answers = await Promise.all(workers.map((worker) => this.#ask(worker, ticket)))
    return answers.filter((answer) => answer !== null)
  }

  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true
    await Promise.all([...this.#alive].map((worker) => worker.drain(graceMs)))
  }

  kill(): void {
    this.#isDraining = true
    for (const worker of this.#alive) worker.kill()
  }

  onReport(worker: WorkerHandle, report: Report): void {
    this.#options.watcher.onReport(worker, report)
    if (report.ticket === 0) this.#share(worker, report)
    this.#asked.get(`${worker.id} ${report.ticket}`)?.(report.upstreams)
  }

  onEndpoints(worker: WorkerHandle, upstreams: readonly UpstreamStatus[]): void {
    this.#options.watcher.onEndpoints(worker, upstreams)
    this.#tellAll(worker)
  }

  onNotice(worker: WorkerHandle, text: string): void {
    this.#options.log.warn({ worker: worker.place }, text)
  }

  onEnd(worker: WorkerHandle, end: WorkerEnd): void {
    this.#alive.delete(worker)
    this.#options.watcher.onEnd(worker)
    // One that had said that it would end is no longer here.
    if (this.#isDraining || this.#serving.get(worker.place) !== worker) return
    const said = end.said?.trim() ?? ''
    const facts = { worker: worker.place, pid: worker.pid, code: end.code, signal: end.signal, ...(said !== '' && { said }) }
    const words = fatalLineOf(said)
    this.#options.log.error(
      facts,
      `Worker ${worker.place} ended unasked (${describeEnd(end)})${words === '' ? '' : `: ${words}`}. What it was doing is lost; it is replaced.`,
    )
  }

  onLost(worker: WorkerHandle): void {
    if (this.#isDraining || this.#serving.get(worker.place) !== worker) return
    const { place } = worker
    this.#serving.delete(place)
    if (worker.state === 'draining' && worker.lastWords === null) {
      setTimeout(() => this.#replaceSignalled(worker), SIGNALLED_MS)
      return
    }
    this.#options.watcher.onCrash()
    if (worker.lastWords !== null) this.#tellBug(worker, worker.lastWords)
    const hasLived = this.#options.clock.now() - worker.startedAt >= LIVED_MS
    const crashes = hasLived ? 1 : (this.#crashes.get(place) ?? 0) + 1
    this.#crashes.set(place, crashes)
    if (crashes === 1) return this.#replace(place)
    const pauseMs = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** (crashes - 2))
    this.#options.log.warn(
      { worker: place, crashes, pauseMs },
      `Worker ${place} has died ${crashes} times in a row; starting it again in ${pauseMs} ms.`,
    )
    setTimeout(() => this.#replace(place), pauseMs)
  }

  /** One that has more connections than the others is told to give some up. */
  #share(worker: WorkerHandle, { gauges }: Report): void {
    this.#connections.set(worker, gauges.find(({ metric }) => metric === 'gatewell.connections.open')?.values[0] ?? 0)
    const serving = [...this.#serving.values()].filter(({ state }) => state === 'serving')
    if (!serving.includes(worker)) return
    const connections = excessOf(
      this.#connections.get(worker) ?? 0,
      serving.map((one) => this.#connections.get(one) ?? 0),
    )
    if (connections > 0) worker.send({ kind: 'give-up', connections })
  }

  #replaceSignalled({ place, pid }: WorkerHandle): void {
    if (this.#isDraining) return
    this.#options.log.warn({ worker: place, pid }, `Worker ${place} was told to end by a signal. It finishes what it has and is replaced.`)
    this.#replace(place)
  }

  #tellBug({ place, pid }: WorkerHandle, { message, stack, exchange }: LastWords): void {
    const near = exchange === '' ? '' : ` Request ${exchange} had begun last.`
    const text = `Worker ${place} met a bug in Gatewell, please report it: ${message}.${near} It finishes what it has and is replaced.`
    this.#options.log.error({ worker: place, pid, stack, exchange }, text)
  }

  #replace(place: number): void {
    const deployment = this.#deployment
    // Meanwhile everything may have changed.
    if (this.#isDraining || deployment === null || place > deployment.count || this.#serving.has(place)) return
    const worker = this.#start(deployment, place)
    this.#serving.set(place, worker)
    void worker.listening.then((answer) => {
      if (this.#isDraining) return
      if (typeof answer === 'string') this.#options.log.error({ worker: place }, `Worker ${place} could not take over: ${answer}`)
      else this.#options.log.info({ worker: place, pid: worker.pid }, `Worker ${place} was replaced and serves.`)
    })
  }

  #start(deployment: Deployment, place: number): WorkerHandle {
    const { clock, watcher } = this.#options
    const worker = new WorkerHandle({ id: ++this.#lastId, place, now: clock.now(), connect: deployment.connect, events: this })
    this.#alive.add(worker)
    worker.send({ kind: 'start', plan: deployment.plan, descriptors: deployment.descriptors })
    if (!isDeepStrictEqual(this.#switches, NO_SWITCHES)) worker.send({ kind: 'operate', switches: this.#switches })
    if (this.#statusFiles.length > 0) worker.send({ kind: 'status-page', files: this.#statusFiles })
    this.#tellAll(worker)
    watcher.onStart()
    return worker
  }

  #tellAll(worker: WorkerHandle): void {
    const verdicts = this.#options.watcher.verdicts()
    if (verdicts.length > 0) worker.send({ kind: 'verdicts', verdicts })
  }

  /** Null when it did not answer in time. */
  #ask(worker: WorkerHandle, ticket: number): Promise<readonly UpstreamStatus[] | null> {
    return new Promise((resolve) => {
      const key = `${worker.id} ${ticket}`
      const settle = (upstreams: readonly UpstreamStatus[] | null): void => {
        clearTimeout(timer)
        this.#asked.delete(key)
        resolve(upstreams)
      }
      const timer = setTimeout(settle, COLLECT_MS, null)
      this.#asked.set(key, settle)
      worker.send({ kind: 'collect', ticket })
    })
  }
}

/** What of a worker's last lines says why: V8's own words, or else the last one. */
function fatalLineOf(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  return (lines.find((line) => line.startsWith('FATAL ERROR: ')) ?? lines.at(-1) ?? '').replace(/\.$/, '')
}
