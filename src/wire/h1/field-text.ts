/**
 * The fields that pass to the next hop, as text in the one canonical form: `Name: value` CRLF.
 * A line that came in that form is that text already, byte for byte, so neighbours are taken over together as one slice;
 * any other line is written anew.
 */
import { CR, SP } from './grammar.ts'

/** What becomes of a field: it passes to the next hop, or is taken here, or its head is refused for it. */
export const PASSES = 0
export const TAKEN = 1
export const REFUSED_FIELD = 2

export class FieldText {
  #source = ''
  #base = 0
  #text = ''
  #runStart = 0
  #runEnd = 0

  /** `source`: the head's text, which begins at `base` of its bytes. */
  begin(source: string, base: number): void {
    this.#source = source
    this.#base = base
    this.#text = ''
    this.#runStart = this.#runEnd = 0
  }

  /** Adds the line with these bounds in `bytes`. */
  add(bytes: Uint8Array, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const base = this.#base
    const isCanonical = valueStart === nameEnd + 2 && bytes[nameEnd + 1] === SP && bytes[valueEnd] === CR
    if (!isCanonical) {
      this.#close()
      const source = this.#source
      this.#text += `${source.slice(nameStart - base, nameEnd - base)}: ${source.slice(valueStart - base, valueEnd - base)}\r\n`
      return
    }
    if (nameStart - base !== this.#runEnd) {
      this.#close()
      this.#runStart = nameStart - base
    }
    this.#runEnd = valueEnd + 2 - base
  }

  text(): string {
    this.#close()
    return this.#text
  }

  #close(): void {
    if (this.#runEnd > this.#runStart) this.#text += this.#source.slice(this.#runStart, this.#runEnd)
    this.#runStart = this.#runEnd
  }
}
