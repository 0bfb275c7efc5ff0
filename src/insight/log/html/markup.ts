/** Texts and numbers for a page: everything that is filled in is escaped, for most of it was written by strangers. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** What HTML cannot have, and what turns the direction of text. */
const STRANGE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g

export function escaped(text: string): string {
  return text.replaceAll(STRANGE, '\ufffd').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string)
}

/** A template whose values are escaped. */
export function html(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return texts.reduce((all, text, index) => `${all}${escaped(String(values[index - 1]))}${text}`)
}

export function percentText(share: number): string {
  const value = share * 100
  return `${value === 0 || value >= 10 ? Math.round(value) : value >= 1 ? value.toFixed(1) : value < 0.01 ? '< 0.01' : value.toFixed(2)} %`
}

/** `2026-11-22 06:11:54`, in UTC. */
export function momentText(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ')
}

export function spanText(first: string | null, last: string | null): string {
  if (first === null || last === null) return ''
  return first === last ? momentText(first) : `${momentText(first)} to ${momentText(last)}`
}
