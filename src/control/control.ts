/**
 * The control process: holds the listening sockets, keeps the workers running on the plan, adds up what they report, answers the admin
 * address. It never sees a request. With `--workers 0` it runs the one worker itself, over the same link.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Failure } from '../causes/failure.ts'
import { formatAddress } from '../config/address.ts'
import type { Loaded } from '../config/load.ts'
import type { Plan } from '../config/plan.ts'
import type { FailureRecord } from '../gateway/observe/record.ts'
import type { Switches } from '../gateway/switches.ts'
import type { Address } from '../net/address.ts'
import { type Clock, systemClock } from '../std/clock.ts'
import { FIRST_SOCKET_DESCRIPTOR } from '../worker/descriptor.ts'
import type { Bound } from '../worker/link.ts'
import type { AdminSource, Readiness } from './admin/app.ts'
import type { Configuration } from './admin/configuration.ts'
import { done, type Result, refused } from './admin/operation.ts'
import type { ReloadReport, UpgradeReport } from './admin/operation-table.ts'
import { AdminServer } from './admin/server.ts'
import type { Status } from './admin/status.ts'
import type { Inherited } from './handover.ts'
import type { Logger } from './log.ts'
import { type Operated, Operator } from './operator.ts'
import { findOrphans } from './orphan.ts'
import { Oversight } from './oversight.ts'
import { isTaken, refusal, restartFor } from './refusal.ts'
import { Reloading } from './reloading.ts'
import { Reunion } from './reunion.ts'
import { SocketSet } from './socket-set.ts'
import type { Successor } from './successor.ts'
import type { Supervisor } from './systemd/service.ts'
import { Turn } from './turn.ts'
import { startNext, type UpgradeSettings } from './upgrade.ts'
import { type Deployment, WorkerGroup } from './worker-group.ts'
import { connectChild } from './worker-link.ts'
import { workerStatuses } from './worker-status.ts'

/** The workers of a control that has just died may not have noticed yet. */
const REUNION_TRIES = 3
const REUNION_MS = 100
/** After a control process has ended its workers can be found. */
const ORPHANED_MS = 500

export type ControlOptions = {
  readonly plan: Plan
  /** Reads the configuration anew. */
  readonly reload: () => Promise<Loaded>
  /** The file that it is read from, watched while the plan says so. */
  readonly file?: string | undefined
  /** What the plan was made of, without secrets. */
  readonly text?: string | undefined
  /** Where what operators switch is kept across restarts; without it, it is not. */
  readonly dataFolder?: string
  readonly version: string
  readonly log: Logger
  /** Gets what the log gets of each request that failed, and those that were rescued besides. */
  readonly onRecord?: (record: FailureRecord) => void
  readonly clock?: Clock
  /** Sockets that were opened before this process began. */
  readonly inherited?: Inherited | null
  /** How an upgrade starts the next version; without it there is none. */
  readonly upgrade?: UpgradeSettings
  /** Is told how this process is. */
  readonly supervisor?: Supervisor | null
}

export type Started = { readonly kind: 'started'; readonly listeners: readonly Bound[]; readonly admin: Address | null }

export class Control implements AdminSource, Operated {
  readonly operator: Operator
  readonly oversight: Oversight
  readonly #options: ControlOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #startedAt: number
  readonly #group: WorkerGroup
  readonly #reloading: Reloading
  readonly #sockets = new SocketSet()
  readonly #ended = Promise.withResolvers<void>()
  readonly #turn = new Turn()
  #plan: Plan
  #admin: AdminServer | null = null
  #reunion: Reunion | null = null
  /** The process that an upgrade has put in the place of this one. */
  successor: Successor | null = null
  #state: 'starting' | 'serving' | 'draining' = 'starting'

  constructor(options: ControlOptions) {
    const { clock = systemClock, log, plan, onRecord, version } = options
    this.#options = options
    this.#plan = plan
    this.#clock = clock
    this.#log = log
    this.#startedAt = clock.epoch()
    const { reload: read, file, text } = options
    this.#reloading = new Reloading({ read, file, text, clock, log, onChange: () => void this.reload() })
    const folder = options.dataFolder ?? null
    this.oversight = new Oversight({
      clock,
      log,
      plan,
      folder,
      onRecord,
      version,
      startedAt: this.#startedAt,
      pids: () => [process.pid, ...this.#group.workers.map(({ pid }) => pid)],
      onVerdicts: (verdicts) => this.#group.tellVerdicts(verdicts),
      onStatusPage: (files) => this.#group.show(files),
    })
    this.#group = new WorkerGroup({ log, clock, watcher: this.oversight })
    this.operator = new Operator({ control: this, folder, clock, log })
    this.#group.operate(this.operator.switches)
    this.oversight.statusPage.operate(this.operator.switches)
  }

  /** Resolves when every worker listens, or to why not; its `error.message` is for people. Then nothing is left running. */
  async start(): Promise<Started | Failure> {
    void this.oversight.chronicle.restore()
    let listeners = await this.#begin()
    for (let times = 0; times < REUNION_TRIES && isTaken(listeners); times++) {
      await new Promise((resolve) => setTimeout(resolve, REUNION_MS))
      listeners = await this.#begin()
    }
    if ('cause' in listeners) {
      await this.#close()
      return listeners
    }
    this.#state = 'serving'
    this.#reloading.watch(this.#plan.isWatched)
    await this.#tellReady()
    return { kind: 'started', listeners, admin: this.#admin?.address ?? null }
  }

  async #tellReady(): Promise<void> {
    const places = this.#plan.listeners.map(({ name }) => name).join(', ')
    const { workers } = this.#plan
    await this.#options.supervisor?.ready(`Serving on ${places} with ${workers} worker${workers === 1 ? '' : 's'}.`)
  }

  /** Workers of a control that has died hold the sockets, perhaps. */
  async #begin(): Promise<readonly Bound[] | Failure> {
    const { dataFolder, version } = this.#options
    if (this.#plan.workers > 0) this.#sockets.inherit(this.#plan.listeners, this.#options.inherited ?? null)
    if (dataFolder !== undefined && this.#plan.workers > 0) {
      this.#reunion = await Reunion.seek({ dataFolder, version, listeners: this.#plan.listeners, log: this.#log })
      if (this.#reunion !== null) this.#sockets.takeOver(this.#reunion.sockets)
    }
    return this.#install(this.#plan)
  }

  /** Resolves when it has drained or was killed. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  get plan(): Plan {
    return this.#plan
  }

  get version(): string {
    return this.#options.version
  }

  get configuration(): Configuration {
    return this.#reloading.configuration
  }

  /** Makes `plan` the one that runs. A failure says why not, and the former one goes on. */
  apply(plan: Plan): Promise<Failure | null> {
    return this.#turn.run(() => this.#apply(plan))
  }

  async #apply(plan: Plan): Promise<Failure | null> {
    if (this.#state !== 'serving') return refusal('it is shutting down.')
    const obstacle = restartFor(this.#plan, plan)
    if (obstacle !== null) return obstacle
    const listeners = await this.#install(plan)
    if ('cause' in listeners) return listeners
    this.#plan = plan
    this.#reloading.watch(this.#plan.isWatched)
    return null
  }

  /** Reads the configuration anew and applies it, all of it or nothing. The log says what came of it. */
  reload(): Promise<Result<ReloadReport>> {
    return this.#turn.run(async () => {
      this.#options.supervisor?.reloading()
      const result = await this.#reloading.reload(this.#plan, (plan) => this.#apply(plan))
      void this.#tellReady()
      if (result.ok) this.oversight.investigator.note('reload', 'The configuration was reloaded')
      return result
    })
  }

  /** Puts what operators have switched in force, all of it. */
  operate(switches: Switches): void {
    this.#group.operate(switches)
    this.oversight.investigator.noteSwitches(switches)
    this.oversight.statusPage.operate(switches)
  }

  /** Starts the program as it is on disk by now, on the same sockets. When that one serves, this one finishes what it has and ends. */
  async upgrade(): Promise<Result<UpgradeReport>> {
    const result = await this.#turn.run(async () => {
      if (this.#state !== 'serving') return refused(409, 'Not upgraded: it is shutting down.')
      const settings = this.#options.upgrade
      const sockets = this.#sockets.handOver(this.#plan, this.#admin)
      return startNext({ settings, sockets, log: this.#log, onFailed: () => this.adoptLate() })
    })
    if (!result.ok) return result
    this.successor = result.value
    const { pid, version } = result.value
    void this.#leave()
    return done({ pid, version })
  }

  /** Another control process has gone. Workers that it left behind finish what they have. */
  adoptLate(): void {
    const { dataFolder } = this.#options
    if (dataFolder === undefined) return
    setTimeout(async () => this.#group.adopt(await findOrphans(dataFolder, this.#plan.listeners), true), ORPHANED_MS).unref()
  }

  /** Another process serves on the sockets. */
  async #leave(): Promise<void> {
    this.#state = 'draining'
    this.#options.supervisor?.leave()
    this.oversight.chronicle.leave()
    this.oversight.alerts.close()
    this.oversight.stop()
    this.#sockets.leaveAll()
    await Promise.all([this.#admin?.close(true), this.#group.drain(this.#plan.drain.graceMs)])
    this.#admin = null
    await this.#close()
  }

  reopenLogs(): void {
    this.#group.reopenLogs()
    this.#log.info('Log files were reopened.')
  }

  /** Not ready any more, then no new connections, then the end of those in flight. */
  async drain(): Promise<void> {
    if (this.successor?.isAwaited) this.successor.send('SIGTERM')
    if (this.#state === 'draining') return this.ended
    this.#state = 'draining'
    this.#options.supervisor?.stopping()
    this.oversight.stop()
    const { delayMs, graceMs } = this.#plan.drain
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    // Held any longer they would take connections that nobody is going to accept.
    this.#sockets.closeAll()
    await this.#group.drain(graceMs)
    await this.#close()
  }

  /** The end, whatever is in flight. */
  async kill(): Promise<void> {
    this.#state = 'draining'
    this.#group.kill()
    await this.#close()
  }

  async readiness(): Promise<Readiness> {
    const problems: string[] = []
    if (this.#state !== 'serving') problems.push(this.#state === 'draining' ? 'It is shutting down.' : 'It is starting.')
    if (this.operator.isDrained) problems.push('An operator has drained it; `gatewell resume` takes that back.')
    const reports = await this.#group.collect()
    if (reports.length === 0) problems.push('No worker serves.')
    problems.push(...this.oversight.problems(reports))
    return { isReady: problems.length === 0, problems }
  }

  /** All of the status but what operators have switched. */
  async status(): Promise<Omit<Status, 'isDrained' | 'switches'>> {
    const reports = await this.#group.collect()
    return {
      version: this.#options.version,
      state: this.#state,
      uptimeMs: Math.round(this.#clock.epoch() - this.#startedAt),
      workers: workerStatuses(this.#group, this.#clock.now()),
      upstreams: this.oversight.report(reports),
    }
  }

  async metrics(): Promise<string> {
    await this.#group.collect()
    return this.oversight.metrics()
  }

  /** All of the plan or nothing of it. */
  async #install(plan: Plan): Promise<readonly Bound[] | Failure> {
    const opened = plan.workers === 0 ? [] : await this.#sockets.open(plan.listeners)
    if ('cause' in opened) return opened
    const giveBack = (problem: Failure): Failure => {
      this.#sockets.close(opened)
      return problem
    }
    const admin = await this.#openAdmin(plan)
    if (admin !== null && 'cause' in admin) return giveBack(admin)
    const listeners = await this.#runPlan(plan)
    if (typeof listeners === 'string') {
      if (admin !== this.#admin) await admin?.close()
      return giveBack(refusal(listeners))
    }
    admin?.apply(plan.admin)
    await admin?.serve()
    if (admin !== this.#admin) await this.#admin?.close()
    this.#admin = admin
    for (const { address } of this.#sockets.closeUnused(plan.listeners)) this.#log.info(`No longer listening on ${formatAddress(address)}.`)
    this.oversight.apply(
      plan,
      admin?.address ?? null,
      listeners.map(({ address }) => address),
    )
    return listeners
  }

  /** The running one where its address did not change. */
  async #openAdmin(plan: Plan): Promise<AdminServer | Failure | null> {
    if (plan.admin.address === null) return null
    const { address, token, mcp } = plan.admin
    if (this.#admin !== null && isDeepStrictEqual(address, this.#plan.admin.address)) return this.#admin
    const socket = this.#options.inherited?.takeAdmin(address) ?? undefined
    return AdminServer.open({ address, token, mcp, source: this, log: this.#log, socket })
  }

  /** Where it listens, or a sentence why not. */
  async #runPlan(plan: Plan): Promise<readonly Bound[] | string> {
    const isFirst = this.#state === 'starting'
    if (!isFirst && isDeepStrictEqual(plan.listeners, this.#plan.listeners)) {
      if (plan.workers === this.#plan.workers) this.#group.apply(plan)
      else await this.#group.take(await this.#deployment(plan))
      return []
    }
    const next = await this.#deployment(plan)
    const listeners = (isFirst ? await this.#reunion?.join(this.#group, next) : null) ?? (await this.#group.deploy(next))
    // The former set had to go before it was known that the next one cannot run.
    if (typeof listeners === 'string' && next.isBindingItself && !isFirst) await this.#group.deploy(await this.#deployment(this.#plan))
    return listeners
  }

  async #deployment(plan: Plan): Promise<Deployment> {
    if (plan.workers === 0) {
      const { connectLocal } = await import('./local-worker.ts')
      return { plan, count: 1, connect: connectLocal(this.#clock), descriptors: {}, isBindingItself: true }
    }
    const { descriptors, inherited, isWhole } = this.#sockets.inheritance(plan.listeners, FIRST_SOCKET_DESCRIPTOR)
    const { version, dataFolder = '' } = this.#options
    const connect = connectChild({ descriptors: inherited, version, dataFolder })
    return { plan, count: isWhole ? plan.workers : 1, connect, descriptors, isBindingItself: !isWhole }
  }

  async #close(): Promise<void> {
    this.#reloading.watch(false)
    this.#sockets.closeAll()
    await this.#admin?.close()
    this.#admin = null
    await this.oversight.close()
    this.#ended.resolve()
  }
}
