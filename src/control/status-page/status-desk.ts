/**
 * Makes the public status page and hands it to who answers it. It looks every two seconds, and sends what has changed at once and the rest
 * every half minute, so that the time on it says whether anybody still looks. How the services were is kept, day by day.
 */
import type { Plan } from '../../config/plan.ts'
import type { StatusPlan } from '../../config/status-plan.ts'
import type { StatusFile } from '../../gateway/respond/status-page.ts'
import type { Switches } from '../../gateway/switches.ts'
import type { Clock } from '../../std/clock.ts'
import type { Incident } from '../incident/incident.ts'
import type { Logger } from '../log.ts'
import type { ServiceDay } from '../store/store.ts'
import { Calendar, DAY_MS, DAYS_SHOWN } from './calendar.ts'
import { publicIncidents } from './public-incident.ts'
import { maintenanceMessage, type ServiceState, type Sight, stateOf } from './service-state.ts'
import { renderFiles } from './status-file.ts'
import type { StatusReport } from './status-report.ts'

const LOOK_MS = 2_000
const RENEW_MS = 30_000
const KEEP_MS = 60_000
/** A process that was asleep has seen nothing meanwhile. */
const LOOK_MS_MAX = 10_000
const INCIDENTS_MAX = 100

/** What is known of the gateway. */
export interface StatusSource {
  isLost(upstream: string): boolean
  lastGoodOf(upstream: string): number | null
  /** Latest first. */
  incidents(limit: number): Promise<readonly Incident[]>
  days(since: number): Promise<readonly ServiceDay[]>
  keepDays(days: readonly ServiceDay[]): Promise<void>
}

export type StatusDeskOptions = {
  readonly clock: Clock
  readonly log: Logger
  readonly source: StatusSource
  readonly send: (files: readonly StatusFile[]) => void
}

export class StatusDesk {
  readonly #options: StatusDeskOptions
  readonly #calendar = new Calendar()
  /** Epoch milliseconds, by upstream. */
  readonly #lostSince = new Map<string, number>()
  #status: StatusPlan | null = null
  #routes: Plan['routes'] = []
  #maintenance: Switches['maintenance'] = []
  #incidents: readonly Incident[] = []
  #timer: NodeJS.Timeout | null = null
  #isLooking = false
  #isRestored = false
  #readAt = Number.NEGATIVE_INFINITY
  #lookedAt: number | null = null
  #keptAt = 0
  #sentAt = Number.NEGATIVE_INFINITY
  #sent = ''

  constructor(options: StatusDeskOptions) {
    this.#options = options
  }

  /** A plan that is in force now. */
  apply({ status, routes }: Pick<Plan, 'status' | 'routes'>): void {
    this.#status = status
    this.#routes = routes
    this.#sent = ''
    if (status === null) return this.stop()
    this.#timer ??= setInterval(() => void this.look(), LOOK_MS).unref()
    void this.look()
  }

  /** What operators have switched. */
  operate({ maintenance }: Switches): void {
    this.#maintenance = maintenance
    if (this.#timer !== null) void this.look()
  }

  /** Something about an incident is new. */
  hear(): void {
    this.#readAt = Number.NEGATIVE_INFINITY
  }

  /** To be called every other second. */
  async look(): Promise<void> {
    const { clock, log } = this.#options
    if (this.#status === null || this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#restore()
      await this.#read()
      if (this.#status !== null) this.#show(this.#status, clock.epoch())
    } catch (error) {
      log.error({ stack: (error as Error).stack }, `The status page could not be made: ${(error as Error).message}`)
    } finally {
      this.#isLooking = false
    }
  }

  /** Nothing is looked at any more. The page that there is stays. */
  stop(): void {
    if (this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
    this.#lookedAt = null
    void this.#keep()
  }

  /** Those that it has are good enough where the database is not to be had. */
  async #read(): Promise<void> {
    const { clock, source } = this.#options
    const now = clock.epoch()
    if (now - this.#readAt < KEEP_MS) return
    this.#readAt = now
    this.#incidents = await source.incidents(INCIDENTS_MAX).catch(() => this.#incidents)
  }

  #show(status: StatusPlan, now: number): void {
    const sight = this.#sight(now)
    const states = status.services.map((service) => ({ name: service.name, state: stateOf(service, sight) }))
    this.#count(states, now)
    const report: StatusReport = {
      title: status.title,
      host: status.host,
      madeAt: now,
      services: states.map(({ name, state }) => ({ name, state, days: this.#calendar.of(name, now) })),
      incidents: publicIncidents(status, sight),
      message: maintenanceMessage(status.services, this.#maintenance),
    }
    const { madeAt: _, services: __, ...rest } = report
    const outline = JSON.stringify([states, rest])
    if (outline === this.#sent && now - this.#sentAt < RENEW_MS) return
    this.#sent = outline
    this.#sentAt = now
    this.#options.send(renderFiles(report))
  }

  #sight(now: number): Sight {
    const { source } = this.#options
    const lostSince = (upstream: string): number | null => {
      if (!source.isLost(upstream)) {
        this.#lostSince.delete(upstream)
        return null
      }
      const since = this.#lostSince.get(upstream) ?? now
      this.#lostSince.set(upstream, since)
      return since
    }
    const routesOf = (upstream: string): string[] =>
      this.#routes.flatMap(({ name, to }) => (to.kind === 'upstream' && to.upstream === upstream ? [name] : []))
    const lastGoodOf = (upstream: string): number | null => source.lastGoodOf(upstream)
    return { incidents: this.#incidents, lostSince, lastGoodOf, routesOf, maintenance: this.#maintenance, now }
  }

  #count(states: readonly { readonly name: string; readonly state: ServiceState }[], now: number): void {
    const passed = Math.min(LOOK_MS_MAX, now - (this.#lookedAt ?? now))
    this.#lookedAt = now
    for (const { name, state } of states) this.#calendar.count(name, state, passed, now)
    if (now - this.#keptAt < KEEP_MS) return
    this.#keptAt = now
    this.#calendar.forget(now)
    void this.#keep()
  }

  /** Tried until it works: what is kept of today would be replaced by less. */
  async #restore(): Promise<void> {
    const { clock, source } = this.#options
    if (this.#isRestored) return
    const now = clock.epoch()
    try {
      this.#calendar.restore(await source.days(Math.floor(now / DAY_MS) - DAYS_SHOWN))
      this.#isRestored = true
      this.#keptAt = now
    } catch {}
  }

  async #keep(): Promise<void> {
    if (!this.#isRestored) return
    const days = this.#calendar.takeChanged()
    if (days.length > 0) await this.#options.source.keepDays(days).catch(() => this.#calendar.giveBack(days))
  }
}
