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

  /** The same without those, as far as that leaves any. */
  untried(tried: readonly Endpoint[], now: number): readonly Endpoint[] {
    const candidates = this.candidates(now).filter((endpoint) => !tried.includes(endpoint))
    if (candidates.length > 0) return candidates
    const eligible = this.#eligible.filter((endpoint) => !tried.includes(endpoint))
    if (eligible.length > 0) return eligible
    // Rather a backup than one that has just failed.
    const others = this.#endpoints.filter((endpoint) => !endpoint.isDrained && endpoint.isUsable(now) && !tried.includes(endpoint))
    return others.length > 0 ? others : this.#candidates
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
    const usable = regular.filter((endpoint) => endpoint.isUsable(now))
    this.#isPanicking = false
    // Those that cannot even be reached still count for panic, but they keep no backup from standing in.
    const isReachable = usable.some(({ downBy }) => downBy === null)
    if (isReachable && usable.length >= regular.length * this.#panicShare) return usable
    const backups = present.filter((endpoint) => endpoint.plan.isBackup && endpoint.isUsable(now))
    if (backups.length > 0) return [...usable, ...backups]
    // Better one that may fail than none: probes alone must never take a whole site away.
    this.#isPanicking = regular.length > usable.length
    return regular.length > 0 ? regular : present
  }
}
