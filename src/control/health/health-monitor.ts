/**
 * Probes every endpoint that the workers have, once however many workers there are, and tells the workers what it concludes.
 * Endpoints come from the workers, for names are resolved there; how to probe them comes from the plan.
 */
import { isDeepStrictEqual } from 'node:util'
import { parseEndpoint } from '../../config/endpoint-url.ts'
import type { HealthPlan, Plan, ResolverPlan } from '../../config/plan.ts'
import type { Series } from '../../gateway/observe/series.ts'
import type { UpstreamStatus } from '../../gateway/upstream/status.ts'
import type { Verdict } from '../../gateway/upstream/verdict.ts'
import { Dialer } from '../../net/dial.ts'
import { Resolver } from '../../net/resolver.ts'
import type { Clock } from '../../std/clock.ts'
import { Random } from '../../std/random.ts'
import type { Wheel } from '../../std/wheel.ts'
import type { MetricLedger } from '../metric-ledger.ts'
import { mergeUpstreams } from '../upstream-status.ts'
import { type CheckOwner, EndpointCheck } from './endpoint-check.ts'
import type { HealthLog } from './health-log.ts'
import { reportOf, type UpstreamReport } from './health-report.ts'
import type { ProbeTools } from './probe.ts'
import type { ProbeRecord } from './probe-history.ts'
import { ProbeQueue } from './probe-queue.ts'

/** Under which its gauges are in the ledger; workers count from 1, control itself is 0. */
const GAUGES_OF = -1
/** A service of SRV records has no port. */
const HOST_AND_PORT = /:\d+$/

export type HealthMonitorOptions = {
  readonly clock: Clock
  readonly wheel: Wheel
  readonly log: HealthLog
  readonly ledger: MetricLedger
  /** Tells all workers. */
  readonly tell: (verdicts: readonly Verdict[]) => void
  /** Fixed in tests, so that jitter comes again. */
  readonly seed?: number
}

export class HealthMonitor implements CheckOwner {
  readonly queue = new ProbeQueue()
  readonly random: Random
  readonly #options: HealthMonitorOptions
  /** By upstream and URL. */
  readonly #checks = new Map<string, Map<string, EndpointCheck>>()
  readonly #plans = new Map<string, HealthPlan>()
  /** What each worker said last. */
  readonly #seen = new Map<number, readonly UpstreamStatus[]>()
  #resolver: Resolver | null = null
  #resolverPlan: ResolverPlan | null = null
  #tools: ProbeTools | null = null
  #isStopped = false

  constructor(options: HealthMonitorOptions) {
    this.#options = options
    this.random = new Random(options.seed ?? Math.floor(options.clock.epoch()))
  }

  get tools(): ProbeTools {
    return this.#tools as ProbeTools
  }

  /** Upstreams whose check is the same keep their history; a check that is another one begins anew. */
  apply(plan: Plan): void {
    const { clock, wheel } = this.#options
    if (!isDeepStrictEqual(plan.resolver, this.#resolverPlan)) {
      this.#resolver?.close()
      this.#resolverPlan = plan.resolver
      this.#resolver = new Resolver(plan.resolver, clock, wheel)
      this.#tools = { clock, wheel, dialer: new Dialer({ clock, wheel, resolver: this.#resolver }) }
    }
    const former = new Map(this.#plans)
    this.#plans.clear()
    for (const { name, health } of plan.upstreams) this.#plans.set(name, health)
    for (const [name, health] of former) if (!isDeepStrictEqual(this.#plans.get(name), health)) this.#drop(name)
    this.#reconcile()
  }

  /** What a worker has now. */
  see(worker: number, upstreams: readonly UpstreamStatus[]): void {
    this.#seen.set(worker, upstreams)
    this.#reconcile()
    this.#options.log.note(mergeUpstreams([...this.#seen.values()]))
  }

  /** A worker is gone. Without any nothing is probed, and what is known is kept for the next. */
  forget(worker: number): void {
    if (!this.#seen.delete(worker)) return
    if (this.#seen.size > 0) this.#reconcile()
    else for (const check of this.#all()) check.stop()
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true
    for (const check of this.#all()) check.stop()
    this.#resolver?.close()
  }

  get verdicts(): readonly Verdict[] {
    return this.#all().map(verdictOf)
  }

  /** No worker can reach any endpoint of it. */
  isLost(upstream: string): boolean {
    const said = [...this.#seen.values()].flat().filter(({ name }) => name === upstream)
    return said.length > 0 && said.every(({ isLost }) => isLost)
  }

  /** With what the probes saw. */
  report(upstreams: readonly UpstreamStatus[]): UpstreamReport[] {
    return reportOf(upstreams, (upstream, url) => this.#checks.get(upstream)?.get(url) ?? null)
  }

  isLastResort(check: EndpointCheck): boolean {
    for (const { health } of this.#checks.get(check.upstream)?.values() ?? []) if (health !== 'unhealthy') return false
    return true
  }

  onProbed(check: EndpointCheck, record: ProbeRecord, isChanged: boolean): void {
    const { ledger, log, tell } = this.#options
    ledger.count('gatewell.probes', check.upstream, record.result)
    if (!isChanged) return
    log.tellVerdict(check, record, [...(this.#checks.get(check.upstream)?.values() ?? [])])
    tell([verdictOf(check)])
    this.#publish()
  }

  /** Makes the checks those of all endpoints that any worker has. */
  #reconcile(): void {
    if (this.#isStopped || this.#seen.size === 0) return
    const wanted = this.#wanted()
    for (const [upstream, checks] of this.#checks) {
      for (const [url, check] of checks) {
        if (wanted.get(upstream)?.has(url)) continue
        check.stop()
        checks.delete(url)
      }
    }
    for (const [upstream, urls] of wanted) for (const [url, foundBy] of urls) this.#ensure(upstream, url, foundBy)
    this.#publish()
  }

  /** By upstream and URL, with the name that led there, if one did. */
  #wanted(): Map<string, Map<string, string | null>> {
    const wanted = new Map<string, Map<string, string | null>>()
    for (const { name, endpoints } of [...this.#seen.values()].flat()) {
      const urls = wanted.get(name) ?? new Map()
      wanted.set(name, urls)
      for (const { address, foundBy } of endpoints) urls.set(address, foundBy)
    }
    return wanted
  }

  #ensure(upstream: string, url: string, foundBy: string | null): void {
    const plan = this.#plans.get(upstream)
    const endpoint = parseEndpoint(url)
    if (plan === undefined || plan.kind === 'off' || !endpoint.ok) return
    const checks = this.#checks.get(upstream) ?? new Map<string, EndpointCheck>()
    this.#checks.set(upstream, checks)
    // An app that goes by names knows the one that it is reached by, and seldom its address.
    const host = plan.host ?? (foundBy !== null && HOST_AND_PORT.test(foundBy) ? foundBy : null)
    const { address } = endpoint.value
    const check = checks.get(url) ?? new EndpointCheck(this, { upstream, url, address, plan: { ...plan, host } })
    checks.set(url, check)
    check.start()
  }

  /** Nothing is known any more, and the workers are not to go by what was. */
  #drop(upstream: string): void {
    const checks = [...(this.#checks.get(upstream)?.values() ?? [])]
    for (const check of checks) check.stop()
    this.#checks.delete(upstream)
    if (checks.length > 0) this.#options.tell(checks.map(({ url }) => ({ upstream, endpoint: url, health: 'unknown' })))
  }

  #publish(): void {
    const gauges = this.#all()
      .filter(({ health }) => health !== 'unknown')
      .map(
        ({ upstream, url, health }): Series => ({
          metric: 'gatewell.endpoint.health',
          labels: [upstream, url],
          values: Float64Array.of(health === 'healthy' ? 1 : 0),
        }),
      )
    this.#options.ledger.setGauges(GAUGES_OF, gauges)
  }

  #all(): EndpointCheck[] {
    return [...this.#checks.values()].flatMap((checks) => [...checks.values()])
  }
}

function verdictOf({ upstream, url, health }: EndpointCheck): Verdict {
  return { upstream, endpoint: url, health }
}
