/** What a channel is told: a message about one incident, or about several that came together. Its words are `wording.ts`. */
import type { AlertSeverity } from '../../config/alert-plan.ts'
import type { Incident } from '../incident/incident.ts'

/** `worse`: it was told as a warning and is critical by now. An `opened` one may be over by the time it is told. */
export type NoticeKind = 'opened' | 'worse' | 'reminder' | 'resolved'

export type Notice = { readonly kind: NoticeKind; readonly incident: Incident; readonly severity: AlertSeverity }

export type AlertMessage = {
  /** Epoch milliseconds. */
  readonly at: number
  /** What the gateway is called. */
  readonly gateway: string
  /** Where links lead, without a slash at its end, or null. */
  readonly base: string | null
  readonly timeZone: string | null
  /** What is critical first. None: a test. */
  readonly notices: readonly Notice[]
  /** Why some of it comes late, a sentence, or null. */
  readonly delay: string | null
}

/** Of the whole message: the worst. A test is no more than a warning. */
export function severityOfMessage({ notices }: AlertMessage): AlertSeverity {
  return notices.some(({ severity, kind }) => severity === 'critical' && kind !== 'resolved') ? 'critical' : 'warning'
}

/** Everything that it tells of is over. */
export function isGoodNews({ notices }: AlertMessage): boolean {
  return notices.length > 0 && notices.every(({ incident }) => incident.state === 'closed')
}

/** Works wherever the dashboard is served: the part after # never leaves the browser. */
export function linkOf(base: string | null, id: string): string | null {
  return base === null ? null : `${base}/#/incidents/${id}`
}
