/** What to do about a cause: the catalogue's remedies, in the words of the server that was recognised and with what is known filled in. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Remedy } from '../../causes/cause.ts'
import { ORIGINS } from '../dialect/origin-table.ts'
import { NEEDS } from '../need-table.ts'
import type { Case } from './case.ts'
import type { Sign } from './rule.ts'
import { fillCommand } from './wording.ts'

/** `signs`: those that speak for it, weightiest first. */
export function remediesOf(cause: CauseId, one: Case, signs: readonly (readonly [string, Sign])[]): readonly Remedy[] {
  const seen = new Set(signs.map(([name]) => name))
  const found = signs.flatMap(([, sign]) => sign.remedies ?? [])
  const special = specialsOf(cause, one, seen)
  const general = (CAUSES[cause].remedies as readonly Remedy[])
    .filter((remedy) => isFitting(remedy, one, special.length > 0))
    .map((remedy) => withoutForeign(remedy, one))
  const all = [...found, ...special, ...general].map((remedy) => fillCommand(remedy, one.words))
  return all.filter((remedy, index) => all.findIndex((other) => isSame(other, remedy)) === index)
}

function specialsOf(cause: CauseId, { origin }: Case, seen: ReadonlySet<string>): Remedy[] {
  if (origin === null) return []
  const { name, settings } = origin.origin
  return (NEEDS[cause] ?? []).flatMap((special) => {
    const command = settings[special.need]
    const isFit = special.signs === undefined || special.signs.some((sign) => seen.has(sign))
    return command === undefined || !isFit ? [] : [{ do: special.do.replace('SERVER', name), when: '', command }]
  })
}

/** What is for one server only is left out where another one was recognised, or where this one's own words are there. */
function isFitting({ when }: Remedy, { origin }: Case, hasSpecial: boolean): boolean {
  if (origin === null) return true
  const named = Object.values(ORIGINS).filter(({ name }) => new RegExp(String.raw`\b${name}\b`).test(when))
  return named.length === 0 || (named.includes(origin.origin) && !hasSpecial)
}

/** A list of settings of several servers, none of which is the one that was recognised, helps nobody. */
function withoutForeign(remedy: Remedy, { origin }: Case): Remedy {
  const { command, ...rest } = remedy
  if (origin === null || !command?.includes(' · ')) return remedy
  const named = Object.values(ORIGINS).filter(({ name }) => command.includes(name))
  return named.length === 0 || named.includes(origin.origin) ? remedy : rest
}

function isSame(one: Remedy, other: Remedy): boolean {
  return one.do === other.do || (one.command !== undefined && one.command === other.command && one.when === other.when)
}
