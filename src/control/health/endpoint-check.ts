/** The probes of one endpoint of one upstream, one after the other, and what has come of them. */
import type { HealthPlan } from '../../config/plan.ts'
import type { Health } from '../../gateway/upstream/verdict.ts'
import type { EndpointAddress } from '../../net/address.ts'
import type { Random } from '../../std/random.ts'
import { Timer } from '../../std/wheel.ts'
import { Probe, type ProbeTarget, type ProbeTools } from './probe.ts'
import { ProbeHistory, type ProbeRecord } from './probe-history.ts'
import type { ProbeQueue, Probing } from './probe-queue.ts'
import type { Sight } from './sight.ts'
import { Standing } from './standing.ts'

/** Of the interval, up or down, so that endpoints are not all asked in one moment. */
const JITTER_SHARE = 0.1
/** The part of the interval after which an upstream is asked again that has no healthy endpoint left. */
const HURRY_SHARE = 0.25

export interface CheckOwner {
  readonly tools: ProbeTools
  readonly queue: ProbeQueue
  readonly random: Random
  /** No endpoint of its upstream is healthy. */
  isLastResort(check: EndpointCheck): boolean
  onProbed(check: EndpointCheck, record: ProbeRecord, isChanged: boolean): void
}

export type EndpointCheckOptions = {
  readonly upstream: string
  readonly url: string
  readonly address: EndpointAddress
  readonly plan: HealthPlan
  readonly request?: string
}

export class EndpointCheck implements Probing {
  readonly upstream: string
  readonly url: string
  readonly plan: HealthPlan
  readonly history = new ProbeHistory()
  readonly #owner: CheckOwner
  readonly #target: ProbeTarget
  readonly #standing = new Standing()
  readonly #timer = new Timer(() => this.#owner.queue.enter(this))
  #probe: Probe | null = null
  #beganAt = 0
  #isRunning = false
  /** Epoch milliseconds since when the endpoint is what it is held to be. */
  since: number

  constructor(owner: CheckOwner, { upstream, url, address, plan, request }: EndpointCheckOptions) {
    this.#owner = owner
    this.upstream = upstream
    this.url = url
    this.plan = plan
    this.#target = request === undefined ? { address, check: plan } : { address, check: plan, request }
    this.since = owner.tools.clock.epoch()
  }

  get health(): Health {
    return this.#standing.health
  }

  start(delayMs = 0): void {
    if (this.#isRunning) return
    this.#isRunning = true
    if (delayMs === 0) this.#owner.queue.enter(this)
    else this.#owner.tools.wheel.arm(this.#timer, delayMs)
  }

  /** What is known is kept. */
  stop(): void {
    this.#isRunning = false
    this.#owner.tools.wheel.disarm(this.#timer)
    this.#probe?.cancel()
    this.#probe = null
    this.#owner.queue.leave(this)
  }

  beginProbe(): void {
    const { tools } = this.#owner
    this.#beganAt = tools.clock.now()
    this.#probe = new Probe(tools, this.#target, (sight) => this.#judge(sight))
    this.#probe.begin()
  }

  #judge({ isGood, result, text }: Sight): void {
    const { queue, tools } = this.#owner
    const { clock } = tools
    this.#probe = null
    queue.leave(this)
    const record = {
      at: Math.round(clock.epoch()),
      ok: isGood,
      ms: Math.round((clock.now() - this.#beganAt) * 100) / 100,
      result,
      saw: text,
    }
    this.history.add(record)
    const isChanged = isGood !== null && this.#standing.observe(isGood, this.plan, this.#owner.isLastResort(this))
    this.#owner.onProbed(this, record, isChanged)
    if (isChanged) this.since = record.at
    if (this.#isRunning) tools.wheel.arm(this.#timer, this.#pauseMs())
  }

  /** From the beginning of one probe to that of the next. */
  #pauseMs(): number {
    const { random, tools } = this.#owner
    const share = this.#owner.isLastResort(this) ? HURRY_SHARE : 1
    const intervalMs = this.plan.intervalMs * share * (1 - JITTER_SHARE + 2 * JITTER_SHARE * random.fraction())
    return Math.max(0, this.#beganAt + intervalMs - tools.clock.now())
  }
}
