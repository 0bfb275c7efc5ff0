/**
 * When an endpoint is left alone. Each failure gives it a short rest, doubled by the next one, with one attempt at its end to see;
 * after several in a row it is ejected for longer, unless that would leave too few. An answer ends the rest at once.
 * What the gateway saw itself and what error answers say are counted apart, as in Envoy's outlier detection.
 */
import type { EjectionPlan } from '../../config/plan.ts'

/** How long others go first after a failure; doubled by each further one, up to the most. */
const REST_MS = 100
const REST_MS_MAX = 5_000

export type Fault = 'failure' | 'error'

export class Breaker {
  #plan: EjectionPlan
  /** Since the last answer; attempts that were under way together count as one. */
  #faults = 0
  #failures = 0
  #errors = 0
  #faultAt = Number.NEGATIVE_INFINITY
  #restUntil = 0
  #ejectedUntil = 0
  /** Ejections that are not forgiven yet: each answered `baseMs` forgives one. */
  #ejections = 0
  #forgivenAt = 0

  constructor(plan: EjectionPlan) {
    this.#plan = plan
  }

  update(plan: EjectionPlan): void {
    this.#plan = plan
  }

  /** There were faults since its last answer. */
  get isTroubled(): boolean {
    return this.#faults > 0
  }

  isResting(now: number): boolean {
    return now < this.#restUntil
  }

  isEjected(now: number): boolean {
    return now < this.#ejectedUntil
  }

  /** When this changes by itself, or infinity. */
  changesAt(now: number): number {
    const rest = this.#restUntil > now ? this.#restUntil : Number.POSITIVE_INFINITY
    return this.#ejectedUntil > now ? Math.min(rest, this.#ejectedUntil) : rest
  }

  /** It gets an attempt. As long as it is not known to be well again, that is the only one for a while. */
  beginAttempt(now: number): void {
    if (this.#faults > 0) this.#restUntil = now + this.#restMs
  }

  /** It answered. True when it was in trouble until now. */
  observeAnswer(now: number): boolean {
    if (this.#faults === 0) return false
    this.#faults = this.#failures = this.#errors = 0
    this.#restUntil = this.#ejectedUntil = 0
    const forgiven = Math.floor((now - this.#forgivenAt) / this.#plan.baseMs)
    if (forgiven > 0) {
      this.#ejections = Math.max(0, this.#ejections - forgiven)
      this.#forgivenAt = now
    }
    return true
  }

  /** `beganAt`: of the attempt; one that had begun before the last fault says nothing new. True when the endpoint is due for ejection. */
  observeFault(now: number, beganAt: number, fault: Fault): boolean {
    if (beganAt < this.#faultAt) return false
    this.#faults++
    this.#faultAt = now
    this.#restUntil = now + this.#restMs
    const { isOn, failures, errors } = this.#plan
    if (fault === 'failure') this.#failures++
    else this.#errors++
    return isOn && (this.#failures >= failures || this.#errors >= errors)
  }

  /** Others go first for so long, because it asked for that. */
  restFor(now: number, ms: number): void {
    this.#restUntil = Math.max(this.#restUntil, now + ms)
  }

  /** For how long. After that one attempt finds out, and if it fails the next ejection follows at once. */
  eject(now: number): number {
    const { baseMs, maxMs } = this.#plan
    this.#ejections++
    const ms = Math.min(baseMs * this.#ejections, maxMs)
    this.#ejectedUntil = now + ms
    this.#forgivenAt = this.#ejectedUntil
    return ms
  }

  /** Something outside of the traffic found it well: it need not wait any longer. */
  forgive(): void {
    this.#faults = this.#failures = this.#errors = 0
    this.#restUntil = this.#ejectedUntil = 0
  }

  get #restMs(): number {
    return Math.min(REST_MS * 2 ** (this.#faults - 1), REST_MS_MAX)
  }
}
