/** Has each incident diagnosed: when it opens, ten seconds later when more is known, and each time it has grown tenfold. */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Diagnosis } from '../../insight/diagnosis/diagnosis.ts'
import type { Clock } from '../../std/clock.ts'
import type { Incident, IncidentEvent } from './incident.ts'

/** `related`: latest failures of the incident, `record` among them. Null: nothing can be said. */
export type Diagnose = (question: {
  readonly record: FailureRecord
  readonly related: readonly FailureRecord[]
  readonly incident: Incident
}) => Promise<Diagnosis | null>

const RELATED_MAX = 64
const GROWTH = 10
const AGAIN_MS = 10_000

type Patient = { readonly openedAt: number; readonly related: FailureRecord[]; failures: number; isSeenAgain: boolean; isAsking: boolean }

export type DiagnosticianOptions = {
  readonly clock: Clock
  readonly diagnose: Diagnose
  readonly find: (id: string) => Incident | null
  readonly onDiagnosis: (id: string, diagnosis: Diagnosis) => void
  /** It broke; incidents go on without. */
  readonly onBug: (error: unknown) => void
}

export class Diagnostician {
  readonly #options: DiagnosticianOptions
  readonly #patients = new Map<string, Patient>()

  constructor(options: DiagnosticianOptions) {
    this.#options = options
  }

  /** A record of the incident `id`. */
  see(record: FailureRecord, id: string): void {
    const { related } = this.#patientOf(id)
    if (related.length >= RELATED_MAX) related.shift()
    related.push(record)
  }

  hear({ kind, incident }: IncidentEvent): void {
    if (kind === 'closed') this.#patients.delete(incident.id)
  }

  /** To be called about once a second, and after something has opened. */
  tick(): void {
    for (const [id, patient] of this.#patients) {
      const incident = patient.isAsking ? null : this.#options.find(id)
      if (incident !== null && this.#isDue(patient, incident)) void this.#ask(incident, patient)
    }
  }

  #isDue(patient: Patient, { failures }: Incident): boolean {
    if (patient.failures < 0 || failures >= patient.failures * GROWTH) return true
    if (patient.isSeenAgain || this.#options.clock.now() - patient.openedAt < AGAIN_MS) return false
    patient.isSeenAgain = true
    return true
  }

  async #ask(incident: Incident, patient: Patient): Promise<void> {
    const record = patient.related[0]
    if (record === undefined) return
    patient.isAsking = true
    patient.failures = Math.max(1, incident.failures)
    try {
      const diagnosis = await this.#options.diagnose({ record, related: [...patient.related], incident })
      if (diagnosis !== null) this.#options.onDiagnosis(incident.id, diagnosis)
    } catch (error) {
      this.#options.onBug(error)
    } finally {
      patient.isAsking = false
    }
  }

  #patientOf(id: string): Patient {
    let patient = this.#patients.get(id)
    if (patient === undefined) {
      patient = { openedAt: this.#options.clock.now(), related: [], failures: -1, isSeenAgain: false, isAsking: false }
      this.#patients.set(id, patient)
    }
    return patient
  }
}
