/** An incident: failures alike in cause, upstream and time, as it is told and kept. Plain data; what makes one is `incident-book.ts`. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Diagnosis } from '../../insight/diagnosis/diagnosis.ts'

export type Incident = {
  readonly id: string
  /** The most telling one of `causes`. */
  readonly cause: CauseId
  /** '' where it is not about an upstream. */
  readonly upstream: string
  readonly state: 'open' | 'closed'
  /** Epoch milliseconds, here and below. */
  readonly opened: number
  readonly closed: number | null
  /** How often it came back after it had been closed. */
  readonly reopened: number
  /** Requests that ended in an error. */
  readonly failures: number
  /** Different clients among them that are no crawlers: exact while they are few, then within some percent. */
  readonly visitors: number
  /** Failures that crawlers saw. */
  readonly crawlers: number
  /** Requests that went wrong and were answered well after all. */
  readonly rescued: number
  /** What the failures failed of. */
  readonly causes: Readonly<Record<string, number>>
  /** By what visitors were told: the status, or 'cut off' for an answer that broke off. */
  readonly statuses: Readonly<Record<string, number>>
  readonly routes: Readonly<Record<string, number>>
  /** By the endpoint that failed last, also for those that were rescued. */
  readonly endpoints: Readonly<Record<string, number>>
  readonly firstSeen: number
  readonly lastSeen: number
  /** When the upstream last answered well before it began, as far as known. */
  readonly lastGood: number | null
  /** Request ids, the first ones and the latest ones. */
  readonly examples: readonly string[]
  readonly pulse: Pulse
  readonly diagnosis: Diagnosis | null
  /** What the failures were worth, an estimate; null where nobody said what a request is worth. */
  readonly worth: Money | null
}

/** Failures over time: a number for each `stepMs` since `beganAt`. */
export type Pulse = { readonly beganAt: number; readonly stepMs: number; readonly counts: readonly number[] }

/** `currency` as in ISO 4217. */
export type Money = { readonly amount: number; readonly currency: string }

/** What has to be kept to go on counting after a restart. `sketch`: the clients seen. */
export type KeptIncident = { readonly incident: Incident; readonly sketch: Uint8Array }

export type IncidentEvent = { readonly kind: 'opened' | 'changed' | 'closed' | 'reopened'; readonly incident: Incident }
