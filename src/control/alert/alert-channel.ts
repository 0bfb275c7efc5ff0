/**
 * One channel: gathers what came together into one message, keeps to its allowance and to quiet hours, and delivers one message at a time.
 * One that fails is tried again, less and less often; what happens meanwhile gathers and is the next message.
 */
import type { AlertChannelPlan, AlertSeverity, AlertsPlan } from '../../config/alert-plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Incident } from '../incident/incident.ts'
import type { Logger } from '../log.ts'
import type { AlertMessage, Notice } from './alert-message.ts'
import { severityOfMessage } from './alert-message.ts'
import { Allowance } from './allowance.ts'
import { Backlog } from './backlog.ts'
import { placeOf } from './delivery.ts'
import type { KeptNotice } from './kept-alerts.ts'
import type { Letterhead } from './letterhead.ts'
import { isQuiet } from './quiet-hours.ts'
import { type Receipt, undelivered } from './receipt.ts'
import { wordingOf } from './wording.ts'

export type Deliver = (target: AlertChannelPlan['target'], message: AlertMessage) => Promise<Receipt>

export type ChannelState = {
  readonly name: string
  readonly kind: AlertChannelPlan['target']['kind']
  readonly where: string
  /** `failing`: its last message has not arrived. */
  readonly state: 'unused' | 'working' | 'failing'
  readonly waiting: number
  readonly sent: number
  readonly dropped: number
  readonly lastMessage: { readonly at: number; readonly subject: string } | null
  readonly lastError: { readonly at: number; readonly says: string } | null
}

type Delivery = { message: AlertMessage; readonly begunAt: number; tries: number; nextAt: number; isUnderWay: boolean }

const AGAIN_FIRST_MS = 1_000
const AGAIN_MAX_MS = 300_000
const ASKED_MAX_MS = 600_000
const GIVEN_UP_MS = 3_600_000

const WAS_QUIET = 'This has waited for the end of quiet hours.'
const WAS_KEPT = 'This could not be told before Gatewell was started anew.'

export type AlertChannelOptions = {
  readonly plan: AlertChannelPlan
  readonly alerts: AlertsPlan
  readonly letterhead: Letterhead
  readonly clock: Clock
  readonly log: Logger
  readonly deliver: Deliver
  /** What it has still to tell is not the same any more. */
  readonly onChange?: () => void
}

export class AlertChannel {
  readonly #options: AlertChannelOptions
  readonly #backlog = new Backlog()
  /** Critical ones are counted by themselves, so that a flood of others holds none of them back. */
  readonly #allowances: Readonly<Record<AlertSeverity, Allowance>> = { critical: new Allowance(), warning: new Allowance() }
  #alerts: AlertsPlan
  #letterhead: Letterhead
  #gatheringSince: number | null = null
  /** Notices that could not go out when they were due, and why. */
  #heldBack = 0
  #wasQuiet = false
  #wasKept = false
  /** By incident: since when it is to be told, epoch milliseconds. */
  readonly #since = new Map<string, number>()
  #delivery: Delivery | null = null
  #isFailing = false
  #sent = 0
  #dropped = 0
  #lastMessage: ChannelState['lastMessage'] = null
  #lastError: ChannelState['lastError'] = null

  constructor(options: AlertChannelOptions) {
    this.#options = options
    this.#alerts = options.alerts
    this.#letterhead = options.letterhead
  }

  get plan(): AlertChannelPlan {
    return this.#options.plan
  }

  /** The channel is the same, all about it may differ. */
  apply(alerts: AlertsPlan, letterhead: Letterhead): void {
    this.#alerts = alerts
    this.#letterhead = letterhead
  }

  add(notice: Notice): void {
    if (notice.kind === 'resolved' && !this.#alerts.isResolveTold && !this.#isOnceMore) return
    this.#gatheringSince ??= this.#options.clock.now()
    if (notice.kind === 'resolved' && this.#isUntold(notice.incident.id)) return this.refresh(notice.incident, notice.severity)
    this.#backlog.add(notice)
    if (!this.#since.has(notice.incident.id)) this.#since.set(notice.incident.id, this.#options.clock.epoch())
    this.#options.onChange?.()
  }

  /** What a former life of this program could not tell. What has waited for too long, or is over by now, is not told any more. */
  restore(kept: readonly KeptNotice[], find: (id: string) => Incident | null): void {
    const now = this.#options.clock.epoch()
    for (const { incident: id, kind, severity, since } of kept) {
      const incident = find(id)
      if (incident === null || now - since > GIVEN_UP_MS) continue
      const isCancelled = incident.state === 'closed' && kind !== 'resolved'
      if (isCancelled && !this.#isOnceMore) continue
      this.#since.set(id, since)
      this.#wasKept = true
      this.add({ kind: isCancelled ? 'resolved' : kind, incident, severity })
    }
  }

  /** What it has still to tell, to be kept. */
  get waiting(): readonly KeptNotice[] {
    const notices = [...(this.#delivery?.message.notices ?? []), ...this.#backlog.all()]
    return notices.map(({ incident, kind, severity }) => ({
      ...{ incident: incident.id, kind, severity },
      since: this.#since.get(incident.id) ?? this.#options.clock.epoch(),
    }))
  }

  refresh(incident: Incident, severity: AlertSeverity): void {
    this.#backlog.refresh(incident, severity)
    const delivery = this.#delivery
    if (delivery === null || delivery.isUnderWay || !delivery.message.notices.some((one) => one.incident.id === incident.id)) return
    const notices = delivery.message.notices.map((one) => (one.incident.id === incident.id ? { ...one, incident, severity } : one))
    delivery.message = { ...delivery.message, notices }
  }

  /** What may have been triggered there stays open until it is resolved: that is told even where nobody knows of a beginning. */
  get #isOnceMore(): boolean {
    return this.plan.target.kind === 'pagerduty'
  }

  /** Its beginning has not got through yet, and will be told with its end. */
  #isUntold(id: string): boolean {
    if (this.#delivery === null || this.#delivery.isUnderWay || this.#isOnceMore) return false
    return this.#delivery.message.notices.some(({ incident, kind }) => incident.id === id && kind === 'opened')
  }

  /** To be called several times a second. */
  tick(): void {
    const now = this.#options.clock.now()
    if (this.#delivery === null) this.#compose(now)
    const delivery = this.#delivery
    if (delivery !== null && !delivery.isUnderWay && now >= delivery.nextAt) void this.#deliver(delivery)
  }

  get state(): ChannelState {
    const { name, target } = this.plan
    return {
      ...{ name, kind: target.kind, where: placeOf(target) },
      state: this.#isFailing ? 'failing' : this.#sent > 0 ? 'working' : 'unused',
      waiting: this.#backlog.size + (this.#delivery?.message.notices.length ?? 0),
      ...{ sent: this.#sent, dropped: this.#dropped + this.#backlog.dropped, lastMessage: this.#lastMessage, lastError: this.#lastError },
    }
  }

  /** At once, once, whatever else there is. */
  async test(): Promise<Receipt & { readonly ms: number }> {
    const { clock } = this.#options
    const began = clock.now()
    const message = this.#messageOf([], null)
    const receipt = await this.#attempt(message)
    if (receipt.isDelivered) this.#setWell(message)
    else this.#lastError = { at: clock.epoch(), says: receipt.says }
    return { ...receipt, ms: Math.round(clock.now() - began) }
  }

  #compose(now: number): void {
    const { groupMs, quietHours, timeZone } = this.#alerts
    if (this.#gatheringSince === null || now - this.#gatheringSince < groupMs) return
    const all = this.#backlog.all()
    const isHushed = isQuiet(quietHours, timeZone, this.#options.clock.epoch())
    const due = isHushed ? all.filter(({ severity }) => severity === 'critical') : all
    this.#wasQuiet ||= due.length < all.length
    if (due.length === 0) return this.#restIfEmpty()
    const message = this.#messageOf(due, null)
    const allowance = this.#allowances[severityOfMessage(message)]
    if (!allowance.has(now, this.#alerts.messagesMax, this.#alerts.messagesMs)) {
      this.#heldBack = Math.max(this.#heldBack, due.length)
      return
    }
    allowance.spend(now)
    this.#delivery = { message: { ...message, delay: this.#sayDelay(isHushed) }, begunAt: now, tries: 0, nextAt: now, isUnderWay: false }
    this.#backlog.take(due)
    this.#heldBack = 0
    if (!isHushed) this.#wasQuiet = this.#wasKept = false
    this.#restIfEmpty()
  }

  #restIfEmpty(): void {
    if (this.#backlog.size === 0) this.#gatheringSince = null
  }

  #sayDelay(isHushed: boolean): string | null {
    const { messagesMax, messagesMs } = this.#alerts
    const minutes = Math.max(1, Math.round(messagesMs / 60_000))
    const held = `${this.#heldBack} were held back, so that there are no more than ${messagesMax} messages in ${minutes} min.`
    if (this.#heldBack > 0) return held
    if (this.#wasKept) return WAS_KEPT
    return this.#wasQuiet && !isHushed ? WAS_QUIET : null
  }

  #messageOf(notices: readonly Notice[], delay: string | null): AlertMessage {
    return { ...this.#letterhead, at: this.#options.clock.epoch(), timeZone: this.#alerts.timeZone, notices, delay }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { clock, log } = this.#options
    delivery.isUnderWay = true
    const receipt = await this.#attempt(delivery.message)
    delivery.isUnderWay = false
    if (receipt.isDelivered) {
      this.#settle(delivery)
      this.#setWell(delivery.message)
      return
    }
    const now = clock.now()
    const wait = Math.min(AGAIN_FIRST_MS * 2 ** delivery.tries++, AGAIN_MAX_MS)
    delivery.nextAt = now + Math.max(wait, Math.min(receipt.retryAfterMs ?? 0, ASKED_MAX_MS))
    this.#lastError = { at: clock.epoch(), says: receipt.says }
    const isGivenUp = receipt.isFinal || now - delivery.begunAt >= GIVEN_UP_MS
    if (!this.#isFailing)
      log.warn(this.#facts, `Alerts do not get through to ${this.#title}: ${receipt.says}. \`gatewell alerts\` shows how it is.`)
    this.#isFailing = true
    if (!isGivenUp) return
    this.#settle(delivery)
    this.#dropped += delivery.message.notices.length
    log.error(this.#facts, `An alert was given up on ${this.#title}: ${wordingOf(delivery.message).subject}. ${receipt.says}`)
  }

  #settle({ message }: Delivery): void {
    this.#delivery = null
    const still = new Set(this.#backlog.all().map(({ incident }) => incident.id))
    for (const { incident } of message.notices) if (!still.has(incident.id)) this.#since.delete(incident.id)
    this.#options.onChange?.()
  }

  /** A bug in a form is no reason to be silent for ever. */
  async #attempt(message: AlertMessage): Promise<Receipt> {
    try {
      return await this.#options.deliver(this.plan.target, message)
    } catch (error) {
      this.#options.log.error({ stack: (error as Error).stack }, `A bug in alerts: ${(error as Error).message}`)
      return undelivered('a bug, which the log shows', { isFinal: true })
    }
  }

  #setWell(message: AlertMessage): void {
    if (this.#isFailing) this.#options.log.info(this.#facts, `Alerts get through to ${this.#title} again.`)
    this.#isFailing = false
    this.#sent++
    this.#lastMessage = { at: this.#options.clock.epoch(), subject: wordingOf(message).subject }
  }

  get #title(): string {
    const { name, target } = this.plan
    return `${name} (${placeOf(target)})`
  }

  get #facts(): object {
    return { channel: this.plan.name }
  }
}
