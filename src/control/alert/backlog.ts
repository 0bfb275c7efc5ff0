/** What a channel has still to be told: one notice an incident, however much happens to it meanwhile. */
import type { AlertSeverity } from '../../config/alert-plan.ts'
import type { Incident } from '../incident/incident.ts'
import type { Notice } from './alert-message.ts'

const NOTICES_MAX = 200

export class Backlog {
  /** Given up, for there were too many. */
  dropped = 0
  readonly #notices = new Map<string, Notice>()

  get size(): number {
    return this.#notices.size
  }

  add(notice: Notice): void {
    const { id } = notice.incident
    const former = this.#notices.get(id)
    // Whoever has not heard of it yet hears all of it at once.
    const kind = former?.kind === 'opened' && notice.kind !== 'opened' ? 'opened' : notice.kind
    this.#notices.set(id, { ...notice, kind })
    if (this.#notices.size <= NOTICES_MAX) return
    const victim = this.all().at(-1) as Notice
    this.#notices.delete(victim.incident.id)
    this.dropped++
  }

  /** It is as `incident` says by now. */
  refresh(incident: Incident, severity: AlertSeverity): void {
    const notice = this.#notices.get(incident.id)
    if (notice !== undefined) this.#notices.set(incident.id, { ...notice, incident, severity })
  }

  /** Most urgent first: critical before the rest, what is open before what is over, the latest before older ones. */
  all(): readonly Notice[] {
    return [...this.#notices.values()].sort((one, other) => rank(one) - rank(other) || other.incident.opened - one.incident.opened)
  }

  take(notices: readonly Notice[]): void {
    for (const { incident } of notices) this.#notices.delete(incident.id)
  }
}

function rank({ severity, incident }: Notice): number {
  return (severity === 'critical' ? 0 : 2) + (incident.state === 'open' ? 0 : 1)
}
