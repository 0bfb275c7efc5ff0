/** Words of a line as bytes: what is printable ASCII between single spaces. Anything else is left to whoever reads the line as text. */

export const SPACE = 0x20
const LAST_PRINTABLE = 0x7e
const ZERO = 0x30
const NINE = 0x39
const SLASH = 0x2f
const PLUS = 0x2b
const MINUS = 0x2d

/** Where the word ends that begins here, at the space behind it; -1 where it is empty, not plain, or the last. */
export function endOfWord(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && (bytes[at] as number) > SPACE && (bytes[at] as number) <= LAST_PRINTABLE) at++
  return at > from && at < end && bytes[at] === SPACE ? at : -1
}

export function isPlain(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if ((bytes[at] as number) < SPACE || (bytes[at] as number) > LAST_PRINTABLE) return false
  return true
}

export function isDigits(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if ((bytes[at] as number) < ZERO || (bytes[at] as number) > NINE) return false
  return end > from
}

/** Numbers with `/` between them, so many of them. `isSigned`: any may have a `-`, and the last one a `+` before it. */
export function areCounts(bytes: Buffer, from: number, end: number, { count, isSigned }: { count: number; isSigned: boolean }): boolean {
  let at = from
  for (let left = count; left > 0; left--) {
    if (isSigned && left === 1 && bytes[at] === PLUS) at++
    if (isSigned && bytes[at] === MINUS) at++
    const begin = at
    while (at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++
    if (at === begin) return false
    if (left > 1 && (at >= end || bytes[at++] !== SLASH)) return false
  }
  return at === end
}
