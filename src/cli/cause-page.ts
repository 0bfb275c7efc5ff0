/** What `gatewell why` prints: all that is known of a cause, and the list of causes. Pure. */
import { STATUS_CODES } from 'node:http'
import { CAUSES, type CauseId } from '../causes/catalogue.ts'
import type { Cause, Remedy } from '../causes/cause.ts'
import { KNOWN_CAUSES, type KnownCauseId } from '../causes/foreign-catalogue.ts'
import type { Paint } from '../config/problem.ts'
import { guideOf, isOwnCause } from '../insight/cause-guide.ts'
import { rehearsalText, SIDES, sentenceOf } from '../insight/cause-library.ts'
import { explainRetry, isRelayed } from '../insight/retry-rule.ts'
import { wrap } from './wrap.ts'

export function renderCause(id: KnownCauseId, paint: Paint, columns: number): string {
  const cause: Cause = KNOWN_CAUSES[id]
  const own = isOwnCause(id)
    ? [
        ['status', statusOf(id)],
        ['Proxy-Status', `gatewell; error=${cause.proxyStatus}; details="${id}"`],
      ]
    : [['met by', 'other servers, not by Gatewell itself']]
  const again = isOwnCause(id) ? [['sent again?', explainRetry(id).text.replaceAll('`', '')]] : []
  const labelled = [...own, ['where to look', SIDES[cause.side]], ...again].map(([label = '', text = '']) => {
    const first = `  ${label.padEnd(LABEL_COLUMNS)}`
    return wrap(text, columns, ' '.repeat(first.length), first).replace(label, paint.faint(label))
  })
  return [
    `${paint.strong(cause.title)}  ${paint.faint(id)}`,
    '',
    wrap(cause.meaning, columns),
    '',
    ...labelled,
    '',
    renderRemedies(cause.remedies, paint, columns),
    ...renderGuide(id, paint, columns),
  ].join('\n')
}

/** What the tables of servers add: each section with a blank line before it. */
function renderGuide(id: KnownCauseId, paint: Paint, columns: number): string[] {
  const { visitor, checks, signs, rules, rehearsal } = guideOf(id)
  const bullet = (text: string): string => wrap(text.replaceAll('`', ''), columns, '    ', '  · ')
  const settings = checks.flatMap((check) => {
    const width = Math.max(0, ...check.commands.map(({ server }) => server.length))
    const rows = check.commands.map(({ server, command }) => `    ${server.padEnd(width)}  ${paint.good(command.replaceAll('\n', ' · '))}`)
    return [bullet(sentenceOf(check)), ...rows]
  })
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['What a visitor can do', visitor.map(bullet)],
    ['What to check, by server', settings],
    ['How servers say it', signs.map(({ server, says }) => bullet(`${server}: ${says.join('; ')}`))],
    ['What gatewell lint finds before', rules.map(({ rule, compares }) => bullet(`${rule} compares ${compares}`))],
    ['How to see it happen', rehearsal === null ? [] : [bullet(rehearsalText(rehearsal, id))]],
  ]
  return sections.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => ['', paint.strong(title), ...lines])
}

/** With its headline. */
export function renderRemedies(remedies: readonly Remedy[], paint: Paint, columns: number): string {
  const isOne = remedies.length === 1
  return [
    paint.strong(isOne ? 'What to do' : 'What to do, likeliest first'),
    ...remedies.map((remedy, i) => renderRemedy(remedy, isOne ? '  ' : `  ${i + 1}. `, paint, columns)),
    ...(remedies.some(({ command }) => PLACEHOLDER.test(command ?? ''))
      ? ['', paint.faint('Words in capitals are yours to fill in.')]
      : []),
  ].join('\n')
}

const LABEL_COLUMNS = 15
const PLACEHOLDER = /\b(?:HOST|PORT|SERVICE|PID|ADDRESS|PATH|USER|GROUP|SITE|SOCKET|SERVER|NETWORK|NAMESPACE)\b/

/** Commands are not wrapped: they are there to be copied. */
function renderRemedy({ do: deed, when, command }: Remedy, first: string, paint: Paint, columns: number): string {
  const indent = ' '.repeat(first.length)
  const sentence = when === '' ? deed : `${deed.replace(/\.$/, '')}, ${when}.`
  const text = wrap(sentence, columns, indent, first)
  return command === undefined ? text : `${text}\n${indent}  ${paint.good(command)}`
}

function statusOf(id: CauseId): string {
  if (isRelayed(id)) return "the server's own"
  const { status } = CAUSES[id]
  return status === 499 ? '499, only in the log: nobody is left to read it' : `${status} ${STATUS_CODES[status]}`
}

export function renderCauses(ids: readonly KnownCauseId[], paint: Paint): string {
  const width = Math.max(...ids.map((id) => id.length))
  return ids.map((id) => `${paint.strong(id.padEnd(width))}  ${KNOWN_CAUSES[id].title}`).join('\n')
}
