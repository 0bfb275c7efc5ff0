/**
 * The gateway as a worker: does what control says over the link, reports what it sees, and ends in good order, also after a bug.
 * It knows no process: `main.ts` runs it as one, and with `--workers 0` control runs it in its own.
 */
import type { Plan } from '../config/plan.ts'
import { Gateway } from '../gateway/gateway.ts'
import { AccessLog } from '../gateway/observe/access-log.ts'
import { Observer } from '../gateway/observe/observer.ts'
import type { StatusFile } from '../gateway/respond/status-page.ts'
import { NO_SWITCHES } from '../gateway/switches.ts'
import type { UpstreamStatus } from '../gateway/upstream/status.ts'
import type { Verdict } from '../gateway/upstream/verdict.ts'
import { clearSocketFile } from '../net/listening-socket.ts'
import type { Clock } from '../std/clock.ts'
import { Wheel } from '../std/wheel.ts'
import type { Bound, ToControl, ToWorker } from './link.ts'
import { Vitals } from './vitals.ts'

const REPORT_MS = 1_000
/** A failure is told at once, but a burst of them together. */
const RECORDS_MS = 100
/** After a bug the state cannot be trusted for long. */
const BUG_GRACE_MS = 10_000
const LAST_WORDS_MAX = 10

export type WorkerOptions = {
  /** Its place among the workers, from 1: a label of metrics, taken over by the one that replaces it. */
  readonly place: number
  readonly clock: Clock
  /** Must not block and never fails; `onSent` runs when the message has left this process, or cannot. */
  readonly send: (message: ToControl, onSent?: () => void) => void
  /** What exchanges in flight get after a bug; ten seconds if left out. */
  readonly bugGraceMs?: number
  /** False while there is no control: numbers then add up for the next one. */
  readonly isHeard?: () => boolean
  /** It has ended: drained, or unable to start. */
  readonly onEnd: () => void
}

export class Worker {
  readonly #options: WorkerOptions
  readonly #wheel: Wheel
  readonly #accessLog: AccessLog
  readonly #observer: Observer
  readonly #vitals = new Vitals()
  #plan: Plan | null = null
  #gateway: Gateway | null = null
  /** Not on the wheel, which would have to turn for it even while there is no traffic. */
  #reportTimer: NodeJS.Timeout | null = null
  #recordsTimer: NodeJS.Timeout | null = null
  #listeners: readonly Bound[] = []
  #isReporting = false
  #isEnding = false
  #lastWords = 0
  /** Came before there was a gateway to give them to. */
  #earlyVerdicts: readonly Verdict[] = []
  #switches = NO_SWITCHES
  #statusFiles: readonly StatusFile[] = []
  /** What control was told last of the endpoints. */
  #told = ''

  constructor(options: WorkerOptions) {
    const { clock } = options
    this.#options = options
    this.#wheel = new Wheel({ clock })
    this.#accessLog = new AccessLog({ clock, wheel: this.#wheel, onNotice: (text) => options.send({ kind: 'notice', text }) })
    this.#observer = new Observer({
      clock,
      accessLog: this.#accessLog,
      onRecord: () => {
        this.#recordsTimer = setTimeout(() => this.#reportInTime(), RECORDS_MS)
      },
    })
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case 'start':
        this.#plan = message.plan
        return void this.#start(message.plan, message.descriptors)
      case 'apply':
        this.#plan = message.plan
        return void this.#apply(message.plan)
      case 'collect':
        return this.#report(message.ticket)
      case 'verdicts':
        if (this.#gateway === null) this.#earlyVerdicts = message.verdicts
        else this.#gateway.setVerdicts(message.verdicts)
        return
      case 'operate':
        this.#switches = message.switches
        return this.#gateway?.operate(message.switches)
      case 'status-page':
        this.#statusFiles = message.files
        return this.#gateway?.setStatusPage(message.files)
      case 'give-up':
        return this.#gateway?.giveUp(message.connections)
      case 'reopen-logs':
        return this.#accessLog.reopen()
      case 'drain':
        return void this.#end(message.graceMs)
    }
  }

  /** Where it listens. */
  get listeners(): readonly Bound[] {
    return this.#listeners
  }

  get listeningHandles(): readonly unknown[] {
    return this.#gateway?.listeningHandles ?? []
  }

  get isEnding(): boolean {
    return this.#isEnding
  }

  /** Control is another one than before and knows nothing yet. */
  introduceItself(): void {
    this.#told = ''
    this.#tellEndpoints()
  }

  /** Somebody else than control wants it to end. */
  leave(graceMs: number): void {
    if (this.#isEnding) return
    this.#options.send({ kind: 'leaving' })
    void this.#end(graceMs)
  }

  /** The end, whatever is in flight. */
  kill(): void {
    this.#isEnding = true
    this.#gateway?.close()
    this.#stopTimers()
  }

  reopenLogs(): void {
    this.#accessLog.reopen()
  }

  /** A bug: tells it, takes no more, finishes what is in flight, ends. */
  reportBug(error: unknown): void {
    if (++this.#lastWords <= LAST_WORDS_MAX) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error))
      this.#options.send({ kind: 'last-words', words: { message, stack: stack ?? message, exchange: this.#observer.latestId } })
    }
    void this.#end(this.#options.bugGraceMs ?? BUG_GRACE_MS, 'gateway-internal')
  }

  async #start(plan: Plan, descriptors: Readonly<Record<string, number>>): Promise<void> {
    const reason = await this.#accessLog.apply(plan.accessLog)
    if (reason !== null) return this.#refuse(reason)
    // Meanwhile it may have been told to end, or been given another plan.
    if (this.#isEnding) return
    this.#gateway = new Gateway({ plan: this.#plan ?? plan, clock: this.#options.clock, wheel: this.#wheel, observer: this.#observer })
    this.#gateway.setVerdicts(this.#earlyVerdicts)
    this.#gateway.operate(this.#switches)
    this.#gateway.setStatusPage(this.#statusFiles)
    this.#gateway.observePressure(this.#vitals.takeReadings())
    const listeners: Bound[] = []
    for (const listener of plan.listeners) {
      const fd = descriptors[listener.name]
      const obstacle = fd === undefined ? await clearSocketFile(listener.address) : null
      const address = obstacle ?? (await this.#gateway.listen(listener, fd === undefined ? null : { fd, isShared: plan.workers > 1 }))
      if ('cause' in address) return this.#refuse(address.error?.message ?? address.cause)
      listeners.push({ listener, address })
    }
    this.#listeners = listeners
    this.#options.send({ kind: 'listening', listeners })
    this.#tellEndpoints()
    this.#reportTimer = setInterval(() => {
      this.#gateway?.observePressure(this.#vitals.takeReadings())
      this.#reportInTime()
    }, REPORT_MS).unref()
  }

  #refuse(reason: string): void {
    this.#options.send({ kind: 'unable', reason }, () => void this.#end(0))
  }

  async #apply(plan: Plan): Promise<void> {
    this.#gateway?.apply(plan)
    this.#tellEndpoints()
    const reason = await this.#accessLog.apply(plan.accessLog)
    if (reason !== null) this.#options.send({ kind: 'notice', text: `${reason} The former one is kept.` })
  }

  async #end(graceMs: number, cause?: 'gateway-internal'): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    await this.#gateway?.drain(graceMs, cause)
    this.#gateway?.close()
    await this.#accessLog.close()
    this.#stopTimers()
    this.#report(0, this.#options.onEnd)
  }

  #stopTimers(): void {
    if (this.#reportTimer !== null) clearInterval(this.#reportTimer)
    if (this.#recordsTimer !== null) clearTimeout(this.#recordsTimer)
    this.#vitals.close()
  }

  /** Names are resolved here, and endpoints left out: control hears of it within a second. */
  #tellEndpoints(): void {
    const upstreams = this.#gateway?.status() ?? []
    const outline = outlineOf(upstreams)
    if (outline === this.#told || this.#isEnding) return
    this.#told = outline
    this.#options.send({ kind: 'endpoints', upstreams })
  }

  #reportInTime(): void {
    if (this.#options.isHeard?.() === false) return
    this.#tellEndpoints()
    // Control has not taken the last one: numbers go on adding up, records are bounded.
    if (!this.#isReporting) this.#report(0)
  }

  #report(ticket: number, onSent?: () => void): void {
    this.#isReporting = true
    const worker = String(this.#options.place)
    const report = {
      ticket,
      series: [...this.#observer.takeSeries(), ...this.#vitals.takeSeries()],
      gauges: [...this.#observer.gauges(worker), ...(this.#gateway?.gauges(worker) ?? []), ...this.#vitals.takeGauges(worker)],
      records: this.#observer.takeRecords(),
      traced: this.#observer.takeTraced(),
      upstreams: ticket === 0 ? [] : (this.#gateway?.status() ?? []),
    }
    this.#options.send({ kind: 'report', report }, () => {
      this.#isReporting = false
      onSent?.()
    })
  }
}

/** What is worth telling when it changes. That an endpoint rests is not: it does so for a moment after every failure. */
function outlineOf(upstreams: readonly UpstreamStatus[]): string {
  return JSON.stringify(
    upstreams.map(({ name, isLost, isPanicking, endpoints }) => [
      name,
      isLost,
      isPanicking,
      endpoints.map(({ address, state }) => [address, state === 'resting' ? 'usable' : state]),
    ]),
  )
}
