/** A string as a JSON string (RFC 8259 §7) that is also safe to print to a terminal. For values that strangers chose. */
import { isUtf8 } from 'node:buffer'

/** With the `u` flag a pair of surrogates is one character, so only lone ones match; C1, line separators and bidi marks fool terminals. */
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]/gu

export function jsonText(value: string): string {
  if (isPlain(value)) return `"${value}"`
  return `"${decoded(value).replace(UNSAFE, escaped)}"`
}

/** A loop, because for texts of this length it takes half the time of a regular expression. */
function isPlain(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false
  }
  return true
}

/** Field values are read as Latin-1, one character a byte; what is UTF-8 is shown as the characters that were meant. */
function decoded(value: string): string {
  for (let at = 0; at < value.length; at++) if (value.charCodeAt(at) > 0xff) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
