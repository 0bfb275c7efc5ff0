/** `gatewell why CAUSE`: explains a cause, or lists the causes of a status. */
import { CAUSE_IDS } from '../causes/catalogue.ts'
import { quote } from '../config/parsed.ts'
import { findSimilar } from '../config/suggestion.ts'
import { causeJson, findCauses, renderCause, renderCauses } from './cause-page.ts'
import type { Terminal } from './terminal.ts'

export function explainWhy(word: string | undefined, { json }: { json?: true }, terminal: Terminal): number {
  const { print, say, paint, columns } = terminal
  const ids = word === undefined ? CAUSE_IDS : findCauses(word.toLowerCase())
  const [only] = ids
  if (only === undefined) {
    const similar = findSimilar(word!, CAUSE_IDS)
    const hint = similar === null ? '`gatewell why` lists all causes.' : `Did you mean "${similar}"?`
    say(`gatewell: there is no cause ${quote(word)}. ${hint}`)
    return 2
  }
  const isOne = ids.length === 1 && word !== undefined
  if (json) print(JSON.stringify(isOne ? causeJson(only) : ids.map(causeJson), null, 2))
  else print(isOne ? renderCause(only, paint, columns) : renderCauses(ids, paint))
  if (!isOne && !json) say('\n`gatewell why CAUSE` explains one.')
  return 0
}
