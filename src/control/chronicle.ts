/**
 * What control makes of what workers report: lines in the log, incidents, and a memory of both. Every failure of ours is kept; what
 * clients provoke, what was rescued and what was slow only by samples, for strangers can make as many of these as they like.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { STORE } from '../config/defaults.ts'
import type { Plan } from '../config/plan.ts'
import type { FailureRecord } from '../gateway/observe/record.ts'
import type { Series } from '../gateway/observe/series.ts'
import { type Weight, weigh } from '../gateway/observe/weight.ts'
import type { Clock } from '../std/clock.ts'
import type { Report } from '../worker/link.ts'
import type { IncidentsInput, RequestsInput } from './admin/operation-table.ts'
import type { KeptAlerts } from './alert/kept-alerts.ts'
import { FailureLog } from './failure-log.ts'
import { type Diagnose, Diagnostician } from './incident/diagnostician.ts'
import { headlineOf } from './incident/headline.ts'
import type { Incident, IncidentEvent, Money } from './incident/incident.ts'
import { IncidentBook } from './incident/incident-book.ts'
import { type IncidentStory, type RequestStory, tellIncident, tellRequest } from './incident/story.ts'
import type { Logger } from './log.ts'
import { Quota } from './quota.ts'
import { Outbox } from './store/outbox.ts'
import { type FoundRecord, RETENTION, type ServiceDay, type Store } from './store/store.ts'
import { isPostgres } from './store/store-link.ts'
import { StoreThread } from './store/store-thread.ts'

const TICK_MS = 1_000
const SAMPLES_PER_MINUTE = 100
/** What came before it was known which incidents were open. */
const EARLY_MAX = 10_000
const RESTORE_PATIENCE_MS = 5_000
const FLUSH_PATIENCE_MS = 2_000
/** Whose end may still have to be told. */
const TOLD_LATE_MS = 3_600_000
const DROPS_TOLD_MS = 60_000
/** Where there is no folder to keep it in. */
const MEMORY_BYTES_MAX = 32 * 1024 * 1024
const IN_MEMORY = ':memory:'
const DAY_MS = 24 * 3_600_000
const PAGE = 100
const EXAMPLES = 5

export type ChronicleOptions = {
  readonly clock: Clock
  readonly log: Logger
  /** Says where it is kept. */
  readonly plan: Pick<Plan, 'store'>
  /** For SQLite; without a folder it is kept in memory. */
  readonly folder: string | null
  readonly onRecord?: ((record: FailureRecord) => void) | undefined
  readonly onIncident?: ((event: IncidentEvent) => void) | undefined
  /** What a failure was worth, by the plan in force. */
  readonly worthOf?: ((record: FailureRecord) => Money | null) | undefined
  /** What was kept of alerts, and the incidents that they are about. */
  readonly onRestore?: ((kept: readonly KeptAlerts[], find: (id: string) => Incident | null) => void) | undefined
  /** So many records could not be kept. */
  readonly onDropped?: ((count: number) => void) | undefined
  readonly diagnose?: Diagnose | null | undefined
}

export class Chronicle {
  readonly #options: ChronicleOptions
  readonly #place: string
  readonly #failures: FailureLog
  readonly #book: IncidentBook
  readonly #diagnostician: Diagnostician | null
  readonly #store: Store
  readonly #outbox: Outbox
  readonly #samples: Readonly<Record<Exclude<Weight, 'seen'>, Quota>>
  readonly #timer: NodeJS.Timeout
  /** Epoch milliseconds, by upstream. */
  readonly #lastGood = new Map<string, number>()
  #early: FailureRecord[] | null = null
  #isLeaving = false
  #droppedTold = 0
  #droppedToldAt = Number.NEGATIVE_INFINITY

  constructor(options: ChronicleOptions) {
    const { clock, log, diagnose } = options
    this.#options = options
    this.#failures = new FailureLog({ log, clock })
    const quota = (): Quota => new Quota({ clock, perMinute: SAMPLES_PER_MINUTE })
    this.#samples = { rescued: quota(), provoked: quota(), slow: quota() }
    this.#book = new IncidentBook({
      clock,
      lastGoodOf: (upstream) => this.lastGoodOf(upstream),
      ...(options.worthOf && { worthOf: options.worthOf }),
      onEvent: (event) => this.#tell(event),
    })
    this.#diagnostician = diagnose
      ? new Diagnostician({
          clock,
          diagnose,
          find: (id) => this.#book.find(id),
          onDiagnosis: (id, diagnosis) => this.#book.setDiagnosis(id, diagnosis),
          onBug: (error) => log.error({ stack: (error as Error).stack }, `A diagnosis failed: ${(error as Error).message}`),
        })
      : null
    const { place, shown } = placeOf(options)
    const bytesMax = place === IN_MEMORY ? MEMORY_BYTES_MAX : RETENTION.bytesMax
    this.#place = place
    this.#store = new StoreThread({ settings: { place, ...RETENTION, bytesMax }, onNotice: (text) => log.error(text) })
    this.#outbox = new Outbox({
      store: this.#store,
      onTrouble: (reason) =>
        log.error({ place: shown }, `Failures and incidents cannot be kept for now in ${shown}: ${reason}. It goes on trying.`),
      onRelief: () => log.info('Failures and incidents are kept again.'),
      onDropped: (count) => this.#options.onDropped?.(count),
    })
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** Finds out which incidents were open when it ended. Until then nothing is an incident yet. */
  async restore(): Promise<void> {
    const { clock, log } = this.#options
    if (this.#place === IN_MEMORY || (!isPostgres(this.#place) && !existsSync(this.#place))) return
    this.#early = []
    try {
      const reading = Promise.all([this.#store.unfinished(clock.epoch() - TOLD_LATE_MS), this.#store.alerts()])
      const [unfinished, alerts] = await within(reading, RESTORE_PATIENCE_MS, 'it takes too long')
      this.#book.restore(unfinished)
      this.#options.onRestore?.(alerts, (id) => this.#book.find(id))
    } catch (error) {
      log.error(`What was kept of failures and incidents cannot be read: ${(error as Error).message}.`)
    }
    const early = this.#early
    this.#early = null
    for (const record of early) this.#take(record)
  }

  take({ series, records }: Pick<Report, 'series' | 'records'>): void {
    this.#seeGood(series)
    for (const record of records) {
      this.#failures.tell(record)
      if (record.usualMs === null) this.#options.onRecord?.(record)
      if (this.#early === null) this.#take(record)
      else if (this.#early.length < EARLY_MAX) this.#early.push(record)
    }
  }

  /** A worker has ended unasked. */
  takeCrash(): void {
    if (!this.#isLeaving) this.#book.takeCrash()
  }

  /** Another process counts on: from now on only what still comes in is kept. */
  leave(): void {
    this.#isLeaving = true
  }

  /** What a channel of alerts has told and has still to tell. */
  keepAlerts(kept: KeptAlerts): void {
    if (!this.#isLeaving) this.#outbox.putAlerts(kept)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flush()
    await within(this.#store.close(), FLUSH_PATIENCE_MS, '').catch(() => {})
  }

  /** When the upstream last answered well, epoch milliseconds; null: not since this program started. */
  lastGoodOf(upstream: string): number | null {
    return this.#lastGood.get(upstream) ?? null
  }

  /** Those that are open or ended within a day, or all of them. Latest first. */
  async incidents({ all, before, limit = PAGE }: IncidentsInput): Promise<readonly Incident[]> {
    const since = all ? 0 : this.#options.clock.epoch() - DAY_MS
    const kept = await this.#store.incidents({ limit, since, ...(before !== undefined && { before }) })
    const known = new Map(kept.map((incident) => [incident.id, incident]))
    for (const incident of this.#book.recent) if (before === undefined || incident.opened < before) known.set(incident.id, incident)
    return [...known.values()].sort((one, other) => other.opened - one.opened).slice(0, limit)
  }

  async incident(id: string): Promise<IncidentStory | null> {
    await this.#flush()
    const incident = this.#book.find(id) ?? (await this.#store.incident(id))
    return incident === null ? null : tellIncident(incident, await this.#store.records({ incident: id, limit: EXAMPLES }))
  }

  /** Requests that are kept, latest first. */
  async requests({ limit = PAGE, ...query }: RequestsInput): Promise<readonly FoundRecord[]> {
    await this.#flush()
    return this.#store.records({ ...query, limit })
  }

  async request(id: string): Promise<RequestStory | null> {
    await this.#flush()
    const [found, ...namesakes] = await this.#store.request(id)
    if (found === undefined) return null
    const incident = this.#book.find(found.incident) ?? (found.incident === '' ? null : await this.#store.incident(found.incident))
    return tellRequest(found, incident, namesakes.length)
  }

  /** How the services of the status page were, day by day. */
  keepDays(days: readonly ServiceDay[]): Promise<void> {
    return this.#isLeaving ? Promise.resolve() : this.#store.writeDays(days)
  }

  days(since: number): Promise<readonly ServiceDay[]> {
    return this.#store.days(since)
  }

  #take(record: FailureRecord): void {
    const incident = this.#book.take(record)
    if (incident !== '') this.#diagnostician?.see(record, incident)
    const weight = weigh(record)
    if (weight === 'seen' || this.#samples[weight].take()) this.#outbox.add(record, incident)
  }

  #tell(event: IncidentEvent): void {
    if (this.#isLeaving) return
    const { id, cause, upstream } = event.incident
    const line = headlineOf(event)
    const facts = { incident: id, cause, upstream, state: event.incident.state }
    if (line !== null) this.#options.log[event.kind === 'closed' ? 'info' : 'warn'](facts, line)
    const kept = this.#book.kept(id)
    if (kept !== null) this.#outbox.put(kept)
    this.#diagnostician?.hear(event)
    this.#options.onIncident?.(event)
  }

  #tick(): void {
    this.#failures.sumUp()
    this.#book.tick()
    this.#diagnostician?.tick()
    this.#tellDrops()
  }

  #tellDrops(): void {
    const { dropped } = this.#outbox
    const now = this.#options.clock.now()
    if (dropped === this.#droppedTold || now - this.#droppedToldAt < DROPS_TOLD_MS) return
    const lost = dropped - this.#droppedTold
    this.#droppedTold = dropped
    this.#droppedToldAt = now
    this.#options.log.error(
      { dropped: lost },
      `${lost} failures could not be kept: they came faster than the disk takes them, or it is full.`,
    )
  }

  /** Differences since the last report: whoever is among them has answered just now. */
  #seeGood(series: readonly Series[]): void {
    for (const { metric, labels } of series) {
      if (metric !== 'http.client.request.duration') continue
      const [, status = '', upstream = '', , errorType = ''] = labels
      if (errorType === '' && status !== '' && status < '5') this.#lastGood.set(upstream, this.#options.clock.epoch())
    }
  }

  async #flush(): Promise<void> {
    await within(this.#outbox.flush(), FLUSH_PATIENCE_MS, '').catch(() => {})
  }
}

/** `shown`: without the password. */
function placeOf({ plan, folder }: Pick<ChronicleOptions, 'plan' | 'folder'>): { place: string; shown: string } {
  if (plan.store !== STORE) return { place: plan.store, shown: `Postgres at ${URL.parse(plan.store)?.host ?? 'its address'}` }
  const place = folder === null ? IN_MEMORY : join(folder, 'gatewell.sqlite')
  return { place, shown: place }
}

function within<T>(work: Promise<T>, ms: number, reason: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(reason)), ms)
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer))
}
