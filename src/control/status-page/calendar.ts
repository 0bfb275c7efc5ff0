/** How long each service was well and not, day by day: what the bars of the status page are drawn from. Days are those of UTC. */
import type { ServiceDay } from '../store/store.ts'
import type { ServiceState } from './service-state.ts'

export const DAY_MS = 86_400_000
export const DAYS_SHOWN = 90

export class Calendar {
  readonly #days = new Map<string, ServiceDay>()
  readonly #changed = new Set<string>()

  /** What was kept of a former life; what was counted since is added to it. */
  restore(days: readonly ServiceDay[]): void {
    for (const one of days) {
      const key = keyOf(one.day, one.service)
      const known = this.#days.get(key)
      this.#days.set(key, known === undefined ? one : added(one, known))
    }
  }

  /** It was so for the last `ms`. What was planned counts as if nobody had looked. */
  count(service: string, state: ServiceState, ms: number, epochMs: number): void {
    if (state === 'maintenance' || ms <= 0) return
    const day = Math.floor(epochMs / DAY_MS)
    const key = keyOf(day, service)
    const known = this.#days.get(key) ?? { day, service, watchedMs: 0, downMs: 0, partialMs: 0 }
    const downMs = state === 'down' ? ms : 0
    const partialMs = state === 'partial' ? ms : 0
    this.#days.set(key, added(known, { day, service, watchedMs: ms, downMs, partialMs }))
    this.#changed.add(key)
  }

  /** What has changed since it was last taken, to be kept. */
  takeChanged(): ServiceDay[] {
    const changed = [...this.#changed].flatMap((key) => this.#days.get(key) ?? [])
    this.#changed.clear()
    return changed.map((one) => ({
      ...one,
      watchedMs: Math.round(one.watchedMs),
      downMs: Math.round(one.downMs),
      partialMs: Math.round(one.partialMs),
    }))
  }

  /** They could not be kept. */
  giveBack(days: readonly ServiceDay[]): void {
    for (const { day, service } of days) this.#changed.add(keyOf(day, service))
  }

  /** The last ninety days, oldest first; null for one on which nobody looked. */
  of(service: string, epochMs: number): (ServiceDay | null)[] {
    const today = Math.floor(epochMs / DAY_MS)
    return Array.from({ length: DAYS_SHOWN }, (_, i) => this.#days.get(keyOf(today - DAYS_SHOWN + 1 + i, service)) ?? null)
  }

  /** Days that are shown no more. */
  forget(epochMs: number): void {
    const oldest = Math.floor(epochMs / DAY_MS) - DAYS_SHOWN
    for (const [key, { day }] of this.#days) if (day < oldest && !this.#changed.has(key)) this.#days.delete(key)
  }
}

function keyOf(day: number, service: string): string {
  return `${day} ${service}`
}

function added(one: ServiceDay, other: ServiceDay): ServiceDay {
  return {
    day: one.day,
    service: one.service,
    watchedMs: Math.min(DAY_MS, one.watchedMs + other.watchedMs),
    downMs: one.downMs + other.downMs,
    partialMs: one.partialMs + other.partialMs,
  }
}
