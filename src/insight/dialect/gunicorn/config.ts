/**
 * How gunicorn is configured: a Python file, of which assignments of literals at its top level are read and the rest is left alone; or its
 * options on a command line, wherever that stands (Procfile, systemd, Dockerfile). Either becomes settings by their names in the file.
 */
import { type Directive, PlaceFinder, type Reading, type Word } from '../directive.ts'

/** Options with a value, and the setting each is. */
const OPTIONS: Readonly<Record<string, string>> = {
  '-b': 'bind',
  '--bind': 'bind',
  '-w': 'workers',
  '--workers': 'workers',
  '-k': 'worker_class',
  '--worker-class': 'worker_class',
  '-t': 'timeout',
  '--timeout': 'timeout',
  '--keep-alive': 'keepalive',
  '--threads': 'threads',
  '--backlog': 'backlog',
  '--graceful-timeout': 'graceful_timeout',
  '--limit-request-line': 'limit_request_line',
  '--max-requests': 'max_requests',
}

export function readGunicorn(file: string, text: string): Reading {
  return { directives: isCommandLine(file, text) ? readCommands(file, text) : readPython(file, text), misreads: [] }
}

export function isCommandLine(file: string, text: string): boolean {
  return !/\.py$/.test(file) && COMMAND.test(text)
}

/** Strings, brackets and comments of Python, as far as they hide the ends of lines. */
const PYTHON = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|#[^\n]*|[([{]|[)\]}]|\\\n|\n/g

function readPython(file: string, text: string): Directive[] {
  const places = new PlaceFinder(file, text)
  return [...statements(text)].flatMap(({ start, end }) => {
    const match = /^([A-Za-z_]\w*)(\s*=\s*)(?!=)([\s\S]*)$/.exec(text.slice(start, end))
    if (match === null) return []
    const [, name = '', equals = '', value = ''] = match
    const from = start + name.length + equals.length
    const words = literals(value.replace(/#[^\n'"]*$/, '').trim()).map(
      ({ text: word, isQuoted }): Word => ({ text: word, isQuoted, place: places.place(from, end) }),
    )
    return [{ name, words, place: places.place(start, start + name.length), body: null }]
  })
}

/** Statements that begin at the first column. */
function* statements(text: string): Generator<{ start: number; end: number }> {
  const piece = new RegExp(PYTHON)
  let start = 0
  let depth = 0
  const isStatement = (from: number): boolean => /[A-Za-z_]/.test(text[from] ?? '')
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    if (/^[([{]$/.test(match[0])) depth++
    else if (/^[)\]}]$/.test(match[0])) depth = Math.max(0, depth - 1)
    else if (match[0] === '\n' && depth === 0) {
      if (isStatement(start)) yield { start, end: match.index }
      start = match.index + 1
    }
  }
  if (isStatement(start)) yield { start, end: text.length }
}

/** The words that a value stands for; none where it is not known before the program runs. */
function literals(value: string): { text: string; isQuoted: boolean }[] {
  const string = /^[rbu]?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')$/i.exec(value)
  if (string !== null) return [{ text: string[1] ?? string[2] ?? '', isQuoted: true }]
  if (/^(?:True|False|None)$/.test(value)) return [{ text: value, isQuoted: false }]
  if (/^[\d_.]+$/.test(value)) return [{ text: value.replaceAll('_', ''), isQuoted: false }]
  const product = /^\(?\s*([\d_]+)\s*([*+])\s*([\d_]+)\s*\)?$/.exec(value)
  if (product !== null) {
    const [left, right] = [Number(product[1]!.replaceAll('_', '')), Number(product[3]!.replaceAll('_', ''))]
    return [{ text: `${product[2] === '*' ? left * right : left + right}`, isQuoted: false }]
  }
  const list = /^[[(]([\s\S]*)[\])]$/.exec(value)
  if (list === null) return []
  const items = list[1]!.split(',').map((item) => item.trim())
  const words = items.filter((item) => item !== '').map(literals)
  return words.every((word) => word.length === 1) ? words.flat() : []
}

export const COMMAND = /(?:^|[\s"'/[=])gunicorn3?["']?(?=[\s,])/

function readCommands(file: string, text: string): Directive[] {
  const places = new PlaceFinder(file, text)
  const directives: Directive[] = []
  const command = new RegExp(COMMAND, 'g')
  for (let match = command.exec(text); match !== null; match = command.exec(text)) {
    const lineStart = text.lastIndexOf('\n', match.index) + 1
    const lead = text.slice(lineStart, match.index + match[0].length)
    const isRun = !/^\s*(?:#|RUN\b|FROM\b|COPY\b|Description\b)|pip3? |apt|requirements/.test(lead)
    const words = isRun ? commandWords(text, match.index + match[0].length, places) : []
    directives.push(...optionsOf(words))
    command.lastIndex = Math.max(command.lastIndex, words.length === 0 ? 0 : endOfCommand(text, match.index))
  }
  return directives
}

/** To the end of the line, or of those that a backslash or brackets join to it. */
function endOfCommand(text: string, from: number): number {
  let end = lineEnd(text, from)
  const head = text.slice(text.lastIndexOf('\n', from) + 1, end)
  if (head.includes('[') && !head.includes(']')) end = Math.max(end, text.indexOf(']', from))
  while (end < text.length && text[text[end - 1] === '\r' ? end - 2 : end - 1] === '\\') end = lineEnd(text, end + 1)
  return end
}

function commandWords(text: string, from: number, places: PlaceFinder): Word[] {
  const words: Word[] = []
  const end = endOfCommand(text, from)
  const piece = /"((?:\\.|[^"\\])*)"|'([^']*)'|[^\s"'\\,[\]]+/g
  piece.lastIndex = from
  for (let match = piece.exec(text); match !== null && match.index < end; match = piece.exec(text)) {
    if (/^(?:&&|\|\|?|;|&)$/.test(match[0])) break
    words.push({ text: match[1] ?? match[2] ?? match[0], isQuoted: false, place: places.place(match.index, match.index + match[0].length) })
  }
  return words
}

function optionsOf(words: readonly Word[]): Directive[] {
  const directives: Directive[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    const joined = /^(--[\w-]+)=(.*)$/.exec(word.text) ?? /^(-[bwkt])(.+)$/.exec(word.text)
    const name = OPTIONS[joined?.[1] ?? word.text]
    if (name === undefined) continue
    const value = joined === null ? words[++at] : { ...word, text: joined[2]! }
    if (value !== undefined) directives.push({ name, words: [value], place: word.place, body: null })
  }
  return directives
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}
