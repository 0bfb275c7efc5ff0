/** How bad an incident is, by what visitors see of it. */
import type { AlertSeverity } from '../../config/alert-plan.ts'
import type { Incident } from '../incident/incident.ts'

export type Standing = {
  /** No endpoint of the upstream is usable. */
  readonly isDown: boolean
  /** When it last answered well, epoch milliseconds, or null: not since Gatewell started. */
  readonly lastGood: number | null
}

/** Fewer may be chance. */
const FAILURES_MIN = 3
/** Workers report once a second: an answer from before it began may be heard of so much later. */
const REPORT_MS = 1_200
const PATIENCE_MS = 2_500

/** `since`: when it began, or came back. Epoch milliseconds. */
export function severityOf(incident: Incident, standing: Standing & { readonly since: number; readonly now: number }): AlertSeverity {
  const { upstream, failures } = incident
  const { isDown, lastGood, since, now } = standing
  if (upstream === '' || failures === 0) return 'warning'
  if (isDown) return 'critical'
  // Not one good answer since it began: whoever came got an error.
  const isSilent = lastGood === null || lastGood < since + REPORT_MS
  return failures >= FAILURES_MIN && isSilent && now - since >= PATIENCE_MS ? 'critical' : 'warning'
}
