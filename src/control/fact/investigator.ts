/** Diagnoses a failure: looks around, remembers what else failed lately, and asks the rules. */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import { type Diagnosis, diagnose } from '../../insight/diagnosis/diagnosis.ts'
import type { FactFinder } from './fact-finder.ts'

const RECORDS_MAX = 256

export class Investigator {
  readonly #finder: Pick<FactFinder, 'find'>
  readonly #latest: FailureRecord[] = []

  constructor(options: { finder: Pick<FactFinder, 'find'> }) {
    this.#finder = options.finder
  }

  /** All that fails or is rescued, for one failure explains another. */
  see(record: FailureRecord): void {
    this.#latest.push(record)
    if (this.#latest.length > RECORDS_MAX) this.#latest.shift()
  }

  /** `related`: failures alike, which may be older than what is remembered here. */
  async diagnose(record: FailureRecord, related: readonly FailureRecord[]): Promise<Diagnosis> {
    const facts = await this.#finder.find(record)
    return diagnose(record, facts, [...new Set([...related, ...this.#latest])])
  }
}
