/** One incident as the alerts see it: since when, how many failures lately, who has been told what. */
import type { AlertAfterPlan, AlertSeverity } from '../../config/alert-plan.ts'
import type { Incident } from '../incident/incident.ts'

type Sample = { readonly at: number; readonly failures: number }

export class Watch {
  incident: Incident
  severity: AlertSeverity = 'warning'
  /** When it began, or came back. Epoch milliseconds. */
  readonly since: number
  /** By channel: how bad it was when that was told last. */
  readonly told = new Map<string, AlertSeverity>()
  /** Epoch milliseconds; 0: nobody was told yet. */
  toldAt = 0
  firstToldAt = 0
  /** Failures up to a time, oldest first; the first one is from before the window. */
  readonly #samples: Sample[]
  readonly #failuresBefore: number

  /** `failuresBefore`: those of an incident that came back. */
  constructor(incident: Incident, since: number, failuresBefore: number) {
    this.incident = incident
    this.since = since
    this.#failuresBefore = failuresBefore
    this.#samples = [{ at: since - 1, failures: failuresBefore }]
  }

  see(incident: Incident, now: number, windowMs: number): void {
    this.incident = incident
    if (incident.failures === this.#samples.at(-1)?.failures) return
    this.#samples.push({ at: now, failures: incident.failures })
    while (this.#samples.length > 1 && (this.#samples[1] as Sample).at < now - windowMs) this.#samples.shift()
  }

  /** One blip is no alert. */
  isWorthTelling({ failures, withinMs, lastingMs }: AlertAfterPlan, now: number): boolean {
    const seen = this.incident.failures
    const before = this.#samples.findLast(({ at }) => at < now - withinMs) ?? (this.#samples[0] as Sample)
    if (seen - before.failures >= failures) return true
    return seen - this.#failuresBefore > 1 && this.incident.lastSeen - this.since >= lastingMs
  }
}
