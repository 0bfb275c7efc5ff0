/** From the checked `alerts` to their plan. A channel that nobody named is called by its kind. */
import type { AlertAfterPlan, AlertChannelPlan, AlertsPlan, AlertTarget } from './alert-plan.ts'
import type { Config } from './schema.ts'

type AlertsConfig = Config['alerts']
type ChannelConfig = AlertsConfig['channels'][number]

/** In the order of the schema. */
export const CHANNEL_KINDS = ['webhook', 'slack', 'discord', 'teams', 'ntfy', 'pagerduty', 'email', 'command'] as const

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue'
const LOCAL_MAIL = 'smtp://127.0.0.1:25'

export function compileAlerts(alerts: AlertsConfig): AlertsPlan {
  const names = nameChannels(alerts.channels)
  return {
    channels: alerts.channels.flatMap((channel, i): AlertChannelPlan[] => {
      const target = targetOf(channel)
      return target === null ? [] : [{ name: names[i] as string, target }]
    }),
    rules: alerts.rules.map(({ causes, upstreams, severity, to, after }) => ({
      ...{ causes, upstreams, severity: severity ?? null, to },
      after: compileAfter(after ?? alerts.after),
    })),
    after: compileAfter(alerts.after),
    quietHours: alerts.quietHours ?? null,
    timeZone: alerts.timezone ?? null,
    url: alerts.url?.replace(/\/+$/, '') ?? null,
    groupMs: alerts.group,
    messagesMax: alerts.messages,
    messagesMs: alerts.per,
    isResolveTold: alerts.resolved,
    remindMs: alerts.remind,
  }
}

/** `slack`, and `slack-2` for a second one. `channels`: as written, whatever is wrong with them. */
export function nameChannels(channels: readonly unknown[]): string[] {
  const counts = new Map<string, number>()
  return channels.map((channel) => {
    const given = channel as Readonly<Record<string, unknown>> | null
    const kind = CHANNEL_KINDS.find((one) => given?.[one] !== undefined) ?? 'channel'
    const number = (counts.get(kind) ?? 0) + 1
    counts.set(kind, number)
    return typeof given?.name === 'string' ? given.name : number === 1 ? kind : `${kind}-${number}`
  })
}

function compileAfter({ failures, within, lasting }: AlertsConfig['after']): AlertAfterPlan {
  return { failures, withinMs: within, lastingMs: lasting }
}

function targetOf(channel: ChannelConfig): AlertTarget | null {
  const token = channel.token ?? null
  if (channel.webhook !== undefined) return { kind: 'webhook', url: channel.webhook, token }
  for (const kind of ['slack', 'discord', 'teams'] as const) {
    const url = channel[kind]
    if (url !== undefined) return { kind, url }
  }
  if (channel.ntfy !== undefined) return { kind: 'ntfy', url: channel.ntfy, token }
  if (channel.pagerduty !== undefined) return { kind: 'pagerduty', url: channel.url ?? PAGERDUTY, key: channel.pagerduty }
  const { email, command } = channel
  if (email !== undefined) return { kind: 'email', to: email, from: channel.from ?? null, smtp: channel.smtp ?? LOCAL_MAIL }
  return command === undefined ? null : { kind: 'command', words: command }
}
