/** The data plane's public face: apply a plan, listen, drain, close. It knows no processes and reads no files. */
import { type Failure, failure } from '../causes/failure.ts'
import type { ListenerPlan, Plan, UpstreamPlan } from '../config/plan.ts'
import { type Accepted, Acceptor, turnAway } from '../net/acceptor.ts'
import type { Address } from '../net/address.ts'
import { Courtesy } from '../net/courtesy.ts'
import { Dialer } from '../net/dial.ts'
import { Resolver } from '../net/resolver.ts'
import type { Clock } from '../std/clock.ts'
import { HttpDate } from '../std/http-date.ts'
import { Random } from '../std/random.ts'
import type { Wheel } from '../std/wheel.ts'
import { gaugesOf } from './admit/gauge.ts'
import { Pressure, type Readings } from './admit/pressure.ts'
import type { Context } from './context.ts'
import { Drain } from './drain.ts'
import { ReplayPool } from './exchange/request-body.ts'
import { H1Downstream } from './listen/h1-downstream.ts'
import type { Observer } from './observe/observer.ts'
import type { Series } from './observe/series.ts'
import { Tracing } from './observe/tracing.ts'
import { PipelineStock } from './pipeline-stock.ts'
import { Pool } from './pool/pool.ts'
import { RequestIds } from './request-id.ts'
import { type StatusFile, StatusPage } from './respond/status-page.ts'
import { type Shortage, Site } from './site.ts'
import { NO_SWITCHES, type Switches } from './switches.ts'
import type { Endpoint } from './upstream/endpoint.ts'
import { statusOf, type UpstreamStatus } from './upstream/status.ts'
import { Upstream } from './upstream/upstream.ts'
import type { Verdict } from './upstream/verdict.ts'

/** Of the connections, how many idle ones are closed at a time while they are getting scarce. */
const IDLE_CLOSED_SHARE = 0.1
const SHARED_BUFFER_BYTES = 64 * 1024

export type GatewayOptions = {
  readonly plan: Plan
  readonly clock: Clock
  readonly wheel: Wheel
  readonly observer: Observer
  /** Fixed in tests, so that picks and back-offs come again. */
  readonly seed?: number
}

export class Gateway {
  readonly #context: Context
  readonly #resolver: Resolver
  readonly #acceptors: Acceptor[] = []
  readonly #connections = new Set<H1Downstream>()
  readonly #sharedBuffer = Buffer.allocUnsafeSlow(SHARED_BUFFER_BYTES)
  #switches = NO_SWITCHES
  #drain: Drain | null = null

  constructor(options: GatewayOptions) {
    const { plan, clock, wheel, observer } = options
    this.#resolver = new Resolver(plan.resolver, clock, wheel)
    this.#context = {
      clock,
      wheel,
      observer,
      random: new Random(options.seed ?? Math.floor(clock.epoch())),
      dialer: new Dialer({ clock, wheel, resolver: this.#resolver }),
      replayPool: new ReplayPool(plan.limits.replayBytesMax),
      date: new HttpDate(clock),
      ids: new RequestIds(),
      tracing: new Tracing(),
      pipelines: new PipelineStock(),
      pressure: new Pressure(),
      statusPage: new StatusPage(),
      site: new Site(plan, new Map()),
    }
    this.#context.pipelines.open(this.#context)
    this.apply(plan)
  }

  /** Puts a plan in force for all exchanges that begin from now on. Upstreams that did not change keep their connections and history. */
  apply(plan: Plan): void {
    const before = this.#context.site.upstreams
    const upstreams = new Map<string, Upstream>()
    for (const one of plan.upstreams) {
      const kept = before.get(one.name)
      if (kept !== undefined && !isSame(kept.plan, one)) kept.update(one)
      upstreams.set(one.name, kept ?? this.#createUpstream(one))
    }
    this.#context.site = new Site(plan, upstreams)
    for (const [name, upstream] of before) if (!upstreams.has(name)) upstream.close()
    this.operate(this.#switches)
  }

  /** What probes concluded. */
  setVerdicts(verdicts: readonly Verdict[]): void {
    const { upstreams } = this.#context.site
    for (const { upstream, endpoint, health } of verdicts) upstreams.get(upstream)?.setVerdict(endpoint, health)
  }

  /** What operators have switched, all of it. */
  operate(switches: Switches): void {
    this.#switches = switches
    this.#context.site.maintain(switches.maintenance)
    for (const upstream of this.#context.site.upstreams.values()) {
      const { name } = upstream
      upstream.setDrained(new Set(switches.drained.filter((one) => one.upstream === name).map(({ endpoint }) => endpoint)))
      upstream.isPaused = switches.paused.includes(name)
    }
  }

  /** The public status page as it is to be answered from now on. */
  setStatusPage(files: readonly StatusFile[]): void {
    this.#context.statusPage.set(files)
  }

  /** Accepts on an inherited descriptor, or binds the address itself. Resolves to where it listens, or to why not. */
  async listen(
    listener: ListenerPlan,
    from: { readonly fd: number; readonly isShared: boolean } | null = null,
  ): Promise<Address | Failure> {
    const acceptor = new Acceptor({
      courtesy: from?.isShared ? new Courtesy({ clock: this.#context.clock }) : null,
      onAccepted: (accepted) => this.#accept(accepted),
      onError: (error) => this.#context.observer.refused(acceptFailure(error)),
    })
    const problem = await acceptor.listen(listener.address, from?.fd ?? null)
    if (problem !== null) return problem
    this.#acceptors.push(acceptor)
    return acceptor.bound ?? listener.address
  }

  /**
   * Stops accepting, gives each connection one more answer, waits for the exchanges in flight, at most `graceMs`; then closes what is
   * left. Exchanges that it ends so get `cause`.
   */
  drain(graceMs: number, cause: 'gateway-draining' | 'gateway-internal' = 'gateway-draining'): Promise<void> {
    return new Promise((resolve) => {
      const onEnd = (): void => {
        this.close()
        resolve()
      }
      const acceptors = this.#acceptors.splice(0)
      this.#drain = new Drain({ context: this.#context, acceptors, connections: this.#connections, graceMs, cause, onEnd })
    })
  }

  /** The listening sockets in the order in which they were opened, to be passed on to another process. */
  get listeningHandles(): readonly unknown[] {
    return this.#acceptors.map(({ handle }) => handle)
  }

  /** Other processes have fewer connections: so many are to end with their next answer, whenever that comes. */
  giveUp(count: number): void {
    for (const { courtesy } of this.#acceptors) courtesy?.giveMore()
    let left = count
    for (const connection of this.#connections) {
      if (left === 0) return
      if (connection.retire()) left--
    }
  }

  /** What the process knows of itself, about once a second: it bears on who is served and who is turned away. */
  observePressure(readings: Readings): void {
    const { pressure, site } = this.#context
    pressure.observe(readings, this.#connections.size, site.limits.connectionsMax)
    if (!pressure.isCrowded) return
    // Those that have been open for longest first.
    let count = Math.ceil(this.#connections.size * IDLE_CLOSED_SHARE)
    for (const connection of [...this.#connections]) {
      if (!connection.isIdle) continue
      connection.drain(0)
      if (--count === 0) break
    }
  }

  /** What is so now, of upstreams and of the process. */
  gauges(worker: string): Series[] {
    return gaugesOf(this.#context.site.upstreams.values(), this.#context.pressure, worker)
  }

  /** Ends everything at once. */
  close(): void {
    for (const acceptor of this.#acceptors.splice(0)) acceptor.close()
    for (const connection of [...this.#connections]) connection.destroy()
    for (const upstream of this.#context.site.upstreams.values()) upstream.close()
    this.#resolver.close()
  }

  status(): UpstreamStatus[] {
    const { clock, site } = this.#context
    return [...site.upstreams.values()].map((upstream) => statusOf(upstream, clock))
  }

  #accept(accepted: Accepted): void {
    const { site, pressure } = this.#context
    if (this.#connections.size >= Math.min(site.limits.connectionsMax, pressure.connectionsMax)) return this.#turnAway(accepted)
    this.#context.observer.accepted()
    const connection = new H1Downstream({
      context: this.#context,
      accepted,
      sharedBuffer: this.#sharedBuffer,
      onClosed: (closed) => this.#closed(closed),
    })
    this.#connections.add(connection)
    this.#drain?.welcome(connection)
  }

  #closed(connection: H1Downstream): void {
    if (!this.#connections.delete(connection)) return
    this.#context.observer.closed()
    this.#drain?.check()
  }

  #turnAway(accepted: Accepted): void {
    const { site, pressure, observer } = this.#context
    const { connectionsMax } = site.limits
    const cause: Shortage = pressure.connectionsMax < connectionsMax ? 'fd-exhaustion' : 'local-resource-exhausted'
    const facts = { connections: this.#connections.size, limit: Math.min(connectionsMax, pressure.connectionsMax) }
    observer.refused(failure(cause, 'receive', 'never', facts))
    turnAway(accepted, site.busyTexts[cause])
  }

  #createUpstream(plan: UpstreamPlan): Upstream {
    const { clock, wheel, random, dialer } = this.#context
    const createPool = (endpoint: Endpoint): Pool => new Pool({ endpoint, plan, clock, wheel, dialer })
    return new Upstream({ plan, clock, wheel, random, createPool, resolver: this.#resolver })
  }
}

function acceptFailure(error: NodeJS.ErrnoException): Failure {
  const cause: Shortage = error.code === 'EMFILE' || error.code === 'ENFILE' ? 'fd-exhaustion' : 'local-resource-exhausted'
  return failure(cause, 'receive', 'never', { code: error.code }, error)
}

/** Plans are plain data in a fixed order of keys, so equal ones have equal text. Only at a change of plan. */
function isSame(one: UpstreamPlan, other: UpstreamPlan): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
