/** The options of `Connection` (RFC 9110 §7.6.1), and the fields they nominate for this hop alone. */
import { fieldsOf } from '../../http/message.ts'
import { trimBlanks } from './grammar.ts'

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
    else for (const part of value.split(',')) this.#addOption(trimBlanks(part).toLowerCase())
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

  /** Field lines without those nominated. Framing fields and Host never are among them, so nominating those changes nothing. */
  withoutNominated(fieldText: string): string {
    if ((this.#bits & OPTION_OTHER) === 0) return fieldText
    const fields = fieldsOf(fieldText)
    let kept = ''
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string
      if (!this.#nominated.includes(name.toLowerCase())) kept += `${name}: ${fields[i + 1]}\r\n`
    }
    return kept
  }

  #addOption(option: string): void {
    if (option === 'close') this.#bits |= OPTION_CLOSE
    else if (option === 'keep-alive') this.#bits |= OPTION_KEEP_ALIVE
    else if (option === 'upgrade') this.#bits |= OPTION_UPGRADE
    // What says how long the body is cannot be meant for this hop alone.
    else if (option !== '' && option !== 'content-length') {
      this.#bits |= OPTION_OTHER
      this.#nominated.push(option)
    }
  }
}
