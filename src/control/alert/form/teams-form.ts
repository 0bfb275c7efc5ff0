/**
 * A workflow of Microsoft Teams, which takes an Adaptive Card. Text runs know no markdown, so nothing in them needs an escape.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
import { type AlertMessage, isGoodNews, severityOfMessage } from '../alert-message.ts'
import type { Story, Wording } from '../wording.ts'

type Run = { readonly type: 'TextRun'; readonly text: string; readonly [style: string]: unknown }

export function teamsForm(message: AlertMessage, { subject, stories, notes }: Wording): object {
  const color = isGoodNews(message) ? 'good' : severityOfMessage(message) === 'critical' ? 'attention' : 'warning'
  const isAlone = stories.length === 1
  const links = stories.flatMap(({ link, title }) =>
    link === null ? [] : [{ type: 'Action.OpenUrl', title: isAlone ? 'Open it' : title, url: link }],
  )
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: subject,
    body: [
      block([run(subject, { size: 'large', weight: 'bolder', color })]),
      ...stories.flatMap((story) => blocksOf(story, isAlone)),
      ...notes.map((note) => block([run(note, { isSubtle: true })])),
    ],
    ...(links.length > 0 && { actions: links }),
    msteams: { width: 'Full' },
  }
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }] }
}

function blocksOf({ title, paragraphs, command, why }: Story, isAlone: boolean): object[] {
  return [
    ...(isAlone ? [] : [block([run(title, { weight: 'bolder' })])]),
    ...paragraphs.map(({ label, text }) => block([run(`${label}  `, { weight: 'bolder' }), run(text)])),
    ...(command === null ? [] : [block([run(command, { fontType: 'monospace' })])]),
    block([run(why, { fontType: 'monospace', isSubtle: true })]),
  ]
}

function block(inlines: readonly Run[]): object {
  return { type: 'RichTextBlock', inlines }
}

function run(text: string, style: Readonly<Record<string, unknown>> = {}): Run {
  return { type: 'TextRun', text, ...style }
}
