/**
 * What waits to be kept. Nobody waits for the store: records gather here, one batch is under way at a time, a batch that failed is tried
 * again, and what there is no room for is dropped and counted.
 */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { KeptAlerts } from '../alert/kept-alerts.ts'
import type { KeptIncident } from '../incident/incident.ts'
import type { Batch, KeptRecord, Store } from './store.ts'

const WAITING_MAX = 10_000
/** Handing a batch to the thread takes control some milliseconds. */
const BATCH_MAX = 500
const GATHER_MS = 200
const AGAIN_MS = 1_000
const AGAIN_MS_MAX = 30_000

export type OutboxOptions = {
  readonly store: Store
  /** Nothing can be kept, from now on; a sentence of the store says why. */
  readonly onTrouble: (reason: string) => void
  /** It works again. */
  readonly onRelief: () => void
  /** So many records were lost for want of room. */
  readonly onDropped?: (count: number) => void
}

export class Outbox {
  readonly #options: OutboxOptions
  #records: KeptRecord[] = []
  readonly #incidents = new Map<string, KeptIncident>()
  readonly #alerts = new Map<string, KeptAlerts>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null
  #failures = 0
  /** Records lost for want of room, since the beginning. */
  dropped = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  add(record: FailureRecord, incident: string): void {
    if (this.#records.length >= WAITING_MAX) {
      this.#drop(1)
      return
    }
    this.#records.push({ record, incident })
    this.#arm(GATHER_MS)
  }

  /** An incident as it is now; only the latest state of each is kept. */
  put(kept: KeptIncident): void {
    this.#incidents.set(kept.incident.id, kept)
    this.#arm(GATHER_MS)
  }

  /** The same for a channel of alerts. */
  putAlerts(kept: KeptAlerts): void {
    this.#alerts.set(kept.channel, kept)
    this.#arm(GATHER_MS)
  }

  /** Resolves when all that was given before is kept, or could not be. */
  async flush(): Promise<void> {
    if (this.#writing !== null) await this.#writing
    while (this.#isWaiting && (await this.#write())) {}
  }

  get #isWaiting(): boolean {
    return this.#records.length > 0 || this.#incidents.size > 0 || this.#alerts.size > 0
  }

  #arm(ms: number): void {
    if (this.#timer !== null || this.#writing !== null) return
    this.#timer = setTimeout(() => void this.#write(), ms).unref()
  }

  /** False when it could not be written. One at a time. */
  async #write(): Promise<boolean> {
    if (this.#writing !== null) {
      await this.#writing
      return this.#failures === 0
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const incidents = [...this.#incidents.values()]
    const batch = { records: this.#records.splice(0, BATCH_MAX), incidents, alerts: [...this.#alerts.values()] }
    this.#incidents.clear()
    this.#alerts.clear()
    this.#writing = this.#send(batch)
    await this.#writing
    this.#writing = null
    const isDone = this.#failures === 0
    if (this.#isWaiting) this.#arm(isDone ? GATHER_MS : Math.min(AGAIN_MS * 2 ** (this.#failures - 1), AGAIN_MS_MAX))
    return isDone
  }

  async #send(batch: Batch): Promise<void> {
    try {
      await this.#options.store.write(batch)
    } catch (error) {
      this.#putBack(batch)
      if (++this.#failures === 1) this.#options.onTrouble((error as Error).message)
      return
    }
    if (this.#failures > 0) this.#options.onRelief()
    this.#failures = 0
  }

  #drop(count: number): void {
    this.dropped += count
    this.#options.onDropped?.(count)
  }

  #putBack({ records, incidents, alerts = [] }: Batch): void {
    this.#records = [...records, ...this.#records]
    const excess = Math.max(0, this.#records.length - WAITING_MAX)
    this.#records.length -= excess
    if (excess > 0) this.#drop(excess)
    for (const kept of incidents) if (!this.#incidents.has(kept.incident.id)) this.#incidents.set(kept.incident.id, kept)
    for (const kept of alerts) if (!this.#alerts.has(kept.channel)) this.#alerts.set(kept.channel, kept)
  }
}
