/** The report as one page that needs nothing else: no script, no font, no request. Charts are SVG; light and dark as the reader has it. */

import { numberText } from '../../../std/quantity-text.ts'
import { nameOf } from '../fix.ts'
import type { LogDialect } from '../log-entry.ts'
import type { CauseReport, ErrorGroup, FileReport, LogExample, LogReport, NamedCount } from '../log-report.ts'
import { areaChart, bars, COLOURS, shareBar } from './chart.ts'
import { escaped, html, percentText, spanText } from './markup.ts'
import { STYLE } from './style.ts'

export type About = { readonly version: string; readonly nowMs: number }

const REMEDIES = 4
const EXAMPLES = 3

export function renderHtml(report: LogReport, { version, nowMs }: About): string {
  const { errors, requests, causes, unattributed, files } = report
  const title = errors === 0 ? 'No error of a gateway' : `${numberText(errors)} ${errors === 1 ? 'request' : 'requests'} failed`
  const share = requests > 0 && errors <= requests ? ` of ${numberText(requests)} (${percentText(errors / requests)})` : ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(title)} – Gatewell</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="brand">Gatewell <span>what the logs say</span></p>
<h1 class="${errors === 0 ? 'well' : 'bad'}">${escaped(title)}<small>${escaped(share)}</small></h1>
<p class="span">${escaped(spanText(report.first, report.last))} <span class="faint">UTC</span></p>
</header>
<main>
${errors === 0 ? '' : overview(report)}
${causes.map((cause, index) => causeSection(cause, report, index)).join('\n')}
${unattributed.count === 0 ? '' : unattributedSection(report)}
${fileSection(files)}
</main>
<footer><p>Made by gatewell ${escaped(version)} on ${escaped(new Date(nowMs).toISOString().slice(0, 16).replace('T', ' '))} UTC.
Routes are without what follows the question mark; lines are shown as they were logged.</p></footer>
</body>
</html>
`
}

function overview({ timeline, causes, unattributed }: LogReport): string {
  const shown = causes.filter(({ count }) => count > 0)
  const rows = [
    ...shown.map(({ title, cause, count, share }, index) => ({ label: title, to: `#${cause}`, count, share, colour: colourOf(index) })),
    ...(unattributed.count > 0
      ? [{ label: 'Not attributed', to: '#unattributed', count: unattributed.count, share: unattributed.share, colour: 'var(--faint)' }]
      : []),
  ]
  const legend = rows.map(
    ({ label, to, count, share, colour }) =>
      html`<li><a href="${to}">${label}</a> <b>${numberText(count)}</b> <span class="faint">${percentText(share)}</span>` +
      `${shareBar(share, colour)}</li>`,
  )
  const series = [
    ...shown.map(({ pulse, title }, index) => ({ name: title, counts: pulse, colour: colourOf(index) })),
    ...(unattributed.count > 0 ? [{ name: 'Not attributed', counts: unattributed.pulse, colour: 'var(--faint)' }] : []),
  ]
  return `<section aria-labelledby="overview"><h2 id="overview">Failed requests over time</h2>
${areaChart(series, timeline)}
<ul class="legend">${legend.join('')}</ul></section>`
}

function causeSection(cause: CauseReport, report: LogReport, index: number): string {
  const { count, share, title, meaning, said, confidence, events, rescued, remedies } = cause
  const notes = [
    count > 0 && confidence < 0.9 ? `It is ${percentText(confidence)} sure: it follows from what the log has.` : '',
    events > 0 && events !== count ? `The server said so of itself, ${events === 1 ? 'once' : `${numberText(events)} times`}.` : '',
    rescued > 0 ? `${numberText(rescued)} more attempts failed so, and another one made them good.` : '',
  ].filter((text) => text !== '')
  return `<section aria-labelledby="${cause.cause}"><h2 id="${cause.cause}"><i style="background:${colourOf(index)}"></i>${escaped(title)}
<small>${count > 0 ? `${numberText(count)} · ${percentText(share)}` : ''}</small></h2>
<p class="id"><code>${cause.cause}</code></p>
<p>${escaped(meaning)}</p>
${
  said.length === 0
    ? ''
    : `<ul class="said">${said
        .slice(0, 3)
        .map(({ name, count: times }) => html`<li>${name} <span class="faint">${numberText(times)}</span></li>`)
        .join('')}</ul>`
}
${notes.map((note) => html`<p class="faint">${note}</p>`).join('')}
${bars(cause.pulse, colourOf(index), `${title}, over time`, report.timeline)}
${facts(cause)}
<h3>What to do</h3>
<ol class="remedies">${remedies.slice(0, REMEDIES).map(remedyItem).join('')}</ol>
${examples(cause)}</section>`
}

function remedyItem({ do: deed, when, command }: CauseReport['remedies'][number]): string {
  const sentence = when === '' ? deed : `${deed.replace(/\.$/, '')}, ${when}.`
  return `<li>${escaped(sentence)}${command === undefined ? '' : html`<pre tabindex="0">${command}</pre>`}</li>`
}

function unattributedSection({ unattributed, timeline }: LogReport): string {
  const { count, share, said } = unattributed
  return `<section aria-labelledby="unattributed"><h2 id="unattributed"><i style="background:var(--faint)"></i>Not attributed
<small>${numberText(count)} · ${percentText(share)}</small></h2>
<p>None of the lines tells why these failed, so no cause is named. The error log of the same server, and the log of the app behind it, read
together with these, may tell.</p>
${
  said.length === 0
    ? ''
    : `<ul class="said">${said
        .slice(0, 4)
        .map(({ name, count: times }) => html`<li>${name} <span class="faint">${numberText(times)}</span></li>`)
        .join('')}</ul>`
}
${bars(unattributed.pulse, 'var(--faint)', 'Not attributed, over time', timeline)}
${facts(unattributed)}
${examples(unattributed)}</section>`
}

function facts(group: ErrorGroup): string {
  const servers = group.servers.map(({ name, count }) => ({ name: nameOf(name as LogDialect), count }))
  const lists = [
    ['Routes', group.routes],
    ['Servers behind', group.upstreams],
    [`Clients (${numberText(group.clientCount)})`, group.clients],
    ['Crawlers and search engines', group.crawlers],
    ['Hosts', group.hosts],
    ['Status', group.statuses],
    ['Said by', servers],
  ] as const
  return `<div class="facts">${lists.map(([label, counts]) => countList(label, counts)).join('')}</div>`
}

function countList(label: string, counts: readonly NamedCount[]): string {
  if (counts.length === 0) return ''
  const most = counts[0]?.count ?? 1
  const rows = counts
    .slice(0, 6)
    .map(
      ({ name, count }) =>
        html`<tr><th scope="row">${name}</th><td>${numberText(count)}</td>` +
        `<td class="bar" aria-hidden="true">${shareBar(count / most, 'var(--accent)')}</td></tr>`,
    )
  return `<table><caption>${escaped(label)}</caption>${rows.join('')}</table>`
}

function examples(group: ErrorGroup): string {
  if (group.examples.length === 0) return ''
  return `<h3>Lines</h3>${group.examples.slice(0, EXAMPLES).map(exampleFigure).join('')}`
}

function exampleFigure({ file, line, text, evidence }: LogExample): string {
  const more = evidence.map((one) => html`<p class="place">${one.file}:${one.line}</p><pre tabindex="0">${one.text}</pre>`)
  return `<div class="example">${html`<p class="place">${file}:${line}</p><pre tabindex="0">${text}</pre>`}${more.join('')}</div>`
}

function fileSection(files: readonly FileReport[]): string {
  const rows = files.map(
    ({ path, title, lines, unparsed, unread, problem }) =>
      html`<tr><th scope="row">${path}</th><td>${title}</td><td class="number">${numberText(lines)}</td><td class="number">${numberText(unparsed)}</td></tr>` +
      (problem === null ? '' : html`<tr><td colspan="4" class="bad">It could not be read to its end: ${problem}</td></tr>`) +
      unread.map((one) => html`<tr><td colspan="4" class="unread"><code>${one.line}: ${one.text}</code></td></tr>`).join(''),
  )
  return `<section aria-labelledby="files"><h2 id="files">What was read</h2>
<div class="wide" tabindex="0" role="region" aria-label="The logs, as a table"><table class="files"><thead><tr><th scope="col">log</th><th scope="col">format</th>
<th scope="col" class="number">lines</th><th scope="col" class="number">not understood</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] as string
}
