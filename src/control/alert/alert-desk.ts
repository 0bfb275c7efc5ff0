/**
 * Decides who is told of which incident, and when: what is worth telling (`watch.ts`), how bad it is (`severity.ts`), which rule fits.
 * How a message gets to a channel is `alert-channel.ts`. Nothing here waits for anything.
 */
import { isDeepStrictEqual } from 'node:util'
import type { AlertRulePlan, AlertSeverity, AlertsPlan } from '../../config/alert-plan.ts'
import type { Clock } from '../../std/clock.ts'
import { Timer, type Wheel } from '../../std/wheel.ts'
import type { Incident, IncidentEvent } from '../incident/incident.ts'
import type { Logger } from '../log.ts'
import { AlertChannel, type ChannelState, type Deliver } from './alert-channel.ts'
import type { NoticeKind } from './alert-message.ts'
import { deliver } from './delivery.ts'
import type { KeptAlerts } from './kept-alerts.ts'
import type { Letterhead } from './letterhead.ts'
import { isQuiet } from './quiet-hours.ts'
import type { Receipt } from './receipt.ts'
import { type Standing, severityOf } from './severity.ts'
import { Watch } from './watch.ts'

const TICK_MS = 250
/** Incidents that are open at a time, as many as are kept of those told. */
const TOLD_MAX = 500
/** An incident that is heard of so long after it opened is one of a former life of this program, which has told of it. */
const FORMER_MS = 10_000

export type AlertDeskOptions = {
  readonly alerts: AlertsPlan
  readonly letterhead: Letterhead
  readonly clock: Clock
  readonly wheel: Wheel
  readonly log: Logger
  readonly standingOf: (upstream: string) => Standing
  /** Keeps what a channel has still to tell and has told, for a next life of this program. */
  readonly keep?: (kept: KeptAlerts) => void
  /** By default the way that each kind of channel has. */
  readonly deliver?: Deliver
}

export type ChannelTest = Receipt & Pick<ChannelState, 'name' | 'kind' | 'where'> & { readonly ms: number }

export class AlertDesk {
  readonly #options: AlertDeskOptions
  readonly #watches = new Map<string, Watch>()
  readonly #timer = new Timer(() => this.#tick())
  #alerts: AlertsPlan
  #channels: readonly AlertChannel[] = []
  #isClosed = false
  /** It is known what was told in a former life. */
  #isRestored = false

  constructor(options: AlertDeskOptions) {
    this.#options = options
    this.#alerts = options.alerts
    this.apply(options.alerts, options.letterhead)
  }

  /** Channels that did not change keep what they have still to tell. */
  apply(alerts: AlertsPlan, letterhead: Letterhead): void {
    const { clock, log, wheel } = this.#options
    const send = this.#options.deliver ?? deliver
    this.#alerts = alerts
    this.#channels = alerts.channels.map((plan) => {
      const former = this.#channels.find((channel) => isDeepStrictEqual(channel.plan, plan))
      former?.apply(alerts, letterhead)
      const onChange = (): void => this.#keep(plan.name)
      return former ?? new AlertChannel({ plan, alerts, letterhead, clock, log, deliver: send, onChange })
    })
    if (this.#channels.length > 0 && !this.#isClosed) wheel.arm(this.#timer, TICK_MS)
    else wheel.disarm(this.#timer)
  }

  /** Goes on where a former life of this program has ended. `find`: the incident as it is by now. */
  restore(kept: readonly KeptAlerts[], find: (id: string) => Incident | null): void {
    const now = this.#options.clock.epoch()
    this.#isRestored = true
    for (const { channel, waiting, told } of kept) {
      this.#channels.find(({ plan }) => plan.name === channel)?.restore(waiting, find)
      for (const { incident: id, severity } of told) {
        const incident = find(id)
        if (incident === null || incident.state === 'closed') continue
        const watch = this.#watches.get(id) ?? new Watch(incident, incident.firstSeen, 0)
        watch.see(incident, now, this.#alerts.after.withinMs)
        watch.severity = severity
        watch.told.set(channel, severity)
        watch.toldAt = watch.firstToldAt = now
        this.#watches.set(id, watch)
      }
    }
  }

  hear({ kind, incident }: IncidentEvent): void {
    const now = this.#options.clock.epoch()
    let watch = this.#watches.get(incident.id)
    if (watch === undefined) {
      if (kind !== 'closed' && incident.state === 'closed') return
      // A return is one failure more than there were.
      const isReturn = kind === 'reopened'
      watch = new Watch(incident, isReturn ? incident.lastSeen : incident.firstSeen, isReturn ? incident.failures - 1 : 0)
      const isFormer = kind !== 'opened' && !isReturn && now - incident.opened > FORMER_MS
      if (isFormer && !this.#isRestored) this.#rememberTold(watch, now)
      this.#watches.set(incident.id, watch)
    }
    watch.see(incident, now, this.#alerts.after.withinMs)
    this.#judge(watch)
    for (const channel of this.#channels) channel.refresh(incident, watch.severity)
    if (kind === 'closed') this.#close(watch)
    else this.#consider(watch, now)
  }

  get channels(): readonly ChannelState[] {
    return this.#channels.map((channel) => channel.state)
  }

  get isQuiet(): boolean {
    return isQuiet(this.#alerts.quietHours, this.#alerts.timeZone, this.#options.clock.epoch())
  }

  /** A message to each channel, or to the one of that name; null where there is none. */
  async test(name: string | null): Promise<readonly ChannelTest[] | null> {
    const meant = this.#channels.filter(({ plan }) => name === null || plan.name === name)
    if (meant.length === 0 && name !== null) return null
    return Promise.all(
      meant.map(async (channel): Promise<ChannelTest> => {
        const { name, kind, where } = channel.state
        return { name, kind, where, ...(await channel.test()) }
      }),
    )
  }

  close(): void {
    this.#isClosed = true
    this.#options.wheel.disarm(this.#timer)
  }

  #tick(): void {
    this.#options.wheel.arm(this.#timer, TICK_MS)
    const now = this.#options.clock.epoch()
    for (const watch of this.#watches.values()) {
      this.#judge(watch)
      for (const channel of this.#channels) channel.refresh(watch.incident, watch.severity)
      this.#consider(watch, now)
    }
    for (const channel of this.#channels) channel.tick()
  }

  /** What was told as critical stays so: one good answer does not undo it. Before anything has gone out the latest judgement counts. */
  #judge(watch: Watch): void {
    const { incident, told, since } = watch
    const now = this.#options.clock.epoch()
    const isSettled = told.size > 0 && now - watch.firstToldAt >= this.#alerts.groupMs
    if (incident.state === 'closed' || (isSettled && watch.severity === 'critical')) return
    watch.severity = severityOf(incident, { ...this.#options.standingOf(incident.upstream), since, now })
    if (!isSettled) for (const name of told.keys()) told.set(name, watch.severity)
  }

  #consider(watch: Watch, now: number): void {
    const rule = this.#ruleFor(watch)
    const { remindMs, after } = this.#alerts
    if (watch.told.size === 0 && !watch.isWorthTelling(rule?.after ?? after, now)) return
    const names = rule?.to ?? this.#channels.map(({ plan }) => plan.name)
    for (const name of names) {
      const told = watch.told.get(name)
      if (told === undefined) this.#tell(name, watch, 'opened', now)
      else if (told === 'warning' && watch.severity === 'critical') this.#tell(name, watch, 'worse', now)
    }
    if (remindMs === 0 || watch.told.size === 0 || now - watch.toldAt < remindMs) return
    for (const name of watch.told.keys()) this.#tell(name, watch, 'reminder', now)
  }

  #close(watch: Watch): void {
    this.#watches.delete(watch.incident.id)
    for (const name of [...watch.told.keys()]) this.#tell(name, watch, 'resolved', 0)
    for (const name of watch.told.keys()) this.#keep(name)
  }

  #tell(name: string, watch: Watch, kind: NoticeKind, now: number): void {
    const { incident, severity } = watch
    watch.told.set(name, severity)
    watch.toldAt = now
    if (watch.firstToldAt === 0) watch.firstToldAt = now
    this.#channels.find(({ plan }) => plan.name === name)?.add({ kind, incident, severity })
  }

  #keep(name: string): void {
    const channel = this.#channels.find(({ plan }) => plan.name === name)
    if (channel === undefined) return
    const told = [...this.#watches].flatMap(([incident, watch]) => {
      const severity = watch.told.get(name)
      return severity === undefined ? [] : [{ incident, severity }]
    })
    this.#options.keep?.({ channel: name, waiting: channel.waiting, told: told.slice(-TOLD_MAX) })
  }

  #rememberTold(watch: Watch, now: number): void {
    watch.see(watch.incident, now, this.#alerts.after.withinMs)
    this.#judge(watch)
    const rule = this.#ruleFor(watch)
    if (!watch.isWorthTelling(rule?.after ?? this.#alerts.after, now)) return
    for (const name of rule?.to ?? this.#channels.map(({ plan }) => plan.name)) watch.told.set(name, watch.severity)
    watch.toldAt = watch.firstToldAt = now
  }

  #ruleFor({ incident, severity }: Watch): AlertRulePlan | null {
    return this.#alerts.rules.find((rule) => isFitting(rule, incident.cause, incident.upstream, severity)) ?? null
  }
}

function isFitting(rule: AlertRulePlan, cause: string, upstream: string, severity: AlertSeverity): boolean {
  return (
    (rule.causes.length === 0 || rule.causes.some((one) => one === cause)) &&
    (rule.upstreams.length === 0 || rule.upstreams.includes(upstream)) &&
    (rule.severity === null || rule.severity === severity)
  )
}
