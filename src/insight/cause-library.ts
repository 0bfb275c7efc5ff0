/** What is known of each cause, for whoever asks: the causes that a word stands for, one as data, one as a page of Markdown. Pure. */
import type { Cause, Remedy } from '../causes/cause.ts'
import { KNOWN_CAUSES, type KnownCauseId } from '../causes/foreign-catalogue.ts'
import { type CauseGuide, GUIDED_CAUSES, guideOf, isOwnCause } from './cause-guide.ts'
import type { Outcome } from './fault/fault.ts'
import { explainRetry, isRelayed } from './retry-rule.ts'

export const SIDES: Readonly<Record<Cause['side'], string>> = {
  downstream: 'the client, or the network on its side',
  gateway: 'Gatewell itself: its configuration or its machine',
  upstream: 'the server behind Gatewell, or the network on its side',
  app: 'the application on the server',
}

/** What the visitor gets in a rehearsal. */
const OUTCOMES: Readonly<Record<Outcome, string>> = {
  error: "Gatewell's own error page",
  relayed: "the server's own answer",
  broken: 'an answer that breaks off',
  nothing: 'nothing: he has left',
}

export function isCauseId(word: string): word is KnownCauseId {
  return Object.hasOwn(KNOWN_CAUSES, word)
}

/** The causes that a word stands for: a cause, a status, or an error type of RFC 9209; those that only other servers meet by name alone. */
export function findCauses(word: string): readonly KnownCauseId[] {
  if (isCauseId(word)) return [word]
  return GUIDED_CAUSES.filter(isOwnCause).filter((id) => `${KNOWN_CAUSES[id].status}` === word || KNOWN_CAUSES[id].proxyStatus === word)
}

/** What `gatewell why CAUSE --json` prints. */
export function causeStory(id: KnownCauseId) {
  const { title, meaning, status, proxyStatus, side, remedies }: Cause = KNOWN_CAUSES[id]
  const said = { id, kind: 'cause', cause: id, confidence: 1, evidence: [], remedies, attempts: [] } as const
  const retry = isOwnCause(id) ? explainRetry(id) : null
  return { ...said, title, meaning, status, proxyStatus, side, retry, ...guideOf(id) }
}

export function causeMarkdown(id: KnownCauseId): string {
  const { title, meaning, status, side, remedies }: Cause = KNOWN_CAUSES[id]
  const relayed = isOwnCause(id) && isRelayed(id)
  const again = isOwnCause(id) ? `\n- Sent again? ${explainRetry(id).text}` : ''
  return `# ${title} (${id})

${meaning}

- Status: ${relayed ? "the server's own" : status}
- Where to look: ${SIDES[side]}${again}

## What to do, likeliest first

${remediesMarkdown(remedies)}

${guideMarkdown(guideOf(id), id)}`
}

export function remediesMarkdown(remedies: readonly Remedy[]): string {
  return remedies.map((remedy, index) => `${index + 1}. ${remedyText(remedy)}`).join('\n')
}

/** The sections that follow what to do. */
export function guideMarkdown({ visitor, checks, signs, rules, rehearsal }: CauseGuide, id: KnownCauseId): string {
  const sections = [
    ['What a visitor can do', visitor.map((text) => `- ${text}`).join('\n')],
    [
      'What to check, by server',
      checks
        .map((check) => `${sentenceOf(check)}\n\n${check.commands.map(({ server, command }) => commandText(server, command)).join('\n')}`)
        .join('\n\n'),
    ],
    ['How servers say it', signs.map(({ server, says }) => `- ${server}: ${says.join('; ')}`).join('\n')],
    ['What `gatewell lint` finds before', rules.map(ruleText).join('\n')],
    ['How to see it happen', rehearsal === null ? FOREIGN : rehearsalText(rehearsal, id)],
  ] as const
  return sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `## ${title}\n\n${text}\n`)
    .join('\n')
}

const FOREIGN = 'Gatewell itself does not meet it: it finds it in the logs and the configurations of other servers, and by the doctor.'

export function rehearsalText({ describe, outcome, isConfined }: NonNullable<CauseGuide['rehearsal']>, id: KnownCauseId): string {
  const needs = isConfined ? ' It takes Linux, and root or user namespaces: the gateway is confined for it.' : ''
  return `\`gatewell rehearse ${id}\` brings it about on a gateway that is thrown away afterwards. ${describe} The visitor gets ${OUTCOMES[outcome]}.${needs}`
}

export function sentenceOf({ do: deed, when }: Remedy): string {
  return when === '' ? deed : `${deed.replace(/\.$/, '')}, ${when}.`
}

function remedyText(remedy: Remedy): string {
  const { command } = remedy
  return command === undefined ? sentenceOf(remedy) : `${sentenceOf(remedy)}\n   \`\`\`\n   ${command}\n   \`\`\``
}

function ruleText({ rule, compares }: CauseGuide['rules'][number]): string {
  return `- \`${rule}\` compares ${compares}`
}

/** A setting of several lines stays one bullet. */
function commandText(server: string, command: string): string {
  return `- ${server}: \`${command.replaceAll('\n', ' · ')}\``
}
