/** What visitors saw and what the gateway did about it: since the demo began, in the last second, and since the last switch was pressed. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Sight } from './visitor.ts'

/** What came of one press of a switch. */
export class Episode {
  readonly beganAt = performance.now()
  failed = 0
  /** Answers, by the ordinal of the endpoint that gave them. */
  readonly byEndpoint: number[] = []
  /** By what visitors were told. */
  readonly failures = new Map<string, number>()
  /** Requests that a second attempt answered, by what the first one had failed of. */
  readonly rescued = new Map<CauseId, number>()
  /** POSTs that failed after an endpoint had got them. */
  unrepeatable = 0

  rescuedOf(...causes: readonly CauseId[]): number {
    return causes.reduce((sum, cause) => sum + (this.rescued.get(cause) ?? 0), 0)
  }

  answeredBy(ordinal: number): number {
    return this.byEndpoint[ordinal] ?? 0
  }
}

export type Second = { readonly perSecond: number; readonly byEndpoint: readonly number[]; readonly slowestMs: number }

export class Tally {
  answered = 0
  failed = 0
  rescued = 0
  /** The last whole second. */
  second: Second = { perSecond: 0, byEndpoint: [], slowestMs: 0 }
  episode = new Episode()
  #byEndpoint: number[] = []
  #slowestMs = 0

  see(sight: Sight): void {
    if (sight.kind === 'failed') {
      this.failed++
      this.episode.failed++
      const name = sight.status === 0 ? sight.cause : `${sight.status} ${sight.cause}`
      add(this.episode.failures, name)
      return
    }
    this.answered++
    for (const counts of [this.#byEndpoint, this.episode.byEndpoint]) counts[sight.endpoint] = (counts[sight.endpoint] ?? 0) + 1
    this.#slowestMs = Math.max(this.#slowestMs, sight.ms)
  }

  /** The gateway's own account of a request that did not go well at once. */
  note(record: FailureRecord): void {
    if (record.cause !== null) {
      if (record.method === 'POST' && (record.attempts.at(-1)?.bytesSent ?? 0) > 0) this.episode.unrepeatable++
      return
    }
    this.rescued++
    add(this.episode.rescued, record.attempts[0]?.cause ?? 'upstream-5xx')
  }

  /** To be called once a second. */
  turn(): void {
    const perSecond = this.#byEndpoint.reduce((sum, count) => sum + count, 0)
    this.second = { perSecond, byEndpoint: this.#byEndpoint, slowestMs: this.#slowestMs }
    this.#byEndpoint = []
    this.#slowestMs = 0
  }

  /** From here on a new episode counts. */
  begin(): Episode {
    this.episode = new Episode()
    return this.episode
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
