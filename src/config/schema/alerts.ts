/** The schema of `alerts`: who is told of incidents, how and when. What no single value shows is checked in `check-alerts.ts`. */
import * as z from 'zod'
import {
  parseCause,
  parseChannelName,
  parseCommand,
  parseHook,
  parseMailAddress,
  parseMailAddresses,
  parseMailServer,
  parseQuietHours,
  parseRoutingKey,
  parseTimeZone,
  parseTopic,
} from '../alert-text.ts'
import { ALERTS } from '../defaults.ts'
import { count, duration, scalar, toggle, token } from '../scalar.ts'

const hook = (example: string) => scalar(parseHook, { title: 'URL', type: 'string', examples: [example] })

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is how the environment is named in a configuration
const Channel = z.strictObject({
  webhook: hook('https://example.com/hook')
    .optional()
    .describe('A URL that gets each message as JSON, as docs/reference/alert.schema.json has it.'),
  slack: hook('${SLACK_WEBHOOK}').optional().describe('An incoming webhook of Slack.'),
  discord: hook('${DISCORD_WEBHOOK}').optional().describe('A webhook of a Discord channel.'),
  teams: hook('${TEAMS_WEBHOOK}')
    .optional()
    .describe('A workflow of Microsoft Teams, made from "Post to a channel when a webhook request is received".'),
  ntfy: scalar(parseTopic, { title: 'URL', type: 'string', examples: ['https://ntfy.sh/your-topic'] })
    .optional()
    .describe('A topic of ntfy, on ntfy.sh or a server of your own.'),
  pagerduty: scalar(parseRoutingKey, { title: 'key', type: 'string', examples: ['${PAGERDUTY_KEY}'] })
    .optional()
    .describe('The integration key of an "Events API v2" integration. An incident is triggered and resolved there.'),
  email: scalar(parseMailAddresses, { title: 'address or list', type: ['string', 'array'], examples: ['ops@example.com'] })
    .optional()
    .describe('One address or several.'),
  command: scalar(parseCommand, { title: 'command or list', type: ['string', 'array'], examples: ['/usr/local/bin/page'] })
    .optional()
    .describe('A program that gets the JSON of a webhook on its standard input and has 10s. No shell: arguments with spaces go in a list.'),
  name: scalar(parseChannelName, { title: 'name', type: 'string' })
    .optional()
    .describe('What rules and `gatewell alerts test` call it. Without it: its kind, such as `slack`, or `slack-2`.'),
  token: token().optional().describe('With `webhook` or `ntfy`: what is shown as `Authorization: Bearer`.'),
  url: hook('https://events.eu.pagerduty.com/v2/enqueue')
    .optional()
    .describe('With `pagerduty`: another address for events, as in Europe.'),
  smtp: scalar(parseMailServer, { title: 'URL', type: 'string', examples: ['smtp://gatewell:${SMTP_PASSWORD}@mail.example.com:587'] })
    .optional()
    .describe(
      'With `email`: the mail server. TLS is asked for and checked, save on this machine. Without it: the one of this machine, port 25.',
    ),
  from: scalar(parseMailAddress, { title: 'address', type: 'string' })
    .optional()
    .describe('With `email`: the sender. Without it: gatewell at the name of this machine.'),
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

const After = z.strictObject({
  failures: count(ALERTS.after.failures, 1, 1_000_000).describe('So many requests that failed before the eyes of visitors …'),
  within: duration(ALERTS.after.withinMs, 1_000).describe('… within so long are worth a message,'),
  lasting: duration(ALERTS.after.lastingMs).describe('and so is any failure that comes again and again for so long.'),
})

const Rule = z.strictObject({
  causes: z
    .array(scalar(parseCause, { title: 'cause', type: 'string' }))
    .prefault([])
    .describe('Causes such as `connect-refused`. Without it: all.'),
  upstreams: z.array(z.string()).prefault([]).describe('Names of upstreams. Without it: all.'),
  severity: z
    .enum(['critical', 'warning'])
    .optional()
    .describe('`critical`: visitors get nothing but errors there. `warning`: some do. Without it: both.'),
  to: z.array(z.string()).describe('Names of channels. An empty list: nobody is told.'),
  after: After.optional().describe('As `alerts.after`, for these.'),
})

export const Alerts = z.strictObject({
  channels: z.array(Channel).prefault([]).describe('Who is told: a list of `{ slack: URL }`, `{ email: ADDRESS }` and the like.'),
  after: After.prefault({}).describe('What makes an incident worth a message, so that one blip is none.'),
  rules: z
    .array(Rule)
    .prefault([])
    .describe('Who is told of what. The first rule that fits decides; where none fits, all channels are told.'),
  quietHours: scalar(parseQuietHours, { title: 'two times', type: 'string', examples: ['22:00-07:00'] })
    .optional()
    .describe('When only what is critical is told at once. All else waits for the end of them, and comes as one message.'),
  timezone: scalar(parseTimeZone, { title: 'time zone', type: 'string', examples: ['Europe/Berlin'] })
    .optional()
    .describe("Of quiet hours and of the times in messages. Without it: the machine's."),
  url: hook('https://gateway.example.com').optional().describe('Where the links in messages lead. Without it: the admin address.'),
  group: duration(ALERTS.groupMs).describe('Incidents that open within so long are one message.'),
  messages: count(ALERTS.messagesMax, 1, 1_000).describe('The most messages to a channel …'),
  per: duration(ALERTS.messagesMs, 1_000).describe('… within so long. What is more is held back, then comes as one message.'),
  resolved: toggle(ALERTS.isResolveTold).describe('Says so, too, when an incident is over.'),
  remind: duration(ALERTS.remindMs).describe('Tells again of an incident that goes on. 0: never.'),
})
