/** What has to be kept of a channel to go on telling after a restart: what it has still to hear, and what it has heard of. */
import type { AlertSeverity } from '../../config/alert-plan.ts'
import type { NoticeKind } from './alert-message.ts'

export type KeptNotice = {
  readonly incident: string
  readonly kind: NoticeKind
  readonly severity: AlertSeverity
  /** Epoch milliseconds: since when it waits. */
  readonly since: number
}

export type KeptAlerts = {
  readonly channel: string
  readonly waiting: readonly KeptNotice[]
  /** Incidents that are not over, as they were told last. */
  readonly told: readonly { readonly incident: string; readonly severity: AlertSeverity }[]
}
