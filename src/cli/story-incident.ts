/** The story of one incident as a page for a terminal. Pure. */
import { CAUSES } from '../causes/catalogue.ts'
import type { Paint } from '../config/problem.ts'
import { formatDuration } from '../config/unit.ts'
import type { Incident } from '../control/incident/incident.ts'
import type { IncidentStory } from '../control/incident/story.ts'
import { moneyText } from '../control/incident/worth.ts'
import type { FailureRecord } from '../gateway/observe/record.ts'
import { findingText } from '../insight/diagnosis/wording.ts'
import { agoText, countText, spanText } from '../std/quantity-text.ts'
import { renderRemedies } from './cause-page.ts'
import type { StoryPage } from './story-request.ts'
import { factText, momentText, plainly, row, sharesText, sparkline } from './story-text.ts'
import { wrap } from './wrap.ts'

/** Where counts of clients begin to be estimates. */
const EXACT_MAX = 100
const TARGET_SHOWN_MAX = 40
const LATELY_MS = 5_000

export function renderIncident({ story, paint, columns, now }: StoryPage<IncidentStory>): string {
  const { incident, cause, summary, evidence, against, confidence, remedies, examples } = story
  const { upstream, id } = incident
  const named = cause ?? incident.cause
  const at = upstream === '' ? '' : ` at ${upstream}`
  const doubt = confidence < 0.9 ? paint.faint(`  ${Math.round(confidence * 100)} % sure`) : ''
  return [
    `${paint.strong(`${CAUSES[named]?.title ?? named}${at}`)}  ${paint.faint(named)}`,
    `${stateText(incident, paint, now)}  ${paint.faint(id)}`,
    '',
    `${wrap(plainly(summary), columns)}${doubt}`,
    '',
    ...rowsOf(incident, paint, columns, now),
    ...findingsOf('Evidence', evidence, '+', paint, columns),
    ...findingsOf('What speaks against it', against, '-', paint, columns),
    ...(remedies.length === 0 ? [] : ['', renderRemedies(remedies, paint, columns)]),
    ...(examples.length === 0 ? [] : ['', paint.strong('Latest requests'), ...examples.map((record) => exampleOf(record, paint, now))]),
  ].join('\n')
}

/** `open for 3 min`, `over since 5 min, after 3 min`. */
function stateText({ closed, firstSeen, lastSeen }: Incident, paint: Paint, now: number): string {
  if (closed === null) return paint.bad(`● open for ${spanText(now - firstSeen)}`)
  return `${paint.good('○ over')}, ended ${agoText(now - lastSeen)} after ${spanText(lastSeen - firstSeen)}`
}

function rowsOf(incident: Incident, paint: Paint, columns: number, now: number): string[] {
  const { firstSeen, lastSeen, lastGood, failures, rescued, reopened, routes, endpoints, causes, pulse, worth } = incident
  const good =
    lastGood === null
      ? ''
      : lastGood >= firstSeen - LATELY_MS
        ? 'right before it began'
        : `${spanText(firstSeen - lastGood)} before it began`
  const times = reopened === 0 ? '' : `; came back ${reopened === 1 ? 'once' : `${reopened} times`}`
  const steps = `${sparkline(pulse)}  ${formatDuration(pulse.stepMs)} each`
  const rows = [
    row('began', `${momentText(firstSeen, now)}; latest failure ${agoText(now - lastSeen)}${times}`, paint, columns),
    row('last good', good, paint, columns),
    row('failed', failures === 0 ? 'nothing so far' : failuresText(incident), paint, columns),
    row('worth', worth === null ? '' : `${moneyText(worth)}, by what the configuration says of requests`, paint, columns),
    row('rescued', rescued === 0 ? '' : `${countText(rescued, 'request')}, tried again and answered well`, paint, columns),
    row('endpoints', sharesText(endpoints), paint, columns),
    row('routes', sharesText(routes), paint, columns),
    row('signs', Object.keys(causes).length > 1 ? sharesText(causes) : '', paint, columns),
    row('over time', pulse.counts.length > 1 ? steps : '', paint, columns),
  ]
  return rows.filter((line) => line !== null)
}

/** `128 requests (502: 120, 503: 8), seen by 45 visitors and 3 times by crawlers`. */
function failuresText({ failures, visitors, crawlers, statuses }: Incident): string {
  const who = [
    ...(visitors > 0 ? [`${visitors > EXACT_MAX ? 'about ' : ''}${countText(visitors, 'visitor')}`] : []),
    ...(crawlers > 0 ? [`crawlers (${crawlers})`] : []),
  ]
  return `${countText(failures, 'request')}, answered with ${sharesText(statuses)}${who.length > 0 ? `; seen by ${who.join(' and ')}` : ''}`
}

function findingsOf(head: string, findings: IncidentStory['evidence'], mark: string, paint: Paint, columns: number): string[] {
  if (findings.length === 0) return []
  const noted = findings.filter(({ says }) => says === '').map(factText)
  const told = findings.filter(({ says }) => says !== '').map((one) => wrap(plainly(findingText(one)), columns, '    ', `  ${mark} `))
  return ['', paint.strong(head), ...told, ...(noted.length === 0 ? [] : [wrap(plainly(noted.join(', ')), columns, '    ', `  ${mark} `)])]
}

function exampleOf({ endedAt, method, target, status, id }: FailureRecord, paint: Paint, now: number): string {
  const shown = plainly(target.length > TARGET_SHOWN_MAX ? `${target.slice(0, TARGET_SHOWN_MAX)}…` : target)
  return `  ${paint.faint(momentText(endedAt, now))}  ${plainly(method)} ${shown} → ${status}  ${paint.faint(plainly(id))}`
}
