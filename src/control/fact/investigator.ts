/** Diagnoses failures: looks around, remembers what else failed and what changed lately, and asks the rules. */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Switches } from '../../gateway/switches.ts'
import type { UpstreamStatus } from '../../gateway/upstream/status.ts'
import { type ChangeFact, type Diagnosis, diagnose } from '../../insight/diagnosis/diagnosis.ts'
import { ChangeLog } from './change-log.ts'
import { FactFinder, type FactFinderOptions } from './fact-finder.ts'

/** `related`: failures alike. */
type Diagnose = (question: { readonly record: FailureRecord; readonly related: readonly FailureRecord[] }) => Promise<Diagnosis>

const RECORDS_MAX = 256

export class Investigator {
  readonly #finder: FactFinder
  readonly #changes: ChangeLog
  readonly #latest: FailureRecord[] = []
  /** By upstream: where its names led last. */
  readonly #places = new Map<string, string>()

  constructor(options: Omit<FactFinderOptions, 'changes'>) {
    this.#changes = new ChangeLog(options)
    this.#finder = new FactFinder({ ...options, changes: this.#changes })
    this.note('start', 'Gatewell was started')
  }

  /** All that fails or is rescued, for one failure explains another. */
  see(records: readonly FailureRecord[]): void {
    this.#latest.push(...records)
    if (this.#latest.length > RECORDS_MAX) this.#latest.splice(0, this.#latest.length - RECORDS_MAX)
  }

  /** `text`: a sentence without its full stop. */
  note(kind: ChangeFact['kind'], text: string): void {
    this.#changes.note(kind, text)
  }

  noteSwitches({ drained, paused, maintenance }: Switches): void {
    const parts = [
      ...drained.map(({ endpoint }) => `${endpoint} drained`),
      ...paused.map((upstream) => `${upstream} paused`),
      ...maintenance.map(({ upstream, route }) => `maintenance switched on for ${upstream ?? route ?? 'everything'}`),
    ]
    this.note('switch', parts.length === 0 ? 'Operators took back all that they had switched' : `Operators have ${parts.join(', ')}`)
  }

  /** Endpoints as a worker has them: a name that moved leads to others. */
  seeEndpoints(upstreams: readonly UpstreamStatus[]): void {
    for (const { name, endpoints } of upstreams) {
      const found = endpoints.filter(({ foundBy }) => foundBy !== null)
      const places = found
        .map(({ address }) => address)
        .sort()
        .join(' ')
      const former = this.#places.get(name)
      this.#places.set(name, places)
      if (former === undefined || former === places || former === '' || places === '') continue
      this.note('dns', `The name ${found[0]?.foundBy} of ${name} moved from ${former} to ${places}`)
    }
  }

  /** `related`: failures alike, which may be older than what is remembered here. */
  readonly diagnose: Diagnose = async ({ record, related }) => {
    const facts = await this.#finder.find(record)
    return diagnose(record, facts, [...new Set([...related, ...this.#latest])])
  }
}
