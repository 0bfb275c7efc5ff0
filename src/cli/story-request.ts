/** The story of one request as a page for a terminal. Pure. */
import { STATUS_CODES } from 'node:http'
import { CAUSES } from '../causes/catalogue.ts'
import type { Paint } from '../config/problem.ts'
import type { RequestStory } from '../control/incident/story.ts'
import { agoText, countText, latencyText } from '../std/quantity-text.ts'
import { renderRemedies } from './cause-page.ts'
import { factText, momentText, plainly, row } from './story-text.ts'
import { renderWaterfall } from './story-waterfall.ts'
import { wrap } from './wrap.ts'

const USER_AGENT_SHOWN_MAX = 60

export type StoryPage<Story> = { readonly story: Story; readonly paint: Paint; readonly columns: number; readonly now: number }

export function renderRequest({ story, paint, columns, now }: StoryPage<RequestStory>): string {
  const { id, record, cause, incident, namesakes, summary, evidence, remedies } = story
  const { endedAt, client, userAgent, isCrawler, host, route, upstream, attempts, error, queuedMs, usualMs, traceId } = record
  const agent = isCrawler
    ? 'a crawler'
    : userAgent.length > USER_AGENT_SHOWN_MAX
      ? `${userAgent.slice(0, USER_AGENT_SHOWN_MAX)}…`
      : userAgent
  // What the attempts say, they say themselves.
  const own = attempts.length === 0 ? evidence.map(factText).join(', ') : ''
  const rows = [
    row('id', id, paint, columns),
    row('ended', `${momentText(endedAt, now)}, ${agoText(now - endedAt)}`, paint, columns),
    row('client', [client, agent].filter((text) => text !== '').join(', '), paint, columns),
    row('host', host, paint, columns),
    row('route', route === '' ? '' : upstream === '' ? route : `${route} to ${upstream}`, paint, columns),
    row('usual', usualMs === null ? '' : `99 of 100 on this route take less than ${latencyText(usualMs)}`, paint, columns),
    row('waited', queuedMs > 0 ? `${latencyText(queuedMs)} for its turn` : '', paint, columns),
    row('said by', foundIn(story, 'said_by'), paint, columns),
    row('came by', foundIn(story, 'hops'), paint, columns),
    row('evidence', own, paint, columns),
    row('error', attempts.length === 0 ? error : '', paint, columns),
    row('trace', traceId, paint, columns),
    row('incident', incident === null ? '' : `${incident}, which \`gatewell why ${incident}\` tells of`, paint, columns),
    row('others', namesakes === 0 ? '' : `${countText(namesakes, 'earlier request')} had the same id; this is the latest`, paint, columns),
  ]
  return [
    headOf(story, paint),
    ...(cause === null ? [] : [`${paint.strong(CAUSES[cause]?.title ?? cause)}  ${paint.faint(cause)}`]),
    ...(summary === '' ? [] : ['', wrap(plainly(summary), columns)]),
    '',
    ...rows.filter((line) => line !== null),
    ...(attempts.length === 0 ? [] : ['', renderWaterfall(record, paint, columns)]),
    ...(remedies.length === 0 ? [] : ['', renderRemedies(remedies, paint, columns)]),
  ].join('\n')
}

function foundIn({ evidence }: RequestStory, wanted: string): string {
  return `${evidence.find(({ name }) => name === wanted)?.value ?? ''}`
}

/** `GET /cart → 502 Bad Gateway after 52 ms`. */
function headOf({ record, outcome }: RequestStory, paint: Paint): string {
  const { method, target, status, ms } = record
  const what = method === '' ? 'A connection' : `${plainly(method)} ${plainly(target)}`
  const came = status === 499 ? '499, the client had gone' : `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  const colour = outcome === 'rescued' || outcome === 'slow' ? paint.good : paint.bad
  const end = { failed: '', 'cut off': ', cut off', rescued: ', rescued', slow: ', unusually slow' }[outcome]
  return `${paint.strong(what)} → ${colour(`${came}${end}`)} after ${latencyText(ms)}`
}
