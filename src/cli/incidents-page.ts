/** Incidents as a list for a terminal, two lines each: what it is, and how it went. Pure. */
import { CAUSES } from '../causes/catalogue.ts'
import type { Paint } from '../config/problem.ts'
import type { Incident, Pulse } from '../control/incident/incident.ts'
import { moneyText } from '../control/incident/worth.ts'
import { agoText, countText, numberText, spanText } from '../std/quantity-text.ts'
import { sparkline } from './story-text.ts'

export type IncidentsPage = {
  readonly incidents: readonly Incident[]
  readonly paint: Paint
  readonly columns: number
  readonly now: number
}

const SPARK_COLUMNS = 14

export function renderIncidents(page: IncidentsPage): string {
  const open = page.incidents.filter(({ closed }) => closed === null)
  const over = page.incidents.filter(({ closed }) => closed !== null)
  const { paint } = page
  const head = open.length === 0 ? paint.good('No incident is open.') : paint.bad(`${countText(open.length, 'incident')} open`)
  const rows = (list: readonly Incident[]): string[] => list.map((incident) => renderOne(incident, page))
  return [head, ...rows(open), ...(over.length === 0 ? [] : [paint.strong('Over'), ...rows(over)])].join('\n\n')
}

function renderOne(incident: Incident, { paint, columns, now }: IncidentsPage): string {
  const { id, cause, upstream, closed, failures, visitors, rescued, firstSeen, lastSeen, pulse, worth } = incident
  const mark = closed === null ? paint.bad('●') : paint.good('○')
  const title = CAUSES[cause]?.title ?? cause
  const at = upstream === '' ? '' : ` at ${upstream}`
  const gap = ' '.repeat(Math.max(2, columns - 4 - title.length - at.length - id.length))
  const when = closed === null ? `since ${spanText(now - firstSeen)}` : `${agoText(now - lastSeen)}`
  const lasted = closed === null ? '' : `lasted ${spanText(lastSeen - firstSeen)}`
  const facts = [
    when.padEnd(18),
    `${numberText(failures)} failed`.padEnd(13),
    (visitors > 0 ? countText(visitors, 'visitor') : '').padEnd(14),
    (rescued > 0 ? `${numberText(rescued)} rescued` : lasted).padEnd(17),
    worth !== null && worth.amount > 0 ? `${moneyText(worth)}  ` : '',
  ].join('')
  return `  ${mark} ${paint.strong(title)}${at}${gap}${paint.faint(id)}\n    ${facts}${paint.doubtful(sparkline(narrow(pulse)))}`.trimEnd()
}

/** In at most so many columns. */
function narrow(pulse: Pulse): Pulse {
  const each = Math.ceil(pulse.counts.length / SPARK_COLUMNS)
  const counts: number[] = []
  for (const [index, count] of pulse.counts.entries()) {
    const step = Math.floor(index / each)
    counts[step] = (counts[step] ?? 0) + count
  }
  return { ...pulse, counts }
}
