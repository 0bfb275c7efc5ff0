/** The last probes of an endpoint, oldest first, and how long the good ones took. */
import type { ProbeResult } from './sight.ts'

export type ProbeRecord = {
  /** Epoch milliseconds at which it ended. */
  readonly at: number
  /** Null where the probe failed on this machine, which says nothing about the endpoint. */
  readonly ok: boolean | null
  readonly ms: number
  readonly result: ProbeResult
  readonly saw: string
}

const PROBES_MAX = 64

export class ProbeHistory {
  #records: ProbeRecord[] = []
  #lastFailure: ProbeRecord | null = null

  add(record: ProbeRecord): void {
    this.#records.push(record)
    if (this.#records.length > PROBES_MAX) this.#records.shift()
    if (record.ok === false) this.#lastFailure = record
  }

  get records(): readonly ProbeRecord[] {
    return this.#records
  }

  /** Kept when the probes after it have pushed it out. */
  get lastFailure(): ProbeRecord | null {
    return this.#lastFailure
  }

  /** Milliseconds that the share `rank` of the good probes took at most, or null without any. */
  percentile(rank: number): number | null {
    const times = this.#records.filter(({ ok }) => ok).map(({ ms }) => ms)
    times.sort((one, other) => one - other)
    return times[Math.max(0, Math.ceil(times.length * rank) - 1)] ?? null
  }
}
