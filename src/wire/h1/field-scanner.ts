/**
 * The field section of a head, found and checked byte by byte. RFC 9112 §5, strictly: no space before the colon, no folding,
 * no bare CR or LF, no NUL. It makes no strings: what the fields mean is the business of request-head.ts and response-head.ts.
 */
import { COLON, CR, HTAB, isBlank, LF, SP, TOKEN, VALUE } from './grammar.ts'

/** Why a line is refused: a stable name for evidence. */
export type LineFault = 'field-name' | 'space-before-colon' | 'line-folding' | 'field-value' | 'bare-cr' | 'bare-lf' | 'nul' | 'field-count'

/** More lines than any limit allows; the offsets of all of them fit. */
const LINES_MAX = 1_024

/** What the scanners and parsers return instead of an offset. */
export const INCOMPLETE = 0
export const REFUSED = -1

export class FieldScanner {
  /** Four offsets a line: name start, name end, value start, value end. */
  readonly offsets = new Int32Array(4 * LINES_MAX)
  count = 0
  fault: LineFault = 'field-name'

  /** Reads lines from `start` up to the empty one. Returns the offset behind that, `INCOMPLETE`, or `REFUSED`. */
  scan(bytes: Uint8Array, start: number, end: number, linesMax: number): number {
    const { offsets } = this
    let at = start
    let slot = 0
    this.count = 0
    while (at < end) {
      let byte = bytes[at] as number
      if (byte === CR) return this.#finish(bytes, at, end, slot)
      const nameStart = at
      while (TOKEN[byte] === 1) {
        if (++at >= end) return INCOMPLETE
        byte = bytes[at] as number
      }
      if (byte !== COLON || at === nameStart) return this.#refuseName(byte, at === nameStart)
      const nameEnd = at
      if (++at >= end) return INCOMPLETE
      for (byte = bytes[at] as number; byte === SP || byte === HTAB; byte = bytes[at] as number) if (++at >= end) return INCOMPLETE
      const valueStart = at
      while (VALUE[byte] === 1) {
        if (++at >= end) return INCOMPLETE
        byte = bytes[at] as number
      }
      if (byte !== CR) return this.#refuse(byte === LF ? 'bare-lf' : byte === 0 ? 'nul' : 'field-value')
      if (at + 1 >= end) return INCOMPLETE
      if (bytes[at + 1] !== LF) return this.#refuse('bare-cr')
      let valueEnd = at
      while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1] as number)) valueEnd--
      if (slot >= linesMax * 4 || slot >= offsets.length) return this.#refuse('field-count')
      offsets[slot] = nameStart
      offsets[slot + 1] = nameEnd
      offsets[slot + 2] = valueStart
      offsets[slot + 3] = valueEnd
      slot += 4
      at += 2
    }
    return INCOMPLETE
  }

  #finish(bytes: Uint8Array, at: number, end: number, slot: number): number {
    if (at + 1 >= end) return INCOMPLETE
    if (bytes[at + 1] !== LF) return this.#refuse('bare-cr')
    this.count = slot / 4
    return at + 2
  }

  #refuseName(byte: number, isFirst: boolean): -1 {
    if (isBlank(byte)) return this.#refuse(isFirst ? 'line-folding' : 'space-before-colon')
    if (byte === LF) return this.#refuse('bare-lf')
    if (byte === 0) return this.#refuse('nul')
    return this.#refuse('field-name')
  }

  #refuse(fault: LineFault): -1 {
    this.fault = fault
    return REFUSED
  }
}
