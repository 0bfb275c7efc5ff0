/** What comes of reading one value that a person wrote: the value, or what is wrong with it and what was probably meant. */

export type Misread = {
  readonly ok: false
  /** Goes after the path: `"3sec" is not a duration`. One or more whole sentences. */
  readonly message: string
  /** What to write instead, ready to paste, where that can be guessed. */
  readonly suggestion: string | null
  /** It is not even of the right type, so another form of the same key may be meant. */
  readonly isWrongType: boolean
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | Misread

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function misread(message: string, suggestion: string | null = null): Misread {
  return { ok: false, message, suggestion, isWrongType: false }
}

export function wrongType(expected: string, value: unknown, suggestion: string | null = null): Misread {
  return { ok: false, message: `must be ${expected}, not ${describeValue(value)}.`, suggestion, isWrongType: true }
}

/** For what is written in this program itself: anything but a value is a bug. */
export function certain<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.message)
  return result.value
}

const SHOWN_MAX = 60

/** A value as a message shows it: short, on one line, without control characters. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  return quote(value)
}

export function quote(value: unknown): string {
  const shown = typeof value === 'string' ? JSON.stringify(hideCredentials(value)) : String(value)
  return shown.length <= SHOWN_MAX ? shown : `${shown.slice(0, SHOWN_MAX - 2)}…"`
}

/** `http://me:secret@host` as it may be shown. */
export function hideCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s"']+@/g, '//***@')
}
