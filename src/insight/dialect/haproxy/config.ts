/** The grammar of HAProxy: sections by keyword, a setting a line, two kinds of quotes and backslashes. Configuration manual, §2.2. */
import { type Directive, PlaceFinder, type Reading, type Word } from '../directive.ts'

const SECTIONS = new Set([
  'global',
  'defaults',
  'frontend',
  'backend',
  'listen',
  'peers',
  'resolvers',
  'mailers',
  'userlist',
  'program',
  'ring',
  'http-errors',
  'cache',
  'fcgi-app',
  'log-forward',
  'log-profile',
  'crt-store',
  'traces',
  'acme',
])

export function readHaproxy(file: string, text: string): Reading {
  const places = new PlaceFinder(file, text)
  const directives: Directive[] = []
  let body = directives
  for (let start = 0; start < text.length; ) {
    const line = readLine(text, start, places)
    start = line.end
    const [name, ...words] = line.words
    if (name === undefined) continue
    const isSection = SECTIONS.has(name.text) && !name.isQuoted
    const own: Directive[] | null = isSection ? [] : null
    const directive = { name: name.text, words, place: name.place, body: own }
    if (own === null) body.push(directive)
    else {
      directives.push(directive)
      body = own
    }
  }
  return { directives, misreads: [] }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** One line, or more where a backslash or quotes go over its end; `end` is where the next one begins. */
function readLine(text: string, start: number, places: PlaceFinder): { words: Word[]; end: number } {
  const words: Word[] = []
  let word: { text: string; isQuoted: boolean; start: number } | null = null
  let quote: string | null = null
  const finish = (end: number): void => {
    if (word !== null) words.push({ text: word.text, isQuoted: word.isQuoted, place: places.place(word.start, end) })
    word = null
  }
  let at = start
  for (; at < text.length; at++) {
    const character = text[at]!
    if (quote !== null && character === quote) {
      quote = null
      continue
    }
    if (quote === null && character === '\n') break
    if (quote === null && character === '#') {
      finish(at)
      const end = text.indexOf('\n', at)
      return { words, end: end === -1 ? text.length : end + 1 }
    }
    if (quote === null && (character === ' ' || character === '\t' || character === '\r')) {
      finish(at)
      continue
    }
    if (character === '\\' && quote !== "'" && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      finish(at)
      at = text.indexOf('\n', at)
      continue
    }
    word ??= { text: '', isQuoted: false, start: at }
    if (quote === null && (character === '"' || character === "'")) {
      quote = character
      word.isQuoted = true
    } else if (character === '\\' && quote !== "'" && at + 1 < text.length) {
      const next = text[++at]!
      word.text += ESCAPES[next] ?? next
    } else word.text += character
  }
  finish(at)
  return { words, end: at + 1 }
}
