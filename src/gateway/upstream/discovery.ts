/**
 * Which endpoints the names of an upstream stand for, now and as that changes. Names are asked for again when their time is over, while
 * connections are open; without any, the next dial asks, and this hears of it. What cannot be resolved stays an endpoint by its name,
 * so that requests fail with the cause, and is tried again and again.
 */
import type { Failure } from '../../causes/failure.ts'
import type { EndpointPlan } from '../../config/plan.ts'
import type { NamedAddress } from '../../net/address.ts'
import type { Place } from '../../net/name/source.ts'
import { isNamed, type Resolution, type Resolver } from '../../net/resolver.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import { expand } from './expansion.ts'

export type DiscoveryOptions = {
  readonly resolver: Resolver
  readonly wheel: Wheel
  /** Are connections open? Then no dial would notice a change. */
  readonly isInUse: () => boolean
  /** Not called from within `begin` and `update`. `moved`: URLs that stay but lead to other servers now. */
  readonly onChange: (endpoints: readonly EndpointPlan[], moved: ReadonlySet<string>) => void
}

/** Between two askings, whatever the time to live; doubled after each failure in a row, up to the most. */
const PAUSE_MS = 1_000
const PAUSE_MS_MAX = 30_000

export class Discovery {
  readonly #options: DiscoveryOptions
  #plans: readonly EndpointPlan[] = []
  #endpoints: readonly EndpointPlan[] = []
  #sources = new Map<string, Source>()
  #isUpdating = false

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  /** What is configured from now on. Names that stay keep what is known of them. The result: the endpoints, as far as they are known. */
  update(plans: readonly EndpointPlan[]): readonly EndpointPlan[] {
    const former = this.#sources
    this.#plans = plans
    this.#sources = new Map()
    this.#isUpdating = true
    for (const { url, address } of plans) {
      if (!isNamed(address)) continue
      const kept = former.get(url)
      former.delete(url)
      this.#sources.set(url, kept ?? new Source(this.#options, address, (hasMoved) => this.#changed(url, hasMoved)))
      if (kept === undefined) this.#sources.get(url)?.begin()
    }
    for (const source of former.values()) source.close()
    this.#isUpdating = false
    this.#endpoints = this.#expand()
    return this.#endpoints
  }

  close(): void {
    for (const source of this.#sources.values()) source.close()
  }

  #changed(url: string, hasMoved: boolean): void {
    if (this.#isUpdating) return
    const before = this.#endpoints
    this.#endpoints = this.#expand()
    const isSameName = this.#endpoints.some((one) => one.url === url) && before.some((one) => one.url === url)
    const moved = new Set(hasMoved && isSameName ? [url] : [])
    if (moved.size > 0 || textOf(this.#endpoints) !== textOf(before)) this.#options.onChange(this.#endpoints, moved)
  }

  /** Of two names for the same address the first counts. */
  #expand(): EndpointPlan[] {
    const endpoints = new Map<string, EndpointPlan>()
    for (const plan of this.#plans) {
      const { places = null } = this.#sources.get(plan.url) ?? {}
      const { address } = plan
      const all = places === null || !isNamed(address) ? [plan] : expand(plan, address, places)
      for (const one of all) if (!endpoints.has(one.url)) endpoints.set(one.url, one)
    }
    return [...endpoints.values()]
  }
}

/** One name. */
class Source {
  /** The last good answer. */
  places: readonly Place[] | null = null
  readonly #options: DiscoveryOptions
  readonly #address: NamedAddress
  readonly #onChange: (hasMoved: boolean) => void
  readonly #due = new Timer(() => this.#askAgain())
  #failures = 0
  #heard = 0
  #stopWatching: (() => void) | null = null

  constructor(options: DiscoveryOptions, address: NamedAddress, onChange: (hasMoved: boolean) => void) {
    this.#options = options
    this.#address = address
    this.#onChange = onChange
  }

  begin(): void {
    this.#stopWatching = this.#options.resolver.watch(this.#address, (outcome) => this.#hear(outcome))
    this.#ask()
  }

  close(): void {
    this.#stopWatching?.()
    this.#stopWatching = null
    this.#options.wheel.disarm(this.#due)
  }

  #ask(): void {
    const heard = this.#heard
    // What was known already is told to nobody else.
    this.#options.resolver.resolve(this.#address, (outcome) => {
      if (this.#heard === heard) this.#hear(outcome)
    })
  }

  #askAgain(): void {
    if (this.places === null || this.#options.isInUse()) this.#ask()
  }

  #hear(outcome: Resolution | Failure): void {
    if (this.#stopWatching === null) return
    this.#heard++
    const isGood = outcome.kind === 'resolution' && !outcome.isStale
    this.#failures = isGood ? 0 : this.#failures + 1
    const pauseMs = isGood ? Math.max(PAUSE_MS, outcome.validMs) : Math.min(PAUSE_MS * 2 ** (this.#failures - 1), PAUSE_MS_MAX)
    this.#options.wheel.arm(this.#due, pauseMs)
    if (!isGood) return
    const before = this.places
    this.places = outcome.places
    if (before === null || setOf(before) !== setOf(outcome.places)) this.#onChange(before !== null)
  }
}

function setOf(places: readonly Place[]): string {
  return places
    .map(({ address, port, priority, weight }) => `${address} ${port} ${priority} ${weight}`)
    .sort()
    .join()
}

function textOf(endpoints: readonly EndpointPlan[]): string {
  return endpoints.map(({ url, weight, isBackup }) => `${url} ${weight} ${isBackup}`).join()
}
