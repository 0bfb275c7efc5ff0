/** `gatewell rehearse`: brings causes about on a gateway that is thrown away afterwards, and says whether each is named and diagnosed. */
import { CAUSE_IDS, type CauseId } from '../causes/catalogue.ts'
import { isKnownCause } from '../causes/foreign-catalogue.ts'
import { quote } from '../config/parsed.ts'
import { findSimilar } from '../config/suggestion.ts'
import { type RehearsalVerdict, rehearseCause } from '../control/fact/rehearsal-verdict.ts'
import { isOwnCause } from '../insight/cause-guide.ts'
import { systemClock } from '../std/clock.ts'
import type { Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

const MARKS = { passed: '✓', failed: '✗', skipped: '-' } as const
const INDENT = '    '

export async function rehearseCauses(words: readonly string[], { json }: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  for (const word of words) {
    const refusal = refusalOf(word)
    if (refusal === null) continue
    terminal.say(`gatewell: ${refusal}`)
    return 2
  }
  const ids = words.length === 0 ? CAUSE_IDS : ([...new Set(words)] as CauseId[])
  const verdicts: RehearsalVerdict[] = []
  for (const id of ids) {
    const verdict = await rehearseCause(id, systemClock)
    verdicts.push(verdict)
    if (!json) terminal.print(renderVerdict(verdict, ids.length === 1, terminal))
  }
  const count = (wanted: RehearsalVerdict['verdict']): number => verdicts.filter(({ verdict }) => verdict === wanted).length
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')]
  if (json) terminal.print(JSON.stringify({ passed, failed, skipped, rehearsals: verdicts }, null, 2))
  else if (ids.length > 1) terminal.print(`\n${passed} passed, ${failed} failed, ${skipped} could not be brought about here.`)
  return failed > 0 ? 1 : 0
}

function refusalOf(word: string): string | null {
  if (!isKnownCause(word)) {
    const similar = findSimilar(word, CAUSE_IDS)
    return `there is no cause ${quote(word)}. ${similar === null ? '`gatewell why` lists all causes.' : `Did you mean "${similar}"?`}`
  }
  return isOwnCause(word)
    ? null
    : `only other servers meet ${word}, so that it cannot be rehearsed here; \`gatewell why ${word}\` explains it.`
}

/** One alone is told whole; of many, those that did not pass. */
function renderVerdict(one: RehearsalVerdict, isAlone: boolean, { paint, columns }: Terminal): string {
  const { cause, verdict, fault, reasons, seen, ms } = one
  const colour = { passed: paint.good, failed: paint.bad, skipped: paint.faint }[verdict]
  const got = seen === null ? '' : `  ${answerOf(seen)}`
  const head = `${colour(`${MARKS[verdict]} ${cause}`)}${paint.faint(`${got}  ${ms} ms`)}`
  const lines = verdict === 'passed' && !isAlone ? [] : [fault, ...reasons.map((reason) => `${verdict}: ${reason}.`)]
  const diagnosis = seen?.diagnosis
  if (isAlone && diagnosis) lines.push(`Diagnosis, ${Math.round(diagnosis.confidence * 100)} % sure: ${diagnosis.summary}`)
  return [head, ...lines.map((line) => wrap(line, columns, INDENT))].join('\n')
}

function answerOf({ outcome, status }: NonNullable<RehearsalVerdict['seen']>): string {
  if (outcome === 'nothing') return 'the visitor had left'
  if (outcome === 'broken') return `${status}, cut off`
  return outcome === 'relayed' ? `${status} of the server` : `${status}`
}
