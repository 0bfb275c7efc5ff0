/**
 * The extensions of a chunk, RFC 9112 §7.1.1: `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`.
 * Nobody uses them, so they are checked and forgotten; loosely read ones have served to smuggle requests.
 */
import { isBlank, TOKEN, VALUE } from './grammar.ts'

const SEMICOLON = 0x3b
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c

const State = { before: 0, start: 1, name: 2, named: 3, equals: 4, token: 5, quoted: 6, escaped: 7, after: 8 } as const

export class ChunkExtension {
  #state: number = State.before
  bytes = 0

  /** `byte` is the first behind the size: a semicolon or a blank. */
  begin(byte: number): void {
    this.bytes = 0
    this.#state = byte === SEMICOLON ? State.start : State.before
  }

  /** Takes the next byte; false where it cannot stand there. */
  step(byte: number): boolean {
    this.bytes++
    const next = after(this.#state, byte)
    if (next < 0) return false
    this.#state = next
    return true
  }

  /** May the line end here? */
  get isWhole(): boolean {
    return this.#state === State.name || this.#state === State.token || this.#state === State.after
  }
}

function after(state: number, byte: number): number {
  switch (state) {
    case State.before:
      return byte === SEMICOLON ? State.start : isBlank(byte) ? state : -1
    case State.start:
      return TOKEN[byte] === 1 ? State.name : isBlank(byte) ? state : -1
    case State.name:
      return TOKEN[byte] === 1
        ? state
        : byte === EQUALS
          ? State.equals
          : byte === SEMICOLON
            ? State.start
            : isBlank(byte)
              ? State.named
              : -1
    case State.named:
      return byte === EQUALS ? State.equals : byte === SEMICOLON ? State.start : isBlank(byte) ? state : -1
    case State.equals:
      return byte === QUOTE ? State.quoted : TOKEN[byte] === 1 ? State.token : isBlank(byte) ? state : -1
    case State.token:
      return TOKEN[byte] === 1 ? state : byte === SEMICOLON ? State.start : isBlank(byte) ? State.before : -1
    case State.quoted:
      return byte === QUOTE ? State.after : byte === BACKSLASH ? State.escaped : VALUE[byte] === 1 ? state : -1
    case State.escaped:
      return VALUE[byte] === 1 ? State.quoted : -1
    default:
      return byte === SEMICOLON ? State.start : isBlank(byte) ? State.before : -1
  }
}
