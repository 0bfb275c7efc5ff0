/**
 * The error page: one small HTML document without scripts and without requests of its own. It says what happened, whose fault
 * it is, what to do, and the number to ask about. Nothing that the client sent is in it but the request's id.
 */
import { escapeHtml } from './escape.ts'
import { BADGES, DEVICE, INTERNET, SITE, STYLE } from './page-style.ts'
import { isSiteSituation, type SiteSituation, type Situation } from './situation.ts'
import type { Wording } from './wording.ts'

export type PageView = {
  readonly wording: Wording
  readonly situation: Situation
  /** The operator's own words in place of the situation's, or ''. */
  readonly message: string
  readonly status: number
  /** The cause's id for the small print, '' to keep it back. */
  readonly cause: string
  readonly requestId: string
  /** Where the public status page is, `status.example.com:8080`, or ''. */
  readonly statusPlace: string
  readonly epochMs: number
  /** The page loads itself again after so many seconds; 0: it does not. */
  readonly refreshS: number
  /** What the visitor can do now, where a link can do it. */
  readonly action: 'retry' | 'home' | 'none'
  /** Of something that was sent to be acted upon: whether it may have been. */
  readonly submission: 'none' | 'maybe-done' | 'not-done'
}

export function renderPage(view: PageView): string {
  const { wording, situation } = view
  const { title, message } = wording.situations[situation]
  return `<!doctype html>
<html lang="${wording.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
${view.refreshS > 0 ? `<meta http-equiv="refresh" content="${view.refreshS}">\n` : ''}<link rel="icon" href="data:,">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${isSiteSituation(situation) ? renderWay(wording, situation) : ''}<h1>${title}</h1>
${view.message === '' ? `<p class="lead">${message}</p>` : `<p class="lead said" dir="auto">${escapeHtml(view.message)}</p>`}
${isSiteSituation(situation) ? `<p>${wording.innocent}</p>\n` : ''}${renderSubmission(view)}${renderAction(view)}${
  isSiteSituation(situation) && situation !== 'maintenance' ? `<p class="soft">${wording.persists}</p>\n` : ''
}${renderStatusLink(view)}</main>
${renderSmallPrint(view)}
</body>
</html>
`
}

/** The three stations between the visitor and the site, the last one marked. */
function renderWay({ way, states }: Wording, situation: SiteSituation): string {
  const look = LOOKS[situation]
  return `<ol role="list" aria-label="${way.label}">
${renderStation('ok', DEVICE, way.device, way.fine)}
${renderStation('ok', INTERNET, way.internet, way.fine)}
${renderStation(look, SITE, way.site, states[situation])}
</ol>
`
}

const LOOKS: Readonly<Record<SiteSituation, keyof typeof BADGES>> = {
  unreachable: 'bad',
  broken: 'bad',
  slow: 'wait',
  busy: 'wait',
  restarting: 'wait',
  maintenance: 'wait',
  faulty: 'bad',
}

function renderStation(look: keyof typeof BADGES, drawing: string, name: string, state: string): string {
  const picture = `<svg viewBox="0 0 32 32" aria-hidden="true">${drawing}${BADGES[look]}</svg>`
  return `<li class="${look}">${picture}<b>${name}</b><span>${state}</span></li>`
}

/** Is it everyone, or just me? By the scheme that this page came by. */
function renderStatusLink({ statusPlace, situation, wording }: PageView): string {
  if (statusPlace === '' || !isSiteSituation(situation)) return ''
  return `<p class="soft"><a href="//${escapeHtml(statusPlace)}/">${wording.statusPage}</a></p>\n`
}

function renderSubmission({ submission, wording }: PageView): string {
  if (submission === 'none') return ''
  return submission === 'not-done' ? `<p>${wording.notDone}</p>\n` : `<p class="note">${wording.mayRepeat}</p>\n`
}

function renderAction({ action, refreshS, wording }: PageView): string {
  const link = (href: string, text: string) => `<p><a class="button" href="${href}">${text}</a></p>\n`
  if (action === 'none') return ''
  if (action === 'home') return link('/', wording.home)
  if (refreshS === 0) return link('', wording.retryNow)
  return `<p>${wording.retrying.replace('{s}', String(refreshS))}</p>
<div class="bar" aria-hidden="true"><i style="animation-duration:${refreshS}s"></i></div>
${link('', wording.retryNow)}`
}

function renderSmallPrint({ wording, requestId, epochMs, status, cause }: PageView): string {
  const time = new Date(epochMs).toISOString()
  return `<footer>
<dl>
<div><dt>${wording.requestId}</dt><dd><code>${escapeHtml(requestId)}</code></dd></div>
<div><dt>${wording.time}</dt><dd><time datetime="${time}">${time.slice(0, 10)} ${time.slice(11, 19)} UTC</time></dd></div>
<div><dt>${wording.status}</dt><dd>${status}</dd></div>
${cause === '' ? '' : `<div><dt>${wording.cause}</dt><dd>${cause}</dd></div>\n`}</dl>
</footer>`
}
