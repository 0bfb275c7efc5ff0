/**
 * A service → places (RFC 2782): its records, and then the addresses of the hosts that these name. Hosts that cannot be resolved are left
 * out while there are others. Node hides the time to live of SRV records, so they are kept for as long as the addresses.
 */
import type { Failure } from '../../causes/failure.ts'
import type { Resolution, Resolver } from '../resolver.ts'
import type { NameSource, Place, ServiceRecord } from './source.ts'

export type ServiceQueryOptions = {
  readonly resolver: Resolver
  readonly source: NameSource
  /** The longest time to live. */
  readonly ttlMs: number
  readonly done: (error: NodeJS.ErrnoException | null, answer: { places: readonly Place[]; ttlMs: number } | null) => void
}

export class ServiceQuery {
  readonly #options: ServiceQueryOptions
  readonly #found: { record: ServiceRecord; resolution: Resolution }[] = []
  #pending = 0
  #problem: Failure | null = null

  constructor(options: ServiceQueryOptions) {
    this.#options = options
  }

  begin(service: string): void {
    const { resolver, source, done } = this.#options
    source.askService(service, (error, records) => {
      if (records === null) return done(error, null)
      this.#pending = records.length
      for (const record of records) {
        // Known addresses would be kept for twice their time: once as the host's, once as the service's.
        resolver.resolve({ kind: 'tcp', host: record.name, port: record.port }, (outcome) => this.#take(record, outcome), true)
      }
    })
  }

  #take(record: ServiceRecord, outcome: Resolution | Failure): void {
    if (outcome.kind === 'resolution') this.#found.push({ record, resolution: outcome })
    else this.#problem = outcome
    if (--this.#pending > 0) return
    const { ttlMs, done } = this.#options
    if (this.#found.length === 0) return done(this.#problem?.error ?? null, null)
    done(null, {
      places: this.#found.flatMap(placesOf).sort((one, other) => one.priority - other.priority || other.weight - one.weight),
      ttlMs: Math.min(ttlMs, ...this.#found.map(({ resolution }) => resolution.validMs)),
    })
  }
}

function placesOf({ record, resolution }: { record: ServiceRecord; resolution: Resolution }): Place[] {
  const { name, port, priority } = record
  // RFC 2782 gives weight 0 a very small chance; ours is that of weight 1.
  const weight = Math.max(1, record.weight)
  return resolution.places.map(({ address }) => ({ address, port, host: name, priority, weight }))
}
