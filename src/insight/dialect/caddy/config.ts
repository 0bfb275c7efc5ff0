/**
 * The grammar of the Caddyfile: tokens by space, blocks by braces at the end of a line, quotes, backticks, heredocs. At the top stand
 * `global` (options), `snippet` (`(name) { … }`), `import` and `site` (its addresses are the words).
 */
import { type Directive, type Misread, PlaceFinder, type Reading, type Word } from '../directive.ts'

type Block = { readonly directive: Directive | null; readonly body: Directive[] }

const DEPTH_MAX = 64

export function readCaddy(file: string, text: string): Reading {
  const places = new PlaceFinder(file, text)
  const misreads: Misread[] = []
  const blocks: Block[] = [{ directive: null, body: [] }]
  const lines = joinAddresses(readLines(text, places))
  // A file with one site needs no braces around it.
  const isBare = lines.length > 1 && isSiteHead(lines[0]!) && !opens(lines[0]!) && !opens(lines[1]!, true)
  for (const [index, line] of lines.entries()) {
    const words = opens(line) ? line.slice(0, -1) : line
    const isClosing = line[0]!.text === '}' && !line[0]!.isQuoted && line.length === 1
    if (isClosing) {
      if (blocks.length > 1) blocks.pop()
      else misreads.push({ place: line[0]!.place, message: 'there is no block that "}" could close' })
      continue
    }
    const isTop = blocks.length === 1
    const body: Directive[] | null = opens(line) || (isBare && index === 0) ? [] : null
    const directive = isTop ? topOf(words, line[0]!, body) : directiveOf(words, line[0]!, body)
    blocks.at(-1)!.body.push(directive)
    if (body === null) continue
    if (blocks.length > DEPTH_MAX) misreads.push({ place: directive.place, message: `blocks are nested deeper than ${DEPTH_MAX}` })
    else blocks.push({ directive, body })
  }
  for (const { directive } of blocks.slice(isBare ? 2 : 1))
    misreads.push({ place: directive!.place, message: `the block of "${directive!.name}" is not closed` })
  return { directives: blocks[0]!.body, misreads }
}

function opens(line: readonly Word[], isAlone = false): boolean {
  const last = line.at(-1)!
  return last.text === '{' && !last.isQuoted && (!isAlone || line.length === 1)
}

function isSiteHead(line: readonly Word[]): boolean {
  return line[0]!.text !== 'import' && !/^[(&@{]/.test(line[0]!.text)
}

/** `a.test,` on one line and `b.test {` on the next are one head. */
function joinAddresses(lines: readonly Word[][]): Word[][] {
  const joined: Word[][] = []
  for (const line of lines) {
    const former = joined.at(-1)
    if (former?.at(-1)?.text.endsWith(',') && !former.at(-1)!.isQuoted) for (const word of line) former.push(word)
    else joined.push([...line])
  }
  return joined
}

function topOf(words: readonly Word[], first: Word, body: Directive[] | null): Directive {
  if (words.length === 0) return { name: 'global', words, place: first.place, body }
  const snippet = /^&?\((.*)\)$/.exec(first.text)
  if (snippet !== null) return { name: 'snippet', words: [{ ...first, text: snippet[1]! }], place: first.place, body }
  if (first.text === 'import') return directiveOf(words, first, body)
  const addresses = words.map((word) => ({ ...word, text: word.text.replace(/,$/, '') })).filter(({ text }) => text !== '')
  return { name: 'site', words: addresses, place: first.place, body }
}

function directiveOf(words: readonly Word[], first: Word, body: Directive[] | null): Directive {
  return { name: words.length === 0 ? '' : first.text, words: words.slice(1), place: first.place, body }
}

/** The words of each line that has some; a quoted word may go over many lines, and a backslash joins two. */
function readLines(text: string, places: PlaceFinder): Word[][] {
  let heredocs = 0
  const lines: Word[][] = []
  let line: Word[] = []
  const finish = (): void => {
    if (line.length > 0) lines.push(line)
    line = []
  }
  for (let at = 0; at < text.length; ) {
    const character = text[at]!
    if (character === '\n') {
      finish()
      at++
    } else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) at = text.indexOf('\n', at) + 1
    else if (/\s/.test(character) || character === '\ufeff') at++
    else if (character === '#') at = lineEnd(text, at)
    else {
      if (character === '<') heredocs++
      const { word, end } = readWord(text, at, heredocs <= HEREDOCS_MAX)
      line.push({ text: word, isQuoted: character === '"' || character === '`', place: places.place(at, end) })
      at = end
    }
  }
  finish()
  return lines
}

/** Each is looked for to the end of the file. */
const HEREDOCS_MAX = 200

function readWord(text: string, start: number, mayBeHeredoc: boolean): { word: string; end: number } {
  const first = text[start]!
  if (first === '`') {
    const end = text.indexOf('`', start + 1)
    return end === -1 ? { word: text.slice(start + 1), end: text.length } : { word: text.slice(start + 1, end), end: end + 1 }
  }
  if (first === '"') return readQuoted(text, start)
  const heredoc = !mayBeHeredoc ? null : /^<<([\w-]+)\r?\n/.exec(text.slice(start, start + 80))
  if (heredoc !== null) {
    const from = start + heredoc[0].length
    const closing = new RegExp(`^[ \\t]*${heredoc[1]}\\b`, 'm').exec(text.slice(from))
    if (closing !== null) return { word: text.slice(from, from + closing.index), end: from + closing.index + closing[0].length }
  }
  let end = start
  for (; end < text.length && !/\s/.test(text[end]!); end++) if (text[end] === '\\' && text[end + 1] !== '\n') end++
  end = Math.min(end, text.length)
  return { word: text.slice(start, end).replace(/\\(["`])/g, '$1'), end }
}

function readQuoted(text: string, start: number): { word: string; end: number } {
  let word = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return { word, end: at + 1 }
    if (text[at] === '\\' && text[at + 1] === '"') at++
    word += text[at]
  }
  return { word, end: text.length }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}
