/** Blots secrets out of a configuration's text before any of it is shown. The text keeps its length, so that positions stay true. */
import { type Document, isMap, isPair, isScalar, type Node, visit } from 'yaml'
import type { Path } from './finding.ts'
import { findSimilar } from './suggestion.ts'

const SECRET_KEY = /tok|secret|passw|pagerduty/i
/** For a text that YAML cannot read as a whole: all that follows such a key on its line. */
const SECRET_LINE =
  /((?:[\w-]*(?:tok|secret|passw|authoriz)[\w-]*|headers|webhook|slack|discord|teams|ntfy|pagerduty|smtp)["']?\s*:[ \t]*)([^\n]*)/gi
/** The name of a variable is no secret. */
const REFERENCE = /^["']?\$\{\w+\}["']?$/
/** The address of a webhook: whoever knows what follows its host may use it. */
const HOOK = /(:\/\/(?:[^\s/@"']*@)?[^\s/"'@]*)(\/[^\s"']+)/g

type Range = readonly [from: number, to: number]

export function blotSecrets(text: string, document: Document.Parsed): string {
  let result = ''
  let end = 0
  for (const [from, to] of secretsOf(text, document)) {
    if (from < end) continue
    result += text.slice(end, from) + stars(text.slice(from, to))
    end = to
  }
  result += text.slice(end)
  if (document.errors.length > 0) {
    result = result.replace(SECRET_LINE, (_, key: string, rest: string) => key + (REFERENCE.test(rest.trim()) ? rest : stars(rest)))
  }
  return result.replace(/\/\/[^/@\s"']+@/g, (credentials) => `//${stars(credentials.slice(2, -1))}@`)
}

/** In the order of the text. */
function secretsOf(text: string, document: Document.Parsed): Range[] {
  const ranges: Range[] = []
  visit(document, {
    Pair(_, pair) {
      const value = pair.value as Node | null
      if (!isScalar(pair.key) || !isSecretKey(String(pair.key.value)) || value?.range == null || isMap(value)) return
      const [from, to] = value.range
      if (!REFERENCE.test(text.slice(from, to))) ranges.push([from, to])
    },
    Scalar(role, { range }, path) {
      const top = path[2]
      if (range != null && role === 'value' && isHeader(path) && !REFERENCE.test(text.slice(range[0], range[1])))
        ranges.push([range[0], range[1]])
      if (range == null || !isPair(top) || !isScalar(top.key) || findSimilar(String(top.key.value), ['alerts']) === null) return
      const [from, to] = range
      for (const match of text.slice(from, to).matchAll(HOOK)) {
        const begin = from + match.index + (match[1] as string).length
        ranges.push([begin, begin + (match[2] as string).length])
      }
    },
  })
  return ranges.sort(([one], [other]) => one - other)
}

/** A header of `telemetry`. `path`: from the document down. */
function isHeader(path: readonly unknown[]): boolean {
  const keys = path.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []))
  const [top = ''] = keys
  return findSimilar(top, ['telemetry']) !== null && keys.some((key) => findSimilar(key, ['headers']) !== null)
}

function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || findSimilar(key, ['token', 'pagerduty']) !== null
}

/** Channels of alerts are mostly addresses of webhooks. */
export function isSecretPath(path: Path): boolean {
  return path.some((key) => isSecretKey(String(key))) || (path[0] === 'alerts' && path[1] === 'channels') || path.includes('headers')
}

function stars(text: string): string {
  return text.replace(/[^\s]/g, '*')
}
