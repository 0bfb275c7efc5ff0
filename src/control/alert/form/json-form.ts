/** The message as JSON, for webhooks and commands. Its schema is `docs/reference/alert.schema.json`; keys are added, never changed. */
import * as z from 'zod'
import { CAUSES } from '../../../causes/catalogue.ts'
import type { Incident } from '../../incident/incident.ts'
import { type AlertMessage, linkOf, type Notice, severityOfMessage } from '../alert-message.ts'
import type { Wording } from '../wording.ts'
import { textForm } from './text-form.ts'

const Moment = z.iso.datetime().describe('RFC 3339, in UTC.')
const Count = z.int().min(0)

const IncidentSchema = z.object({
  event: z
    .enum(['opened', 'worse', 'reminder', 'resolved'])
    .describe('`worse`: told as a warning before, critical by now. An `opened` one may be `closed` by now, after quiet hours.'),
  severity: z.enum(['critical', 'warning']).describe('`critical`: visitors get nothing but errors there. `warning`: some do.'),
  id: z.string().describe('The same in every message about this incident.'),
  state: z.enum(['open', 'closed']),
  cause: z.string(),
  title: z.string().describe('The cause in a few words.'),
  upstream: z.string().describe("'' where it is not about an upstream."),
  opened: Moment,
  closed: Moment.nullable(),
  firstSeen: Moment,
  lastSeen: Moment,
  lastGood: Moment.nullable().describe('The last good answer before it began.'),
  failures: Count.describe('Requests that failed before the eyes of visitors and crawlers.'),
  visitors: Count,
  crawlers: Count,
  rescued: Count.describe('Requests that went wrong and were answered well after all.'),
  worth: z
    .object({ amount: z.number().min(0), currency: z.string().describe('ISO 4217.') })
    .nullable()
    .describe('What the failures that visitors saw were worth, an estimate; null where the configuration does not say.'),
  statuses: z.record(z.string(), Count).describe('By what visitors were told.'),
  routes: z.record(z.string(), Count),
  endpoints: z.record(z.string(), Count),
  summary: z.string(),
  confidence: z.number().min(0).max(1).nullable().describe('Of the diagnosis; null while there is none.'),
  evidence: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]), says: z.string() })),
  remedies: z.array(z.object({ do: z.string(), when: z.string(), command: z.string().optional() })).describe('Likeliest first.'),
  why: z.string().describe('The command that tells more.'),
  url: z.string().nullable().describe('The incident on the dashboard.'),
})

export const AlertSchema = z
  .object({
    version: z.literal(1),
    gateway: z.string(),
    at: Moment,
    isTest: z.boolean().describe('Sent by `gatewell alerts test`; then there are no incidents.'),
    severity: z.enum(['critical', 'warning']).describe('The worst of them that is not over.'),
    subject: z.string().describe('One short line.'),
    text: z.string().describe('The whole message for people, plain text.'),
    delay: z.string().nullable().describe('Why it comes late, a sentence.'),
    incidents: z.array(IncidentSchema).describe('All that the message is about, most urgent first.'),
  })
  .describe('A message about incidents. Texts in it may hold what strangers sent: escape them wherever they are shown.')

/** `docs/reference/alert.schema.json` */
export function makeAlertSchema(): object {
  return { title: 'An alert of Gatewell', ...z.toJSONSchema(AlertSchema, { io: 'input' }) }
}

export function jsonForm(message: AlertMessage, wording: Wording): z.input<typeof AlertSchema> {
  const { gateway, notices, delay, base } = message
  return {
    ...{ version: 1, gateway, at: iso(message.at), isTest: notices.length === 0, severity: severityOfMessage(message) },
    ...{ subject: wording.subject, text: textForm(wording), delay },
    incidents: notices.map((notice) => incidentForm(notice, base)),
  }
}

function incidentForm({ kind, severity, incident }: Notice, base: string | null): z.input<typeof IncidentSchema> {
  const { id, state, cause, upstream, failures, visitors, crawlers, rescued, worth, diagnosis } = incident
  return {
    ...{ event: kind, severity, id, state, cause, title: CAUSES[cause].title, upstream, ...momentsOf(incident) },
    ...{ failures, visitors, crawlers, rescued, worth },
    ...{ statuses: { ...incident.statuses }, routes: { ...incident.routes }, endpoints: { ...incident.endpoints } },
    summary: diagnosis?.summary ?? CAUSES[cause].meaning,
    confidence: diagnosis?.confidence ?? null,
    evidence: [...(diagnosis?.evidence ?? [])],
    remedies: [...(diagnosis?.remedies ?? CAUSES[cause].remedies)],
    why: `gatewell why ${id}`,
    url: linkOf(base, id),
  }
}

function momentsOf({ opened, closed, firstSeen, lastSeen, lastGood }: Incident) {
  const maybe = (ms: number | null): string | null => (ms === null ? null : iso(ms))
  return { opened: iso(opened), closed: maybe(closed), firstSeen: iso(firstSeen), lastSeen: iso(lastSeen), lastGood: maybe(lastGood) }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
