/** Proactive negotiation, RFC 9110 §12: how much a client wants a media type (§12.5.1) or a language (§12.5.4, RFC 4647 §3.4). */

/** One element of an Accept field: lower case, without parameters. */
export type Range = { readonly value: string; readonly quality: number }

export type Match = {
  /** 0 for what the client refuses or does not mention, up to 1. */
  readonly quality: number
  /** 0 for the range `*`, 1 for a type with any subtype, 2 for exactly this. */
  readonly specificity: number
  /** Where in the field it stands; clients put what they like most first. */
  readonly index: number
}

export const NO_MATCH: Match = { quality: 0, specificity: -1, index: -1 }

/** More than any client needs; the rest is not looked at. */
const RANGES_MAX = 32
const WEIGHT = /;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*(?:;|$)/i
const HAS_WEIGHT = /;[ \t]*q=/i

/** Elements with a malformed weight are left out. */
export function parseRanges(field: string): Range[] {
  const ranges: Range[] = []
  let start = 0
  while (start < field.length && ranges.length < RANGES_MAX) {
    const comma = field.indexOf(',', start)
    const end = comma === -1 ? field.length : comma
    const range = parseRange(field.slice(start, end))
    if (range !== null) ranges.push(range)
    start = end + 1
  }
  return ranges
}

function parseRange(element: string): Range | null {
  const semicolon = element.indexOf(';')
  if (semicolon === -1) {
    const value = element.trim().toLowerCase()
    return value === '' ? null : { value, quality: 1 }
  }
  const value = element.slice(0, semicolon).trim().toLowerCase()
  const weight = WEIGHT.exec(element)
  if (value === '' || (weight === null && HAS_WEIGHT.test(element))) return null
  return { value, quality: weight === null ? 1 : Number(weight[1]) }
}

/** `type` is like `text/html`. The most specific range decides, however little it wants the type. */
export function matchType(ranges: readonly Range[], type: string): Match {
  const anySubtype = `${type.slice(0, type.indexOf('/'))}/*`
  let best = NO_MATCH
  for (const [index, { value, quality }] of ranges.entries()) {
    const specificity = value === type ? 2 : value === anySubtype ? 1 : value === '*/*' || value === '*' ? 0 : -1
    if (specificity > best.specificity) best = { quality, specificity, index }
  }
  return best
}

/** True when `a` suits the client better than `b`: wanted more, else named more exactly, else named earlier. */
export function isBetter(a: Match, b: Match): boolean {
  if (a.quality !== b.quality) return a.quality > b.quality
  if (a.specificity !== b.specificity) return a.specificity > b.specificity
  return a.index < b.index
}

/**
 * Looks each wanted language up among `available` (lower-case primary subtags such as `de`), dropping subtags from its end
 * as RFC 4647 §3.4 says; null when none is there. `*` counts as no wish.
 */
export function chooseLanguage(field: string, available: readonly string[]): string | null {
  let chosen: string | null = null
  let best = 0
  for (const { value, quality } of parseRanges(field)) {
    if (quality <= best) continue
    const hyphen = value.indexOf('-')
    const primary = hyphen === -1 ? value : value.slice(0, hyphen)
    if (!available.includes(primary)) continue
    chosen = primary
    best = quality
  }
  return chosen
}
