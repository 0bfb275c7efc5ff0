/** Blots secrets out of a configuration's text before any of it is shown. The text keeps its length, so that positions stay true. */
import { type Document, isMap, isScalar, type Node, visit } from 'yaml'
import { findSimilar } from './suggestion.ts'

const SECRET_KEY = /tok|secret|passw/i
/** For a text that YAML cannot read as a whole: all that follows such a key on its line. */
const SECRET_LINE = /([\w-]*(?:tok|secret|passw)[\w-]*["']?\s*:[ \t]*)([^\n]*)/gi
/** The name of a variable is no secret. */
const REFERENCE = /^["']?\$\{\w+\}["']?$/

export function blotSecrets(text: string, document: Document.Parsed): string {
  let result = ''
  let end = 0
  visit(document, {
    Pair(_, pair) {
      const value = pair.value as Node | null
      if (!isScalar(pair.key) || !isSecretKey(String(pair.key.value)) || value?.range == null || isMap(value)) return
      const [from, to] = value.range
      if (from < end || REFERENCE.test(text.slice(from, to))) return
      result += text.slice(end, from) + stars(text.slice(from, to))
      end = to
    },
  })
  result += text.slice(end)
  if (document.errors.length > 0) {
    result = result.replace(SECRET_LINE, (_, key: string, rest: string) => key + (REFERENCE.test(rest.trim()) ? rest : stars(rest)))
  }
  return result.replace(/\/\/[^/@\s"']+@/g, (credentials) => `//${stars(credentials.slice(2, -1))}@`)
}

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || findSimilar(key, ['token']) !== null
}

function stars(text: string): string {
  return text.replace(/[^\s]/g, '*')
}
