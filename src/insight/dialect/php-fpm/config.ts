/** The grammar of PHP-FPM's files: sections in brackets, `key = value`, comments from a semicolon. A pool is a section. */
import { type Directive, type Misread, PlaceFinder, type Reading } from '../directive.ts'

/** `php_admin_value[memory_limit] = 128M` is named as a whole. */
const SETTING = /^([A-Za-z_][\w.-]*(?:\[[^\]]*\])?)\s*=\s*(.*)$/

export function readPhpFpm(file: string, text: string): Reading {
  const places = new PlaceFinder(file, text)
  const directives: Directive[] = []
  const misreads: Misread[] = []
  let body = directives
  let start = 0
  for (const line of text.split('\n')) {
    const lead = line.length - line.trimStart().length
    const at = start + lead
    const content = line.trim()
    start += line.length + 1
    if (content === '' || content[0] === ';' || content[0] === '#') continue
    const section = /^\[([^\]]*)\]/.exec(content)
    const setting = SETTING.exec(content)
    if (section !== null) {
      body = []
      directives.push({ name: section[1]!.trim(), words: [], place: places.place(at, at + section[0].length), body })
    } else if (setting !== null) {
      const [, name = '', rest = ''] = setting
      const from = at + content.length - rest.length
      const { text: value, isQuoted, length } = readValue(rest)
      const words = length === 0 ? [] : [{ text: value, isQuoted, place: places.place(from, from + length) }]
      body.push({ name, words, place: places.place(at, at + name.length), body: null })
    } else misreads.push({ place: places.place(at, at + content.length), message: 'this is neither a section nor "key = value"' })
  }
  return { directives, misreads }
}

function readValue(rest: string): { text: string; isQuoted: boolean; length: number } {
  const quoted = /^"((?:\\.|[^"\\])*)"|^'([^']*)'/.exec(rest)
  if (quoted !== null) return { text: (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, '$1'), isQuoted: true, length: quoted[0].length }
  const text = (rest.split(';', 1)[0] ?? '').trimEnd()
  return { text, isQuoted: false, length: text.length }
}
