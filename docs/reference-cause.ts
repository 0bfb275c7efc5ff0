/** The reference of causes: one page each, and the table of all. From the catalogue, the retry rules and the error page's own words. */
import { CAUSE_IDS, CAUSES, type CauseId } from '../src/causes/catalogue.ts'
import type { Cause } from '../src/causes/cause.ts'
import { FOREIGN_CAUSES, type ForeignCauseId } from '../src/causes/foreign-catalogue.ts'
import { isSiteSituation, RETRY_S, SITUATIONS } from '../src/gateway/respond/situation.ts'
import { ENGLISH } from '../src/gateway/respond/wording/en.ts'
import { guideOf } from '../src/insight/cause-guide.ts'
import { guideMarkdown, remediesMarkdown, SIDES } from '../src/insight/cause-library.ts'
import { explainRetry, isRelayed, type RetryRule } from '../src/insight/retry-rule.ts'
import { origin, type Page, table } from './page.ts'

const REQUESTS: Readonly<Record<RetryRule['requests'], string>> = {
  none: 'no',
  any: 'any',
  idempotent: 'idempotent',
  'idempotent-by-status': 'idempotent, by status',
}

export function causePages(): Page[] {
  return [
    makeIndex(),
    ...CAUSE_IDS.map((id) => ({ path: `causes/${id}.md`, text: makePage(id, CAUSES[id]) })),
    ...FOREIGN_IDS.map((id) => ({ path: `causes/${id}.md`, text: makeForeignPage(id, FOREIGN_CAUSES[id]) })),
  ]
}

const FOREIGN_IDS = Object.keys(FOREIGN_CAUSES) as ForeignCauseId[]

function makeIndex(): Page {
  const rows = CAUSE_IDS.map((id) => {
    const { title, proxyStatus, side } = CAUSES[id]
    return [`[\`${id}\`](causes/${id}.md)`, title, statusText(id), `\`${proxyStatus}\``, side, REQUESTS[explainRetry(id).requests]]
  })
  return {
    path: 'causes.md',
    text: `# Causes

${origin('src/causes/')}

Every failure that Gatewell meets has one of these ${CAUSE_IDS.length} causes. The same name is in the \`Proxy-Status\` field of an error
answer (its details), in the access log, in the metrics and on the error page. \`gatewell why CAUSE\` explains one on the command line.

**Status** is what the client gets if the cause ends its request, \`Proxy-Status\` the error type of RFC 9209 that the cause refines.
**Side** says where to look: ${Object.entries(SIDES)
      .map(([side, where]) => `*${side}* is ${where}`)
      .join('; ')}.
**Sent again** says which requests Gatewell tries once more, while the retry budget and the deadline allow.

${table(['cause', 'what it is', 'status', 'Proxy-Status', 'side', 'sent again'], rows)}

## Causes that only other servers meet

\`gatewell logs\`, \`gatewell lint\` and \`gatewell doctor\` name these as well.

${table(
  ['cause', 'what it is', 'side'],
  FOREIGN_IDS.map((id) => [`[\`${id}\`](causes/${id}.md)`, FOREIGN_CAUSES[id].title, FOREIGN_CAUSES[id].side]),
)}
`,
  }
}

function makePage(id: CauseId, cause: Cause): string {
  const retry = explainRetry(id)
  return `# ${cause.title}

${origin('src/causes/')}

${cause.meaning}

${table(
  ['', ''],
  [
    ['Cause', `\`${id}\``],
    ['Status', statusText(id)],
    ['Proxy-Status', `\`gatewell; error=${cause.proxyStatus}; details="${id}"\``],
    ['Side', `${cause.side}: ${SIDES[cause.side]}`],
  ],
)}

## What to do

${remediesMarkdown(cause.remedies)}

## Is the request sent again?

${retry.text}

## What the visitor sees

${visitorText(id, cause)}

${guideMarkdown(guideOf(id), id)}
## Where it shows

\`\`\`sh
gatewell why ${id}
\`\`\`

says all this on the command line. In the access log it is \`"cause":"${id}"\`; the metric \`gatewell.failures\` counts the requests that
it ended${retry.requests === 'none' ? '' : ', and `gatewell.rescued` those that were answered well after all'}, by its label \`cause\`.
`
}

/** No status of Gatewell, no retry: it never meets it. */
function makeForeignPage(id: ForeignCauseId, { title, meaning, side, remedies }: Cause): string {
  return `# ${title}

${origin('src/causes/')}

${meaning}

${table(
  ['', ''],
  [
    ['Cause', `\`${id}\``],
    ['Side', `${side}: ${SIDES[side]}`],
  ],
)}

## What to do

${remediesMarkdown(remedies)}

${guideMarkdown(guideOf(id), id)}`
}

function statusText(id: CauseId): string {
  if (isRelayed(id)) return "the server's own"
  const { status } = CAUSES[id]
  return status === 499 ? '499, only in the log' : `${status}`
}

function visitorText(id: CauseId, { status }: Cause): string {
  if (status === 499) return 'Nothing: nobody is there any more.'
  const situation = SITUATIONS[id]
  const { title, message } = ENGLISH.situations[situation]
  const page = `> **${title}**\n>\n> ${message}`
  if (isRelayed(id)) return `The server's own answer. Where Gatewell has to answer itself:\n\n${page}`
  const innocent = isSiteSituation(situation) ? `\n>\n> ${ENGLISH.innocent}` : ''
  const again = RETRY_S[situation] > 0 ? `\n\nThe page tries again by itself after ${RETRY_S[situation]} seconds or a little more.` : ''
  const crawler = status === 502 || status === 504 ? `\n\nCrawlers get 503 with \`Retry-After\`, so that the page stays in the index.` : ''
  return `${page}${innocent}${again}${crawler}`
}
