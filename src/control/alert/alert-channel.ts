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

type Delivery = { readonly message: AlertMessage; readonly begunAt: number; tries: number; nextAt: number; isUnderWay: boolean }

const AGAIN_FIRST_MS = 1_000
const AGAIN_MAX_MS = 300_000
const ASKED_MAX_MS = 600_000
const GIVEN_UP_MS = 3_600_000

const WAS_QUIET = 'This has waited for the end of quiet hours.'

export type AlertChannelOptions = {
  readonly plan: AlertChannelPlan
  readonly alerts: AlertsPlan
  readonly letterhead: Letterhead
  readonly clock: Clock
  readonly log: Logger
  readonly deliver: Deliver
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
    // What was triggered there stays open until it is resolved.
    if (notice.kind === 'resolved' && !this.#alerts.isResolveTold && this.plan.target.kind !== 'pagerduty') return
    this.#gatheringSince ??= this.#options.clock.now()
    this.#backlog.add(notice)
  }

  refresh(incident: Incident, severity: AlertSeverity): void {
    this.#backlog.refresh(incident, severity)
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
    if (!isHushed) this.#wasQuiet = false
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
      this.#delivery = null
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
    this.#delivery = null
    this.#dropped += delivery.message.notices.length
    log.error(this.#facts, `An alert was given up on ${this.#title}: ${wordingOf(delivery.message).subject}. ${receipt.says}`)
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
