/**
 * The fields that pass to the next hop, as text in the one canonical form: `Name: value` CRLF.
 * A line that came in that form is that text already, byte for byte, so neighbours are taken over together as one slice;
 * any other line is written anew.
 */

/** What becomes of a field: it passes to the next hop, or is taken here, or its head is refused for it. */
export const PASSES = 0
export const TAKEN = 1
export const REFUSED_FIELD = 2

export class FieldText {
  #source = ''
  #text = ''
  #runStart = 0
  #runEnd = 0

  begin(source: string): void {
    this.#source = source
    this.#text = ''
    this.#runStart = this.#runEnd = 0
  }

  /** Adds the line with these bounds in the source; `isCanonical`: nothing but `: ` and CRLF is around name and value. */
  add(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number, isCanonical: boolean): void {
    if (!isCanonical) {
      this.#close()
      this.#text += `${this.#source.slice(nameStart, nameEnd)}: ${this.#source.slice(valueStart, valueEnd)}\r\n`
      return
    }
    if (nameStart !== this.#runEnd) {
      this.#close()
      this.#runStart = nameStart
    }
    this.#runEnd = valueEnd + 2
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
