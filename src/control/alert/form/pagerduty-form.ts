/** Events API v2 of PagerDuty: an event for each incident, told apart by `dedup_key`. https://developer.pagerduty.com/docs/events-api-v2 */
import type { AlertMessage, Notice } from '../alert-message.ts'
import { cut } from '../plain-text.ts'
import { type Story, type Wording, wordingOf } from '../wording.ts'

const SUMMARY_MAX = 1_024

/** In the order in which they are to be sent. What was over before anybody was told of it is nobody's alert. */
export function pagerdutyForm(message: AlertMessage, wording: Wording, key: string): object[] {
  const { gateway } = message
  if (message.notices.length === 0) return testEvents(wording, key, gateway)
  return message.notices.flatMap((notice): object[] => {
    const { incident, kind } = notice
    const dedup = { routing_key: key, dedup_key: `gatewell/${gateway}/${incident.id}` }
    if (kind === 'resolved') return [{ ...dedup, event_action: 'resolve' }]
    if (kind === 'reminder' || incident.state === 'closed') return []
    const [story] = wordingOf({ ...message, notices: [notice] }).stories
    return [{ ...dedup, event_action: 'trigger', ...trigger(notice, story as Story, gateway) }]
  })
}

function trigger({ incident, severity }: Notice, { title, paragraphs, command, why, link }: Story, gateway: string): object {
  const details = paragraphs.map(({ label, text }, i) => [
    paragraphs.findIndex((one) => one.label === label) === i ? label : `${label} ${i}`,
    text,
  ])
  return {
    payload: {
      summary: cut(title, SUMMARY_MAX),
      source: gateway,
      severity,
      timestamp: new Date(incident.firstSeen).toISOString(),
      ...(incident.upstream !== '' && { component: incident.upstream }),
      class: incident.cause,
      custom_details: { ...Object.fromEntries(details), ...(command !== null && { Command: command }), More: why },
    },
    client: 'Gatewell',
    ...(link !== null && { client_url: link, links: [{ href: link, text: 'Open the incident' }] }),
  }
}

/** Resolved at once, so that nobody has to. */
function testEvents({ subject, notes }: Wording, key: string, gateway: string): object[] {
  const dedup = { routing_key: key, dedup_key: `gatewell/${gateway}/test` }
  const payload = { summary: subject, source: gateway, severity: 'info', custom_details: { note: notes.join(' ') } }
  return [
    { ...dedup, event_action: 'trigger', payload, client: 'Gatewell' },
    { ...dedup, event_action: 'resolve' },
  ]
}
