/**
 * What control knows of the gateway that it runs: the numbers, the failures and the incidents made of them, the health of endpoints and
 * of itself, and who is told. `control.ts` runs the processes and the plan; nothing here changes either.
 */
import type { Plan } from '../config/plan.ts'
import type { FailureRecord } from '../gateway/observe/record.ts'
import type { StatusFile } from '../gateway/respond/status-page.ts'
import type { UpstreamStatus } from '../gateway/upstream/status.ts'
import type { Verdict } from '../gateway/upstream/verdict.ts'
import type { Address } from '../net/address.ts'
import type { Clock } from '../std/clock.ts'
import { Wheel } from '../std/wheel.ts'
import type { Report } from '../worker/link.ts'
import { AlertDesk } from './alert/alert-desk.ts'
import type { KeptAlerts } from './alert/kept-alerts.ts'
import { letterheadOf } from './alert/letterhead.ts'
import { Chronicle } from './chronicle.ts'
import { Investigator } from './fact/investigator.ts'
import { HealthLog } from './health/health-log.ts'
import { HealthMonitor } from './health/health-monitor.ts'
import { problemsOf, type UpstreamReport } from './health/health-report.ts'
import { SelfCheck } from './health/self-check.ts'
import type { IncidentEvent } from './incident/incident.ts'
import { worthOf } from './incident/worth.ts'
import type { Logger } from './log.ts'
import { MetricLedger } from './metric-ledger.ts'
import { StatusDesk, type StatusSource } from './status-page/status-desk.ts'
import { Telemetry } from './telemetry/telemetry.ts'
import { mergeUpstreams } from './upstream-status.ts'
import type { WorkerWatcher } from './worker-group.ts'
import type { WorkerHandle } from './worker-handle.ts'

/** Nothing here needs timers as fine as the data plane's. */
const TICK_MS = 50

export type OversightOptions = {
  readonly clock: Clock
  readonly log: Logger
  readonly plan: Plan
  /** Where what is to survive restarts is kept; null: it does not. */
  readonly folder: string | null
  readonly version: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly onRecord?: ((record: FailureRecord) => void) | undefined
  /** Of this process and its workers. */
  readonly pids: () => readonly (number | null)[]
  readonly onVerdicts: (verdicts: readonly Verdict[]) => void
  readonly onStatusPage: (files: readonly StatusFile[]) => void
}

export class Oversight implements WorkerWatcher {
  readonly investigator: Investigator
  readonly chronicle: Chronicle
  readonly alerts: AlertDesk
  readonly statusPage: StatusDesk
  readonly #options: OversightOptions
  readonly #ledger = new MetricLedger()
  readonly #health: HealthMonitor
  readonly #selfCheck: SelfCheck
  readonly #telemetry: Telemetry
  readonly #hearers = new Set<(event: IncidentEvent) => void>()
  #plan: Plan

  constructor(options: OversightOptions) {
    const { clock, log, plan, folder, onRecord, pids, onVerdicts } = options
    this.#options = options
    this.#plan = plan
    const wheel = new Wheel({ clock, tickMs: TICK_MS })
    this.investigator = new Investigator({ clock, wheel, plan: () => this.#plan, pids, folder: folder ?? '.' })
    const { diagnose } = this.investigator
    const onDropped = (count: number) =>
      this.#ledger.add([{ metric: 'gatewell.store.dropped', labels: [], values: Float64Array.of(count) }])
    const worth = (record: FailureRecord) => worthOf(record, this.#plan.worth)
    const onIncident = (event: IncidentEvent) => this.#tell(event)
    const onRestore: AlertDesk['restore'] = (kept, find) => this.alerts.restore(kept, find)
    this.chronicle = new Chronicle({ clock, log, plan, folder, onRecord, diagnose, onDropped, onIncident, onRestore, worthOf: worth })
    this.#health = new HealthMonitor({ clock, wheel, log: new HealthLog({ log, clock }), ledger: this.#ledger, tell: onVerdicts })
    this.#health.apply(plan)
    const standingOf = (upstream: string) => ({ isDown: this.#health.isLost(upstream), lastGood: this.chronicle.lastGoodOf(upstream) })
    this.statusPage = new StatusDesk({ clock, log, send: options.onStatusPage, source: this.#statusSource() })
    const keep = (kept: KeptAlerts) => this.chronicle.keepAlerts(kept)
    this.alerts = new AlertDesk({ clock, wheel, log, alerts: plan.alerts, letterhead: letterheadOf(plan, null), standingOf, keep })
    this.#telemetry = new Telemetry({ wheel, log, ledger: this.#ledger, version: options.version, startedAt: options.startedAt })
    this.#selfCheck = new SelfCheck({ clock, tools: () => this.#health.tools, log })
    this.#ledger.setGauges(0, [{ metric: 'gatewell.build_info', labels: [options.version, process.version], values: Float64Array.of(1) }])
  }

  /** A plan that is in force now. `admin`: where it is asked. `listeners`: new ones only. */
  apply(plan: Plan, admin: Address | null, listeners: readonly Address[]): void {
    this.#plan = plan
    this.#health.apply(plan)
    this.#telemetry.apply(plan)
    this.alerts.apply(plan.alerts, letterheadOf(plan, admin))
    this.statusPage.apply(plan)
    if (listeners.length > 0) this.#selfCheck.watch(listeners)
  }

  /** All that was ever counted, and what is so now. */
  get numbers(): ReturnType<MetricLedger['read']> {
    return this.#ledger.read()
  }

  /** `hear` is told of incidents until what this returns is called. */
  hearIncidents(hear: (event: IncidentEvent) => void): () => void {
    this.#hearers.add(hear)
    return () => this.#hearers.delete(hear)
  }

  verdicts(): readonly Verdict[] {
    return this.#health.verdicts
  }

  onReport(worker: WorkerHandle, report: Report): void {
    this.#ledger.add(report.series)
    this.#ledger.setGauges(worker.id, report.gauges)
    const records = this.#telemetry.take(report)
    this.investigator.see(records.filter(({ usualMs }) => usualMs === null))
    this.chronicle.take({ series: report.series, records })
  }

  onEndpoints(worker: WorkerHandle, upstreams: readonly UpstreamStatus[]): void {
    this.investigator.seeEndpoints(upstreams)
    this.#health.see(worker.id, upstreams)
  }

  onStart(): void {
    this.#ledger.count('gatewell.worker.starts')
  }

  onCrash(): void {
    this.#ledger.count('gatewell.worker.crashes')
    this.chronicle.takeCrash()
    this.investigator.note('worker', 'A worker of Gatewell ended unasked, and another one took its place')
  }

  onEnd(worker: WorkerHandle): void {
    this.#ledger.forget(worker.id)
    this.#health.forget(worker.id)
  }

  /** What the workers have, with what the probes saw. */
  report(reports: readonly (readonly UpstreamStatus[])[]): UpstreamReport[] {
    return this.#health.report(mergeUpstreams(reports))
  }

  /** Sentences; none: visitors can be served, as far as can be seen from here. */
  problems(reports: readonly (readonly UpstreamStatus[])[]): string[] {
    return [...problemsOf(this.report(reports)), ...this.#selfCheck.problems]
  }

  /** Prometheus text. */
  async metrics(): Promise<string> {
    const { LedgerProducer, prometheusText } = await import('./prometheus.ts')
    const { version, startedAt } = this.#options
    return prometheusText(new LedgerProducer({ ledger: this.#ledger, version, startedAt }))
  }

  /** Nothing is looked at any more. What comes in is still counted. */
  stop(): void {
    this.#health.stop()
    this.statusPage.stop()
    this.#selfCheck.stop()
  }

  async close(): Promise<void> {
    this.stop()
    this.alerts.close()
    await Promise.all([this.chronicle.close(), this.#telemetry.close()])
  }

  #statusSource(): StatusSource {
    const { chronicle } = this
    return {
      isLost: (upstream) => this.#health.isLost(upstream),
      lastGoodOf: (upstream) => chronicle.lastGoodOf(upstream),
      incidents: (limit) => chronicle.incidents({ all: true, limit }),
      days: (since) => chronicle.days(since),
      keepDays: (days) => chronicle.keepDays(days),
    }
  }

  #tell(event: IncidentEvent): void {
    this.alerts.hear(event)
    this.statusPage.hear()
    for (const hear of this.#hearers) hear(event)
  }
}
