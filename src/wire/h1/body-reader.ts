/**
 * The framing of a body that is being read: declared length, chunked (RFC 9112 §7.1), until close, or none.
 * `read()` takes bytes as they come and hands on what is content; it keeps no content itself.
 */

import type { Fields } from '../../http/message.ts'
import { FieldScanner, INCOMPLETE, REFUSED } from './field-scanner.ts'
import { CR, HEX, HTAB, LF, SP, VALUE } from './grammar.ts'

/** Takes content as it is decoded. The bytes are only good until it returns. */
export type ContentTaker = { onContent(bytes: Buffer): void }

const State = {
  length: 1,
  close: 2,
  size: 3,
  extension: 4,
  sizeLf: 5,
  data: 6,
  dataCr: 7,
  dataLf: 8,
  trailer: 9,
  done: 10,
  broken: 11,
} as const

const SIZE_DIGITS_MAX = 12
const LINE_BYTES_MAX = 4_096
const TRAILER_BYTES_MAX = 8 * 1_024
const TRAILERS_MAX = 64
const NO_BYTES = Buffer.alloc(0)
const scanner = new FieldScanner()

/** Fields that must not come after the body: framing, routing, authentication. RFC 9110 §6.5.1. */
const NOT_IN_TRAILERS = new Set(
  (
    'transfer-encoding content-length host connection keep-alive te trailer upgrade expect range cache-control max-forwards ' +
    'authorization proxy-authorization proxy-authenticate www-authenticate set-cookie cookie content-encoding content-type ' +
    'content-range forwarded via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-request-id ' +
    'proxy proxy-connection http2-settings location retry-after vary age'
  ).split(' '),
)

export class BodyReader {
  #state: number = State.done
  #left = 0
  #digits = 0
  #lineBytes = 0
  #trailerBytes = NO_BYTES
  trailers: Fields = []
  /** Why the framing is broken, a stable name for evidence. */
  fault = ''

  beginNone(): void {
    this.#state = State.done
    this.#left = 0
  }

  beginLength(bytes: number): void {
    this.#left = bytes
    this.#state = bytes === 0 ? State.done : State.length
  }

  beginChunked(): void {
    this.#state = State.size
    this.#left = this.#digits = this.#lineBytes = 0
    this.#trailerBytes = NO_BYTES
    if (this.trailers.length > 0) this.trailers = []
  }

  beginUntilClose(): void {
    this.#state = State.close
  }

  get isDone(): boolean {
    return this.#state === State.done
  }

  get isBroken(): boolean {
    return this.#state === State.broken
  }

  /** Only the end of the connection ends this body. */
  get isUntilClose(): boolean {
    return this.#state === State.close
  }

  /** Bytes still to come of a declared length; of a chunked body, of the chunk. */
  get left(): number {
    return this.#left
  }

  /** Reads bytes `start` to `end`, passes content to `taker`, and returns the offset behind what belonged to this body. */
  read(bytes: Buffer, start: number, end: number, taker: ContentTaker): number {
    switch (this.#state) {
      case State.done:
      case State.broken:
        return start
      case State.close:
        if (end > start) taker.onContent(bytes.subarray(start, end))
        return end
      case State.length: {
        const stop = Math.min(end, start + this.#left)
        this.#left -= stop - start
        if (this.#left === 0) this.#state = State.done
        if (stop > start) taker.onContent(bytes.subarray(start, stop))
        return stop
      }
      default:
        return this.#readChunked(bytes, start, end, taker)
    }
  }

  #readChunked(bytes: Buffer, start: number, end: number, taker: ContentTaker): number {
    let at = start
    while (at < end) {
      if (this.#state === State.data) {
        const stop = Math.min(end, at + this.#left)
        this.#left -= stop - at
        if (this.#left === 0) this.#state = State.dataCr
        taker.onContent(bytes.subarray(at, stop))
        at = stop
      } else if (this.#state === State.trailer) {
        at = this.#readTrailers(bytes, at, end)
      } else {
        this.#step(bytes[at] as number)
        at++
      }
      if (this.#state === State.done) return at
      if (this.#state === State.broken) return at
    }
    return at
  }

  /** One byte of chunk framing. */
  #step(byte: number): void {
    switch (this.#state) {
      case State.size:
        if (HEX[byte] === 1) {
          if (++this.#digits > SIZE_DIGITS_MAX) return this.#break('chunk-size-overflow')
          this.#left = this.#left * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57)
          return
        }
        if (this.#digits === 0) return this.#break('chunk-size')
        if (byte === CR) this.#state = State.sizeLf
        // RFC 9112 §7.1.1 allows bad whitespace before an extension, but not before the line's end.
        else if (byte === 0x3b || byte === SP || byte === HTAB) this.#beginExtension(byte)
        else this.#break('chunk-size')
        return
      case State.extension:
        if (byte === CR) {
          if (this.#lineBytes === 0) return this.#break('chunk-size')
          this.#state = State.sizeLf
        } else this.#stepExtension(byte)
        return
      case State.sizeLf:
        if (byte !== LF) return this.#break('chunk-line-end')
        this.#state = this.#left === 0 ? State.trailer : State.data
        return
      case State.dataCr:
        if (byte !== CR) return this.#break('chunk-end')
        this.#state = State.dataLf
        return
      case State.dataLf:
        if (byte !== LF) return this.#break('chunk-end')
        this.#state = State.size
        this.#left = this.#digits = this.#lineBytes = 0
    }
  }

  #beginExtension(byte: number): void {
    this.#state = State.extension
    // Counts from the semicolon: blanks without one behind them are no extension.
    this.#lineBytes = byte === 0x3b ? 1 : 0
  }

  #stepExtension(byte: number): void {
    if (VALUE[byte] !== 1) return this.#break('chunk-extension')
    if (this.#lineBytes === 0) {
      if (byte === 0x3b) this.#lineBytes = 1
      else if (byte !== SP && byte !== HTAB) this.#break('chunk-size')
      return
    }
    if (++this.#lineBytes > LINE_BYTES_MAX) this.#break('chunk-extension-size')
  }

  /** Collects the trailer section until its empty line; it is small or refused. */
  #readTrailers(bytes: Buffer, start: number, end: number): number {
    const before = this.#trailerBytes.length
    const stop = Math.min(end, start + TRAILER_BYTES_MAX + 4)
    const section = before === 0 ? bytes.subarray(start, stop) : Buffer.concat([this.#trailerBytes, bytes.subarray(start, stop)])
    const next = scanner.scan(section, 0, section.length, TRAILERS_MAX)
    if (next === REFUSED) {
      this.#break('trailer')
      return end
    }
    if (next === INCOMPLETE) {
      if (section.length > TRAILER_BYTES_MAX) this.#break('trailer-size')
      this.#trailerBytes = Buffer.from(section)
      return end
    }
    this.trailers = trailersOf(section)
    this.#state = State.done
    return start + (next - before)
  }

  #break(fault: string): void {
    this.fault = fault
    this.#state = State.broken
  }
}

function trailersOf(section: Buffer): Fields {
  const trailers: Fields = []
  for (let slot = 0; slot < scanner.count * 4; slot += 4) {
    const name = section.latin1Slice(scanner.offsets[slot], scanner.offsets[slot + 1])
    const value = section.latin1Slice(scanner.offsets[slot + 2], scanner.offsets[slot + 3])
    // An underscore is a hyphen to some that read them, see disguise.ts.
    if (!NOT_IN_TRAILERS.has(name.toLowerCase().replaceAll('_', '-'))) trailers.push(name, value)
  }
  return trailers
}
