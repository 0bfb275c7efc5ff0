/** The options of `Connection` (RFC 9110 §7.6.1), and the fields they nominate for this hop alone. */
import type { Fields } from '../../http/message.ts'

const OPTION_CLOSE = 1
const OPTION_KEEP_ALIVE = 2
const OPTION_UPGRADE = 4
const OPTION_OTHER = 8

export class ConnectionOptions {
  #bits = 0
  #nominated: string[] = []

  reset(): void {
    this.#bits = 0
    if (this.#nominated.length > 0) this.#nominated = []
  }

  /** Adds one field line's value; there may be several. */
  add(value: string): void {
    // What nearly everybody sends, without taking the list apart.
    if (value === 'keep-alive' || value === 'Keep-Alive') this.#bits |= OPTION_KEEP_ALIVE
    else if (value === 'close') this.#bits |= OPTION_CLOSE
    else for (const part of value.split(',')) this.#addOption(part.trim().toLowerCase())
  }

  get isClose(): boolean {
    return (this.#bits & OPTION_CLOSE) !== 0
  }

  get isKeepAlive(): boolean {
    return (this.#bits & OPTION_KEEP_ALIVE) !== 0
  }

  get isUpgrade(): boolean {
    return (this.#bits & OPTION_UPGRADE) !== 0
  }

  /** Takes the nominated fields out. Framing fields and Host never are in `fields`, so nominating those changes nothing. */
  removeNominated(fields: Fields): void {
    if ((this.#bits & OPTION_OTHER) === 0) return
    let kept = 0
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string
      if (this.#nominated.includes(name.toLowerCase())) continue
      fields[kept++] = name
      fields[kept++] = fields[i + 1] as string
    }
    fields.length = kept
  }

  isNominated(lowerName: string): boolean {
    return (this.#bits & OPTION_OTHER) !== 0 && this.#nominated.includes(lowerName)
  }

  #addOption(option: string): void {
    if (option === 'close') this.#bits |= OPTION_CLOSE
    else if (option === 'keep-alive') this.#bits |= OPTION_KEEP_ALIVE
    else if (option === 'upgrade') this.#bits |= OPTION_UPGRADE
    else if (option !== '') {
      this.#bits |= OPTION_OTHER
      this.#nominated.push(option)
    }
  }
}
