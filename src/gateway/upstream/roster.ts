/**
 * Which endpoints may get attempts at all: the usable ones that have not just failed; backups only when no other is usable; and all of
 * them when so few are usable that those would fall over too (panic, as in Envoy). Worked out when something changed, not for each pick.
 */
import type { UpstreamPlan } from '../../config/plan.ts'
import type { Endpoint } from './endpoint.ts'

export class Roster {
  #panicShare: number
  #ejectedShareMax: number
  #endpoints: readonly Endpoint[] = []
  /** Those that may get attempts, resting ones included, and what is left without them. */
  #eligible: readonly Endpoint[] = []
  #candidates: readonly Endpoint[] = []
  /** Those that step in, whether they have to or not. */
  #backups: readonly Endpoint[] = []
  #reviewAt = 0
  #isPanicking = false

  constructor(plan: UpstreamPlan) {
    this.#panicShare = plan.panicShare
    this.#ejectedShareMax = plan.ejection.shareMax
  }

  update(plan: UpstreamPlan): void {
    this.#panicShare = plan.panicShare
    this.#ejectedShareMax = plan.ejection.shareMax
    this.review()
  }

  set(endpoints: readonly Endpoint[]): void {
    this.#endpoints = endpoints
    this.review()
  }

  /** Something has changed. */
  review(): void {
    this.#reviewAt = 0
  }

  get isPanicking(): boolean {
    return this.#isPanicking
  }

  candidates(now: number): readonly Endpoint[] {
    if (now >= this.#reviewAt) this.#workOut(now)
    return this.#candidates
  }

  /** The same without those; then resting ones, then backups; then, since there is nothing else, the same with those. */
  untried(tried: readonly Endpoint[], now: number): readonly Endpoint[] {
    const candidates = this.candidates(now)
    for (const endpoints of [candidates, this.#eligible, this.#backups]) {
      const untried = endpoints.filter((endpoint) => !tried.includes(endpoint))
      if (untried.length > 0) return untried
    }
    return candidates
  }

  /** Is there one besides those, and besides `last`? */
  hasUntried(tried: readonly Endpoint[], last: Endpoint | null, now: number): boolean {
    const isUntried = (endpoint: Endpoint): boolean => endpoint !== last && !tried.includes(endpoint)
    if (now >= this.#reviewAt) this.#workOut(now)
    return this.#eligible.some(isUntried) || this.#backups.some(isUntried)
  }

  /** May it be left out, besides those that are? Never the last one. */
  maySpare(endpoint: Endpoint, now: number): boolean {
    const present = this.#endpoints.filter(({ isDrained }) => !isDrained)
    const isOut = (one: Endpoint): boolean => one === endpoint || !one.isUsable(now)
    const out = present.filter(isOut).length
    return out < present.length && out <= Math.max(1, Math.floor(present.length * this.#ejectedShareMax))
  }

  #workOut(now: number): void {
    const present = this.#endpoints.filter(({ isDrained }) => !isDrained)
    this.#eligible = this.#choose(present, now)
    const rested = this.#eligible.filter((endpoint) => !endpoint.isResting(now))
    this.#candidates = rested.length > 0 ? rested : this.#eligible
    let reviewAt = Number.POSITIVE_INFINITY
    for (const endpoint of present) reviewAt = Math.min(reviewAt, endpoint.changesAt(now))
    this.#reviewAt = reviewAt
  }

  #choose(present: readonly Endpoint[], now: number): readonly Endpoint[] {
    const regular = present.filter(({ plan }) => !plan.isBackup)
    const reachable = regular.filter(({ downBy }) => downBy === null)
    const usable = regular.filter((endpoint) => endpoint.isUsable(now))
    this.#backups = present.filter((endpoint) => endpoint.plan.isBackup && endpoint.isUsable(now))
    this.#isPanicking = false
    if (usable.length > 0 && usable.length >= reachable.length * this.#panicShare) return usable
    if (this.#backups.length > 0) return [...usable, ...this.#backups]
    // Better one that may fail than none: probes alone must never take a whole site away.
    this.#isPanicking = reachable.length > usable.length
    if (reachable.length > 0) return reachable
    return regular.length > 0 ? regular : present
  }
}
