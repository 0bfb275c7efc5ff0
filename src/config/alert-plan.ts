/** The part of the plan that says whom to tell of incidents, how, and when. Holds secrets: addresses of webhooks, keys, passwords. */
import type { CauseId } from '../causes/catalogue.ts'

/** `critical`: visitors get nothing but errors there. `warning`: some do. */
export type AlertSeverity = 'critical' | 'warning'

export type AlertTarget =
  | { readonly kind: 'webhook'; readonly url: string; readonly token: string | null }
  | { readonly kind: 'slack' | 'discord' | 'teams'; readonly url: string }
  /** The last segment of `url` is the topic. */
  | { readonly kind: 'ntfy'; readonly url: string; readonly token: string | null }
  | { readonly kind: 'pagerduty'; readonly url: string; readonly key: string }
  /** `smtp`: a URL with the user and password, if there are any. `from`: null for one made of the machine's name. */
  | { readonly kind: 'email'; readonly to: readonly string[]; readonly from: string | null; readonly smtp: string }
  /** The program and its arguments. No shell. */
  | { readonly kind: 'command'; readonly words: readonly string[] }

export type AlertChannelPlan = { readonly name: string; readonly target: AlertTarget }

/** What makes an incident worth a message: so many failures that visitors saw within a time, or any that go on for so long. */
export type AlertAfterPlan = { readonly failures: number; readonly withinMs: number; readonly lastingMs: number }

/** The first one that fits an incident decides. A list that is empty fits all. */
export type AlertRulePlan = {
  readonly causes: readonly CauseId[]
  readonly upstreams: readonly string[]
  readonly severity: AlertSeverity | null
  /** Names of channels. None: nobody is told. */
  readonly to: readonly string[]
  readonly after: AlertAfterPlan
}

/** Minutes of the day. From 22:00 to 7:00 it ends the next day. */
export type QuietHoursPlan = { readonly fromMinute: number; readonly toMinute: number }

export type AlertsPlan = {
  readonly channels: readonly AlertChannelPlan[]
  readonly rules: readonly AlertRulePlan[]
  readonly after: AlertAfterPlan
  readonly quietHours: QuietHoursPlan | null
  /** Of quiet hours and of the times in messages, or null for the machine's. */
  readonly timeZone: string | null
  /** Where links lead, without a slash at its end, or null for the admin address. */
  readonly url: string | null
  /** Incidents that open within so long are one message. */
  readonly groupMs: number
  /** At most so many messages to a channel within a time. */
  readonly messagesMax: number
  readonly messagesMs: number
  /** Says so, too, when an incident is over. */
  readonly isResolveTold: boolean
  /** Tells again of what still goes on; 0: never. */
  readonly remindMs: number
}
