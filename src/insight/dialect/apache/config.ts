/** The grammar of Apache httpd: a directive a line, sections in angle brackets, continued lines, quotes. Names are in lower case. */
import { type Directive, type Misread, PlaceFinder, type Reading, type Word } from '../directive.ts'

/** Nobody nests deeper; what does is no configuration. */
const DEPTH_MAX = 64

type Section = { readonly directive: Directive | null; readonly body: Directive[] }
type Context = { readonly text: string; readonly places: PlaceFinder; readonly misreads: Misread[] }

export function readApache(file: string, text: string): Reading {
  const context: Context = { text, places: new PlaceFinder(file, text), misreads: [] }
  const { places, misreads } = context
  const sections: Section[] = [{ directive: null, body: [] }]
  for (const { start, end } of logicalLines(text)) {
    const closing = /^<\/\s*([^\s>]*)/.exec(text.slice(start, end))
    if (closing !== null) {
      closeSection(sections, closing[1]!.toLowerCase(), { place: places.place(start, end), misreads })
      continue
    }
    const isSection = text[start] === '<'
    const from = isSection ? start + 1 : start
    const words = readWords(context, from, isSection ? endOfHead(context, start, end) : end)
    const [name, ...rest] = words
    if (name === undefined) continue
    const body: Directive[] | null = isSection ? [] : null
    const directive = { name: name.text.toLowerCase(), words: rest, place: name.place, body }
    sections.at(-1)!.body.push(directive)
    if (body !== null && sections.length <= DEPTH_MAX) sections.push({ directive, body })
  }
  for (const { directive } of sections.slice(1))
    misreads.push({ place: directive!.place, message: `the section <${directive!.name}> is not closed` })
  return { directives: sections[0]!.body, misreads }
}

/** Lines with those that a backslash at the end joins to them; no comments, no empty ones, no space around. */
function* logicalLines(text: string): Generator<{ start: number; end: number }> {
  for (let at = 0; at < text.length; ) {
    const start = at
    let end = lineEnd(text, at)
    while (end < text.length && text[text[end - 1] === '\r' ? end - 2 : end - 1] === '\\') end = lineEnd(text, end + 1)
    at = end + 1
    const line = text.slice(start, end)
    const lead = line.length - line.trimStart().length
    if (line.trim() !== '' && line[lead] !== '#') yield { start: start + lead, end: start + line.trimEnd().length }
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function endOfHead({ text, places, misreads }: Context, start: number, end: number): number {
  if (text[end - 1] === '>') return end - 1
  misreads.push({ place: places.place(start, end), message: 'the section\'s head is not ended by ">"' })
  return end
}

function closeSection(sections: Section[], name: string, { place, misreads }: { place: Misread['place']; misreads: Misread[] }): void {
  const at = sections.findLastIndex(({ directive }) => directive?.name === name)
  if (at < 0) misreads.push({ place, message: `there is no section <${name}> to close` })
  else if (at < sections.length - 1) misreads.push({ place, message: `<${sections.at(-1)!.directive!.name}> is still open here` })
  if (at > 0) sections.splice(at)
}

function readWords({ text, places }: Context, start: number, end: number): Word[] {
  const words: Word[] = []
  for (let at = start; at < end; ) {
    if (/\s/.test(text[at]!) || (text[at] === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3)))) {
      at++
      continue
    }
    const quote = text[at] === '"' || text[at] === "'" ? text[at]! : null
    const from = at
    let word = ''
    if (quote !== null) at++
    for (; at < end; at++) {
      const character = text[at]!
      if (quote === null ? /\s/.test(character) : character === quote) break
      if (character === '\\' && /^\r?\n/.test(text.slice(at + 1, at + 3))) at = text.indexOf('\n', at)
      else if (character === '\\' && quote !== null && (text[at + 1] === quote || text[at + 1] === '\\')) word += text[++at]
      else word += character
    }
    if (quote !== null) at++
    words.push({ text: word, isQuoted: quote !== null, place: places.place(from, Math.min(at, end)) })
  }
  return words
}
