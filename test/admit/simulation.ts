/**
 * A server and its visitors in a time of their own, with the real gate between them: visitors come at a rate whatever becomes of
 * those before them; the server works on so many requests at a time and lets the others wait. Hours of it take no time.
 */

import type { Failure } from '../../src/causes/failure.ts'
import { CONCURRENCY } from '../../src/config/defaults.ts'
import type { ConcurrencyPlan } from '../../src/config/plan.ts'
import { Gate, type Waiter } from '../../src/gateway/admit/gate.ts'
import type { Exchange } from '../../src/gateway/exchange/exchange.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Random } from '../../src/std/random.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { exchangeOf } from '../observe/exchange.ts'

export type Scene = {
  readonly slots: number
  /** What one takes at this moment, milliseconds. */
  readonly serviceMs: (ms: number, random: Random) => number
  /** Requests a second at this moment. */
  readonly perSecond: (ms: number) => number
  readonly forMs: number
  readonly plan?: Partial<ConcurrencyPlan>
  /** The request that comes now. */
  readonly visitor?: (ordinal: number) => { readonly method?: string; readonly userAgent?: string; readonly client?: string }
  /** Requests that do not end well end so after a while. */
  readonly isGood?: (ms: number) => boolean
}

export type Visit = {
  readonly exchange: Exchange
  readonly cameAt: number
  /** When it was answered, or null. */
  endedAt: number | null
  shed: Failure | null
}

export type Result = {
  readonly visits: readonly Visit[]
  readonly inflightMax: number
  readonly gate: Gate
  readonly limits: readonly number[]
}

type Job = { endsAt: number; readonly sentAt: number; readonly serviceMs: number; readonly visit: Visit }

const TICK_MS = 20

export function simulate(scene: Scene): Result {
  const clock = new ManualClock()
  const wheel = new Wheel({ clock, tickMs: TICK_MS, isDriven: false })
  const random = new Random(42)
  const gate = new Gate({ upstream: 'app', plan: { ...CONCURRENCY, ...scene.plan }, clock, wheel, random })
  const server = new Server(scene.slots)
  const visits: Visit[] = []
  const limits: number[] = []
  const startedAt = clock.now()
  let inflightMax = 0
  let nextAt = 0
  const come = (ms: number): void => {
    const { method = 'GET', userAgent = 'Mozilla/5.0', client = '192.0.2.1' } = scene.visitor?.(visits.length) ?? {}
    const visit: Visit = { exchange: exchangeOf({ request: { method, userAgent }, client }), cameAt: ms, endedAt: null, shed: null }
    visits.push(visit)
    const serviceMs = scene.serviceMs(ms, random)
    const waiter: Waiter = {
      exchange: visit.exchange,
      admitted: () => {
        inflightMax = Math.max(inflightMax, gate.inflight)
        server.take({ endsAt: 0, sentAt: clock.now() - startedAt, serviceMs, visit }, clock.now() - startedAt)
      },
      refused: (outcome) => {
        visit.shed = outcome
      },
    }
    if (gate.tryEnter()) waiter.admitted(clock.now())
    else gate.wait(waiter, clock.now())
  }
  for (let ms = 0; ms < scene.forMs || server.isBusy || gate.waiting > 0; ms = clock.now() - startedAt) {
    const next = Math.min(nextAt, server.nextAt, (Math.floor(ms / TICK_MS) + 1) * TICK_MS)
    clock.advance(Math.max(0, startedAt + next - clock.now()))
    wheel.advance()
    // What the addition of fractions loses is as good as past.
    const now = Math.max(next, clock.now() - startedAt)
    for (let job = server.finish(now); job !== null; job = server.finish(now)) {
      job.visit.endedAt = now
      gate.exit(clock.now(), now - job.sentAt, scene.isGood?.(now) ?? true)
    }
    if (now >= nextAt) {
      const rate = now < scene.forMs ? scene.perSecond(now) : 0
      if (rate > 0) come(now)
      nextAt =
        rate > 0 ? now - (Math.log(1 - random.fraction()) * 1_000) / rate : now < scene.forMs ? now + TICK_MS : Number.POSITIVE_INFINITY
      limits.push(gate.limit)
    }
  }
  return { visits, inflightMax, gate, limits }
}

class Server {
  readonly #slots: number
  readonly #working: Job[] = []
  readonly #waiting: Job[] = []

  constructor(slots: number) {
    this.#slots = slots
  }

  get isBusy(): boolean {
    return this.#working.length > 0
  }

  get nextAt(): number {
    return this.#working[0]?.endsAt ?? Number.POSITIVE_INFINITY
  }

  take(job: Job, now: number): void {
    if (this.#working.length >= this.#slots) this.#waiting.push(job)
    else this.#work(job, now)
  }

  finish(now: number): Job | null {
    if (this.nextAt > now) return null
    const job = this.#working.shift() as Job
    const next = this.#waiting.shift()
    if (next !== undefined) this.#work(next, now)
    return job
  }

  /** In the order in which they end. */
  #work(job: Job, now: number): void {
    job.endsAt = now + job.serviceMs
    let low = 0
    for (let high = this.#working.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((this.#working[middle] as Job).endsAt <= job.endsAt) low = middle + 1
      else high = middle
    }
    this.#working.splice(low, 0, job)
  }
}

export function answered(visits: readonly Visit[]): readonly Visit[] {
  return visits.filter(({ endedAt }) => endedAt !== null)
}

export function shed(visits: readonly Visit[]): readonly Visit[] {
  return visits.filter((visit) => visit.shed !== null)
}

/** What so large a share of them took at the most, milliseconds. */
export function quantile(visits: readonly Visit[], share: number): number {
  const all = answered(visits).map(({ cameAt, endedAt }) => (endedAt as number) - cameAt)
  all.sort((one, other) => one - other)
  return all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0
}
