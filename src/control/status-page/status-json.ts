/** The status page for programs: `/status.json`, and `/rss.xml` for those who want to be told. */
import { escapeHtml } from '../../gateway/respond/escape.ts'
import { DAY_MS } from './calendar.ts'
import { headlineOf } from './public-incident.ts'
import { overallState, type StatusReport, troubleMs, uptimeOf } from './status-report.ts'

export function renderJson(report: StatusReport): string {
  const { title, madeAt, services, incidents, message } = report
  const told = {
    title,
    state: overallState(report),
    madeAt: iso(madeAt),
    ...(message !== '' && { message }),
    services: services.map(({ name, state, days }) => ({
      name,
      state,
      uptime: uptimeOf(days),
      daysWatched: days.filter((one) => one !== null).length,
      troubles: days.flatMap((one) =>
        one === null || troubleMs(one) === 0
          ? []
          : [{ date: dateOf(one.day), downSeconds: seconds(one.downMs), partialSeconds: seconds(one.partialMs) }],
      ),
    })),
    incidents: incidents.map((one) => ({
      id: one.id,
      summary: headlineOf(one),
      services: one.services,
      from: iso(one.from),
      until: one.until === null ? null : iso(one.until),
    })),
  }
  return `${JSON.stringify(told, null, 1)}\n`
}

/** RSS 2.0. An incident that is over is an item of its own, so that readers show it. */
export function renderFeed({ title, host, madeAt, incidents }: StatusReport): string {
  const link = `https://${host}/`
  const items = incidents.flatMap((one) => {
    const begun = item({ title: headlineOf({ ...one, until: null }), text: 'We see it as well.', at: one.from, id: one.id, link })
    if (one.until === null) return [begun]
    const minutes = Math.max(1, Math.round((one.until - one.from) / 60_000))
    const text = `It lasted ${minutes} minute${minutes === 1 ? '' : 's'}.`
    return [item({ title: `Over: ${headlineOf(one)}`, text, at: one.until, id: `${one.id}-over`, link }), begun]
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>${escapeHtml(title)}</title>
<link>${link}</link>
<atom:link href="${link}rss.xml" rel="self" type="application/rss+xml"/>
<description>What went wrong, and when it was over.</description>
<lastBuildDate>${new Date(madeAt).toUTCString()}</lastBuildDate>
${items.join('\n')}
</channel></rss>
`
}

type Item = { readonly title: string; readonly text: string; readonly at: number; readonly id: string; readonly link: string }

function item({ title, text, at, id, link }: Item): string {
  return `<item><title>${escapeHtml(title)}</title><link>${link}</link><description>${escapeHtml(text)}</description><pubDate>${new Date(at).toUTCString()}</pubDate><guid isPermaLink="false">${id}</guid></item>`
}

function dateOf(day: number): string {
  return iso(day * DAY_MS).slice(0, 10)
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000)
}
