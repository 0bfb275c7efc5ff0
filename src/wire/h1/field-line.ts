/**
 * The field lines of a head, one by one. RFC 9112 §5, strictly: no space before the colon, no folding, no bare CR or LF, no NUL.
 * What the fields mean is the business of request-head.ts and response-head.ts.
 */
import { COLON, CR, HTAB, LF, SP, TOKEN, VALUE } from './grammar.ts'

/** Why a line is refused: a stable name for evidence. */
export type LineFault = 'field-name' | 'space-before-colon' | 'line-folding' | 'field-value' | 'bare-cr' | 'bare-lf' | 'nul'

/**
 * A cursor over field lines. `next()` moves to the next line and leaves its bounds in the public members.
 * One scanner serves one thread of parsing; it holds no reference between heads but the text.
 */
export class LineScanner {
  text = ''
  at = 0
  nameStart = 0
  nameEnd = 0
  valueStart = 0
  valueEnd = 0
  fault: LineFault = 'field-name'

  begin(text: string, at: number): void {
    this.text = text
    this.at = at
  }

  /** 1: a line; 0: the empty line that ends the head, `at` stands behind it; -1: the text ends midway; -2: refused, see `fault`. */
  next(): 1 | 0 | -1 | -2 {
    const text = this.text
    const length = text.length
    let at = this.at
    if (at >= length) return -1
    let code = text.charCodeAt(at)
    if (code === CR) return this.#finish(at)
    this.nameStart = at
    while (TOKEN[code] === 1) {
      if (++at >= length) return -1
      code = text.charCodeAt(at)
    }
    if (code !== COLON || at === this.nameStart) return this.#refuseName(code, at)
    this.nameEnd = at++
    for (code = text.charCodeAt(at); (code === SP || code === HTAB) && at < length; ) code = text.charCodeAt(++at)
    this.valueStart = at
    while (at < length && VALUE[code] === 1) code = text.charCodeAt(++at)
    if (at >= length) return -1
    if (code !== CR) return this.#refuse(code === LF ? 'bare-lf' : code === 0 ? 'nul' : 'field-value')
    if (at + 1 >= length) return -1
    if (text.charCodeAt(at + 1) !== LF) return this.#refuse('bare-cr')
    this.at = at + 2
    while (at > this.valueStart && isBlank(text.charCodeAt(at - 1))) at--
    this.valueEnd = at
    return 1
  }

  name(): string {
    return this.text.slice(this.nameStart, this.nameEnd)
  }

  value(): string {
    return this.text.slice(this.valueStart, this.valueEnd)
  }

  #finish(at: number): 0 | -1 | -2 {
    if (at + 1 >= this.text.length) return -1
    if (this.text.charCodeAt(at + 1) !== LF) return this.#refuse('bare-cr')
    this.at = at + 2
    return 0
  }

  #refuseName(code: number, at: number): -2 {
    if (isBlank(code)) return this.#refuse(at === this.nameStart ? 'line-folding' : 'space-before-colon')
    if (code === LF) return this.#refuse('bare-lf')
    if (code === 0) return this.#refuse('nul')
    return this.#refuse('field-name')
  }

  #refuse(fault: LineFault): -2 {
    this.fault = fault
    return -2
  }
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB
}
