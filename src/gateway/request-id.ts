/**
 * Names for exchanges: unique across processes and restarts, short enough to read out on the telephone, ordered in time.
 * Not secret. One that a trusted peer sent is kept if it is harmless.
 */
import { randomBytes } from 'node:crypto'

const PREFIX_BYTES = 5
const KEPT = /^[A-Za-z0-9._~:+/=@-]{1,128}$/

export class RequestIds {
  readonly #prefix: string
  #count = 0

  /** `prefix`: what tells this process from all others; random unless a test needs it to be known. */
  constructor(prefix: string = randomBytes(PREFIX_BYTES).toString('hex')) {
    this.#prefix = prefix
  }

  next(): string {
    return `${this.#prefix}-${(++this.#count).toString(36)}`
  }

  static isKept(id: string): boolean {
    return KEPT.test(id)
  }
}
