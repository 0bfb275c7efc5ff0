/** What is known of each cause, for whoever asks: the causes that a word stands for, one as data, one as a page of Markdown. Pure. */
import { CAUSE_IDS, CAUSES, type CauseId } from '../causes/catalogue.ts'
import type { Cause, Remedy } from '../causes/cause.ts'
import { explainRetry, isRelayed } from './retry-rule.ts'

export const SIDES: Readonly<Record<Cause['side'], string>> = {
  downstream: 'the client, or the network on its side',
  gateway: 'Gatewell itself: its configuration or its machine',
  upstream: 'the server behind Gatewell, or the network on its side',
  app: 'the application on the server',
}

export function isCauseId(word: string): word is CauseId {
  return Object.hasOwn(CAUSES, word)
}

/** The causes that a word stands for: a cause, a status, or an error type of RFC 9209. */
export function findCauses(word: string): readonly CauseId[] {
  return CAUSE_IDS.filter((id) => id === word || String(CAUSES[id].status) === word || CAUSES[id].proxyStatus === word)
}

export type CauseStory = ReturnType<typeof causeStory>

/** What `gatewell why CAUSE --json` prints. */
export function causeStory(id: CauseId) {
  const { title, meaning, status, proxyStatus, side, remedies }: Cause = CAUSES[id]
  const said = { id, kind: 'cause', cause: id, confidence: 1, evidence: [], remedies, attempts: [] } as const
  return { ...said, title, meaning, status, proxyStatus, side, retry: explainRetry(id) }
}

export function causeMarkdown(id: CauseId): string {
  const { title, meaning, status, side, remedies }: Cause = CAUSES[id]
  return `# ${title} (${id})

${meaning}

- Status: ${isRelayed(id) ? "the server's own" : status}
- Where to look: ${SIDES[side]}
- Sent again? ${explainRetry(id).text}

## What to do, likeliest first

${remedies.map((remedy, index) => `${index + 1}. ${remedyText(remedy)}`).join('\n')}
`
}

function remedyText({ do: deed, when, command }: Remedy): string {
  const sentence = when === '' ? deed : `${deed.replace(/\.$/, '')}, ${when}.`
  return command === undefined ? sentence : `${sentence}\n   \`${command}\``
}
