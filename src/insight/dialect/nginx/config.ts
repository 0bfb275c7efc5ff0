/** The grammar of nginx: words, quotes, blocks. Variables stay as they are written, and Lua inside `*_by_lua_block` is passed over. */
import { type Directive, type Misread, PlaceFinder, type Reading, type Word } from '../directive.ts'

/** nginx itself allows fewer; a file that nests deeper is no configuration. */
const DEPTH_MAX = 64

type Block = { readonly directive: Directive | null; readonly body: Directive[] }

export function readNginx(file: string, text: string): Reading {
  return new Reader(file, text).read()
}

class Reader {
  readonly #text: string
  readonly #places: PlaceFinder
  readonly #misreads: Misread[] = []
  readonly #blocks: Block[] = [{ directive: null, body: [] }]
  #words: Word[] = []
  #at = 0

  constructor(file: string, text: string) {
    this.#text = text
    this.#places = new PlaceFinder(file, text)
  }

  read(): Reading {
    while (this.#skipSpace()) {
      const start = this.#at
      switch (this.#text[start]) {
        case ';':
          this.#at++
          this.#finish(null)
          break
        case '{':
          this.#at++
          this.#open(start)
          break
        case '}':
          this.#at++
          this.#close(start)
          break
        default:
          this.#words.push(this.#readWord(start))
      }
    }
    if (this.#words.length > 0) {
      this.#complain(this.#words[0]!.place, `"${this.#words[0]!.text}" is not ended by ";" or a block`)
      this.#finish(null)
    }
    for (const { directive } of this.#blocks.slice(1)) this.#complain(directive!.place, `the block of "${directive!.name}" is not closed`)
    return { directives: this.#blocks[0]!.body, misreads: this.#misreads }
  }

  /** Spaces and comments; false at the end. */
  #skipSpace(): boolean {
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!
      if (character === '#') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end === -1 ? this.#text.length - 1 : end
      } else if (!isSpace(character)) return true
    }
    return false
  }

  #readWord(start: number): Word {
    const quote = this.#text[start]!
    return quote === '"' || quote === "'" ? this.#readQuoted(start, quote) : this.#readBare(start)
  }

  #readQuoted(start: number, quote: string): Word {
    let text = ''
    for (let at = start + 1; at < this.#text.length; at++) {
      const character = this.#text[at]!
      if (character === quote) return this.#word(text, true, start, at + 1)
      if (character === '\\' && at + 1 < this.#text.length) text += unescaped(this.#text[++at]!)
      else text += character
    }
    const word = this.#word(text, true, start, this.#text.length)
    this.#complain({ ...word.place, length: 1 }, 'the quote is not closed')
    return word
  }

  #readBare(start: number): Word {
    let text = ''
    let at = start
    for (; at < this.#text.length; at++) {
      const character = this.#text[at]!
      if (character === '\\' && at + 1 < this.#text.length) text += unescaped(this.#text[++at]!)
      // `${name}` is a variable, not a block.
      else if (character === '{' && this.#text[at - 1] === '$' && at > start) {
        const end = endOfVariable(this.#text, at)
        text += this.#text.slice(at, end)
        at = end - 1
      } else if (isSpace(character) || character === ';' || character === '{' || character === '}') break
      else text += character
    }
    return this.#word(text, false, start, at)
  }

  #word(text: string, isQuoted: boolean, start: number, end: number): Word {
    this.#at = end
    return { text, isQuoted, place: this.#places.place(start, end) }
  }

  #finish(body: readonly Directive[] | null): Directive | null {
    const [name, ...words] = this.#words
    this.#words = []
    if (name === undefined) return null
    const directive = { name: name.text, words, place: name.place, body }
    this.#blocks.at(-1)!.body.push(directive)
    return directive
  }

  #open(start: number): void {
    if (this.#words.length === 0) this.#words.push(this.#word('', false, start, start + 1))
    const isLua = /_by_lua_block$/.test(this.#words[0]!.text)
    const body: Directive[] = []
    const directive = this.#finish(body)
    if (isLua) this.#skipLua(directive!)
    else if (this.#blocks.length > DEPTH_MAX) this.#complain(directive!.place, `blocks are nested deeper than ${DEPTH_MAX}`)
    else this.#blocks.push({ directive, body })
  }

  #close(start: number): void {
    if (this.#words.length > 0) {
      this.#complain(this.#words[0]!.place, `"${this.#words[0]!.text}" is not ended by ";"`)
      this.#finish(null)
    }
    if (this.#blocks.length > 1) this.#blocks.pop()
    else this.#complain(this.#places.place(start, start + 1), 'there is no block that "}" could close')
  }

  #skipLua(directive: Directive): void {
    const end = endOfLua(this.#text, this.#at)
    this.#at = end ?? this.#text.length
    if (end === null) this.#complain(directive.place, `the block of "${directive.name}" is not closed`)
  }

  #complain(place: Misread['place'], message: string): void {
    this.#misreads.push({ place, message })
  }
}

/** Behind the name, and the brace that closes it if there is one. */
function endOfVariable(text: string, open: number): number {
  let end = open + 1
  while (/\w/.test(text[end] ?? '')) end++
  return text[end] === '}' ? end + 1 : end
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r'
}

/** nginx knows three escapes of control characters; before quotes, `$` and `\` the backslash goes, elsewhere it stays. */
function unescaped(character: string): string {
  if (character === 'n') return '\n'
  if (character === 't') return '\t'
  if (character === 'r') return '\r'
  return /["'$\\ ;{}]/.test(character) ? character : `\\${character}`
}

/** Behind the brace that closes a block of Lua; braces in its strings and comments do not count. null: there is none. */
function endOfLua(text: string, start: number): number | null {
  const piece = /--(?:\[=*\[)?|\[=*\[|["'{}]/g
  piece.lastIndex = start
  let depth = 1
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    const [mark] = match
    if (mark === '{') depth++
    else if (mark === '}' && --depth === 0) return piece.lastIndex
    else if (mark !== '}') {
      const end = endOfLuaText(text, mark, piece.lastIndex)
      if (end === null) return null
      piece.lastIndex = end
    }
  }
  return null
}

function endOfLuaText(text: string, mark: string, from: number): number | null {
  if (mark === '"' || mark === "'") {
    for (let at = from; at < text.length; at++) {
      if (text[at] === '\\') at++
      else if (text[at] === mark) return at + 1
    }
    return null
  }
  const closing = mark === '--' ? '\n' : mark.replace('--', '').replaceAll('[', ']')
  const end = text.indexOf(closing, from)
  return end === -1 ? null : end + closing.length
}
