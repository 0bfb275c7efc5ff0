/** A gateway for one rehearsal: a worker of its own, in this process or in one that lacks something. */
import { type ChildProcess, spawn } from 'node:child_process'
import { extname, join } from 'node:path'
import type { CauseId } from '../../causes/catalogue.ts'
import type { Plan } from '../../config/plan.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Switches } from '../../gateway/switches.ts'
import type { Address } from '../../net/address.ts'
import { systemClock } from '../../std/clock.ts'
import type { Report, ToControl, ToWorker } from '../../worker/link.ts'
import { Worker } from '../../worker/worker.ts'

/** Beside this folder in the sources as in the built package. */
const WORKER_MAIN = join(import.meta.dirname, '..', '..', 'worker', `main${extname(import.meta.filename)}`)
const BUG_GRACE_MS = 50
const POLL_MS = 10

type Link = { send(message: ToWorker): void; reportBug(): void; close(): void }

export class ThrowAwayGateway {
  /** Exchanges that failed, oldest first. */
  readonly records: FailureRecord[] = []
  /** All that failed, connections turned away among them. */
  readonly failures = new Map<CauseId, number>()
  readonly #link: Link
  readonly #listening = Promise.withResolvers<void>()
  #address: Address | null = null
  #report = Promise.withResolvers<void>()

  /** `wrapper`: words put before the command of a process that is to be confined; null for a gateway in this process. */
  private constructor(wrapper: readonly string[] | null) {
    const receive = (message: ToControl): void => this.#receive(message)
    const fail = (error: Error): void => this.#listening.reject(error)
    this.#link = wrapper === null ? linkHere(receive) : linkConfined(wrapper, receive, fail)
  }

  static async start(plan: Plan, wrapper: readonly string[] | null): Promise<ThrowAwayGateway> {
    const gateway = new ThrowAwayGateway(wrapper)
    gateway.#link.send({ kind: 'start', plan, descriptors: {} })
    await gateway.#listening.promise
    return gateway
  }

  /** Where visitors come to. */
  get address(): Address {
    return this.#address as Address
  }

  drain(graceMs: number): void {
    this.#link.send({ kind: 'drain', graceMs })
  }

  operate(switches: Switches): void {
    this.#link.send({ kind: 'operate', switches })
  }

  /** As if something in it had thrown. Only for a gateway in this process. */
  reportBug(): void {
    this.#link.reportBug()
  }

  /** Waits until enough has failed, `limitMs` at the most; something is enough unless said otherwise. */
  async failed(limitMs: number, isEnough: () => boolean = () => this.failures.size > 0): Promise<void> {
    const until = systemClock.now() + limitMs
    while (!isEnough() && systemClock.now() < until) {
      const { promise } = this.#report
      this.#link.send({ kind: 'collect', ticket: 1 })
      await orAfter(promise, limitMs)
      if (!isEnough()) await pause(POLL_MS)
    }
  }

  close(): void {
    this.#link.close()
  }

  #receive(message: ToControl): void {
    if (message.kind === 'listening') {
      this.#address = message.listeners[0]?.address ?? null
      this.#listening.resolve()
    }
    if (message.kind === 'unable') this.#listening.reject(new Error(message.reason))
    if (message.kind === 'report') this.#take(message.report)
  }

  #take(report: Report): void {
    this.records.push(...report.records)
    for (const { metric, labels, values } of report.series) {
      if (metric !== 'gatewell.failures' || values[0] === 0) continue
      const cause = labels[0] as CauseId
      this.failures.set(cause, (this.failures.get(cause) ?? 0) + (values[0] as number))
    }
    this.#report.resolve()
    this.#report = Promise.withResolvers()
  }
}

function linkHere(receive: (message: ToControl) => void): Link {
  const send = (message: ToControl, onSent?: () => void): void => {
    receive(message)
    onSent?.()
  }
  const worker = new Worker({ place: 1, clock: systemClock, bugGraceMs: BUG_GRACE_MS, send, onEnd: () => {} })
  return {
    send: (message) => worker.receive(message),
    reportBug: () => worker.reportBug(new Error('a rehearsed bug')),
    close: () => worker.receive({ kind: 'drain', graceMs: 0 }),
  }
}

function linkConfined(wrapper: readonly string[], receive: (message: ToControl) => void, fail: (error: Error) => void): Link {
  // The kernel ends it with this process, whatever becomes of that.
  const [command = '', ...words] = ['setpriv', '--pdeathsig', 'KILL', ...wrapper, process.execPath, WORKER_MAIN, '1']
  const child: ChildProcess = spawn(command, words, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let said = ''
  child.stderr?.on('data', (bytes) => {
    said += bytes
  })
  child.on('message', (message) => receive(message as ToControl))
  child.on('error', fail)
  child.on('exit', () => fail(new Error(`the confined gateway ended before it listened: ${said}`)))
  return {
    send: (message) => void (child.connected && child.send(message, () => {})),
    reportBug: () => {},
    close: () => void child.kill('SIGKILL'),
  }
}

/** Leaves no timer behind that would keep the process. */
async function orAfter(promise: Promise<void>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([promise, late.promise])
  clearTimeout(timer)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
