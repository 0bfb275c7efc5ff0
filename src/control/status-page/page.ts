/**
 * The status page as one HTML document that asks for nothing else and runs nothing. It says first whether it is everyone or just the
 * visitor, then how each service is and was, then what went wrong lately. Everybody may read it, so nothing internal is in it.
 */
import { escapeHtml } from '../../gateway/respond/escape.ts'
import type { ServiceDay } from '../store/store.ts'
import { DAY_MS, DAYS_SHOWN } from './calendar.ts'
import { BAR, STYLE, SYMBOLS } from './page-style.ts'
import { headlineOf, listed, type PublicIncident } from './public-incident.ts'
import type { ServiceState } from './service-state.ts'
import { overallState, type ServiceReport, type StatusReport, troubleMs, uptimeOf } from './status-report.ts'

/** Its age is not told without a script; who makes it says how old it may be. */
const RENEWED = 'half minute'
const INCIDENTS_SHOWN_MAX = 20

export function renderPage(report: StatusReport): string {
  const { title, services, incidents } = report
  const state = overallState(report)
  const { headline, lead } = sayFirst(report)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<link rel="alternate" type="application/rss+xml" title="${escapeHtml(title)}" href="/rss.xml">
<title>${escapeHtml(`${headline} · ${title}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><p>${escapeHtml(title)}</p><a class="again" href="/">Look again</a></header>
<main>
<section class="first ${state}">${SYMBOLS[state]}<div><h1>${escapeHtml(headline)}</h1>
${lead.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}</div></section>
${services.length === 0 ? '' : `<h2>Services</h2>\n<ul role="list" class="services">\n${services.map(renderService).join('\n')}\n</ul>\n`}<h2>What went wrong lately</h2>
${renderIncidents(incidents)}
</main>
<footer><p>As of ${moment(report.madeAt)}. Renewed every ${RENEWED}.</p><p><a href="/rss.xml">Feed</a> <a href="/status.json">JSON</a></p></footer>
</body>
</html>
`
}

function sayFirst(report: StatusReport): { headline: string; lead: string[] } {
  const named = (state: ServiceState): string[] => report.services.filter((one) => one.state === state).map(({ name }) => name)
  const are = (names: readonly string[], rest: string): string => `${listed(names)} ${names.length > 1 ? 'are' : 'is'} ${rest}`
  const message = report.message === '' ? [] : [report.message]
  switch (overallState(report)) {
    case 'down':
      return {
        headline: are(named('down'), 'down for everyone'),
        lead: ['It is not just you. There is nothing that you have to change.', ...message],
      }
    case 'partial':
      return {
        headline: are(named('partial'), 'failing for some'),
        lead: ['It is not just you. Trying again may help.', ...message],
      }
    case 'maintenance':
      return { headline: are(named('maintenance'), 'being worked on'), lead: [...message, 'This was planned. Come back in a while.'] }
    case 'up':
      return {
        headline: 'Everything works',
        lead: [
          'You can see this page, so the way here works as well. If something fails for you all the same, it is likely just you: load it again, or try another browser or another network.',
        ],
      }
  }
}

const STATES: Readonly<Record<ServiceState, string>> = {
  up: 'works',
  partial: 'fails for some',
  down: 'is down',
  maintenance: 'is being worked on',
}

function renderService({ name, state, days }: ServiceReport): string {
  const uptime = uptimeOf(days)
  const watched = days.filter((day) => day !== null).length
  const share =
    uptime === null
      ? 'not watched yet'
      : `${percent(uptime)} of ${watched === DAYS_SHOWN ? DAYS_SHOWN : `the last ${watched}`} day${watched === 1 ? '' : 's'} without trouble`
  return `<li><h3>${escapeHtml(name)}</h3><span class="state ${state}">${SYMBOLS[state]}${STATES[state]}</span>
${renderBars(days)}
<p class="scale"><span>${DAYS_SHOWN} days ago</span><span>${share}</span><span>today</span></p></li>`
}

/** Days without trouble are one path, and those of which there is something to say have it as their title. */
function renderBars(days: readonly (ServiceDay | null)[]): string {
  const bar = (i: number, height: number): string => `M${i * BAR.step} ${BAR.height - height}h${BAR.width}v${height}h-${BAR.width}z`
  const path = (kind: string, shown: readonly number[]): string =>
    shown.length === 0 ? '' : `<path class="${kind}" d="${shown.map((i) => bar(i, kind === 'none' ? BAR.stub : BAR.fine)).join('')}"/>`
  const indices = [...days.keys()]
  const troubled = indices.filter((i) => isTroubled(days[i] ?? null))
  const bad = troubled.map((i) => {
    const day = days[i] as ServiceDay
    return `<path class="${day.downMs > 0 ? 'down' : 'partial'}" d="${bar(i, BAR.height)}"><title>${tell(day)}</title></path>`
  })
  const label =
    troubled.length === 0
      ? 'No day with trouble.'
      : `Trouble on ${troubled
          .slice(-5)
          .map((i) => tell(days[i] as ServiceDay))
          .join('; ')}.`
  const none = path(
    'none',
    indices.filter((i) => days[i] === null),
  )
  const fine = path(
    'up',
    indices.filter((i) => days[i] !== null && !troubled.includes(i)),
  )
  return `<svg class="bars" viewBox="0 0 ${DAYS_SHOWN * BAR.step} ${BAR.height}" preserveAspectRatio="none" role="img" aria-label="The last ${DAYS_SHOWN} days. ${label}">${none}${fine}${bad.join('')}</svg>`
}

/** Less than a second of a day is not worth a colour. */
function isTroubled(day: ServiceDay | null): boolean {
  return day !== null && troubleMs(day) >= 1_000
}

function tell(day: ServiceDay): string {
  const what = [
    ...(day.downMs >= 1_000 ? [`down for ${duration(day.downMs)}`] : []),
    ...(day.partialMs >= 1_000 ? [`failing in part for ${duration(day.partialMs)}`] : []),
  ]
  return `${date(day.day * DAY_MS)}: ${what.join(', ')}`
}

function renderIncidents(incidents: readonly PublicIncident[]): string {
  if (incidents.length === 0) return '<p class="quiet">Nothing that visitors would have noticed.</p>'
  const items = incidents.slice(0, INCIDENTS_SHOWN_MAX).map((one) => {
    const { from, until } = one
    const time = until === null ? `Since ${moment(from)}` : `${moment(from)}, for ${duration(until - from)}`
    return `<li class="${until === null ? 'open' : 'over'}"><h3>${escapeHtml(headlineOf(one))}</h3><p>${time}</p></li>`
  })
  return `<ul role="list" class="incidents">\n${items.join('\n')}\n</ul>`
}

function moment(epochMs: number): string {
  const time = new Date(epochMs).toISOString()
  return `<time datetime="${time.slice(0, 19)}Z">${date(epochMs)}, ${time.slice(11, 16)} UTC</time>`
}

function date(epochMs: number): string {
  const time = new Date(epochMs)
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()}`
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function duration(ms: number): string {
  if (ms < 60_000) return `${Math.max(1, Math.round(ms / 1_000))} s`
  const minutes = Math.round(ms / 60_000)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
}

/** Never rounded up to what it was not. */
function percent(share: number): string {
  return share === 1 ? '100 %' : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`
}
