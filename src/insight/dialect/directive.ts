/** The tree that every configuration is read into, whatever its syntax: named settings with words, some with a body, each at its place. */

/** From 1, in characters; `length` on that line. */
export type Place = { readonly file: string; readonly line: number; readonly column: number; readonly length: number }

export type Word = {
  /** Without quotes and escapes. */
  readonly text: string
  readonly isQuoted: boolean
  readonly place: Place
}

export type Directive = {
  /** As written, in lower case where the server does not mind the case. */
  readonly name: string
  readonly words: readonly Word[]
  /** Of the name. */
  readonly place: Place
  /** What stands in its block, and for an include what it brings in; null where it has neither. */
  readonly body: readonly Directive[] | null
}

/** What could not be read. Reading goes on behind it. */
export type Misread = { readonly place: Place; readonly message: string }

export type Reading = { readonly directives: readonly Directive[]; readonly misreads: readonly Misread[] }

/** Gives offsets of a text their places. */
export class PlaceFinder {
  readonly #file: string
  readonly #starts: readonly number[]

  constructor(file: string, text: string) {
    this.#file = file
    const starts = [0]
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#starts = starts
  }

  place(start: number, end: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= start) low = middle
      else high = middle - 1
    }
    return { file: this.#file, line: low + 1, column: start - this.#starts[low]! + 1, length: Math.max(1, end - start) }
  }
}

/** Directives by name, each in its order. */
export function groupByName(directives: Iterable<Directive>): ReadonlyMap<string, readonly Directive[]> {
  const groups = new Map<string, Directive[]>()
  for (const directive of directives) {
    const group = groups.get(directive.name)
    if (group === undefined) groups.set(directive.name, [directive])
    else group.push(directive)
  }
  return groups
}

/** The words of a directive as one text. */
export function argument(directive: Directive): string {
  return directive.words.map(({ text }) => text).join(' ')
}

/** A place that a person finds: `nginx.conf:12`. */
export function formatPlace({ file, line }: Place): string {
  return `${file}:${line}`
}
