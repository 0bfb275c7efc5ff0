/**
 * The framing of a body that is being read: declared length, chunked (RFC 9112 §7.1), until close, or none.
 * `read()` takes bytes as they come and hands on what is content; it keeps no content itself.
 */

import type { Fields } from '../../http/message.ts'
import { ChunkExtension } from './chunk-extension.ts'
import { FieldScanner, INCOMPLETE, REFUSED } from './field-scanner.ts'
import { CR, HEX, HTAB, LF, SP } from './grammar.ts'

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
const EXTENSION_BYTES_MAX = 4_096
const TRAILER_BYTES_MAX = 8 * 1_024
const TRAILERS_MAX = 64
const NO_BYTES = Buffer.alloc(0)
const scanner = new FieldScanner()

/** Fields that must not come after the body, for they route, authenticate or describe it. RFC 9110 §6.5.1. */
const NOT_IN_TRAILERS = new Set(
  (
    'host connection keep-alive te trailer upgrade expect range cache-control max-forwards ' +
    'authorization proxy-authorization proxy-authenticate www-authenticate set-cookie cookie content-encoding content-type ' +
    'content-range forwarded via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-request-id ' +
    'proxy proxy-connection http2-settings location retry-after vary age'
  ).split(' '),
)

export class BodyReader {
  #state: number = State.done
  #left = 0
  #digits = 0
  #extension: ChunkExtension | null = null
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
    this.#left = this.#digits = 0
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
        return this.#stepExtension(byte, this.#extension as ChunkExtension)
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
        this.#left = this.#digits = 0
    }
  }

  #beginExtension(byte: number): void {
    this.#state = State.extension
    this.#extension ??= new ChunkExtension()
    this.#extension.begin(byte)
  }

  #stepExtension(byte: number, extension: ChunkExtension): void {
    if (byte === CR && extension.isWhole) this.#state = State.sizeLf
    else if (!extension.step(byte)) this.#break('chunk-extension')
    else if (extension.bytes > EXTENSION_BYTES_MAX) this.#break('chunk-extension-size')
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
    const trailers = trailersOf(section)
    if (trailers === null) {
      this.#break('trailer-framing')
      return end
    }
    this.trailers = trailers
    this.#state = State.done
    return start + (next - before)
  }

  #break(fault: string): void {
    this.fault = fault
    this.#state = State.broken
  }
}

/** Null where a trailer would frame the message anew: nobody who means well sends one. */
function trailersOf(section: Buffer): Fields | null {
  const trailers: Fields = []
  for (let slot = 0; slot < scanner.count * 4; slot += 4) {
    const name = section.latin1Slice(scanner.offsets[slot], scanner.offsets[slot + 1])
    const value = section.latin1Slice(scanner.offsets[slot + 2], scanner.offsets[slot + 3])
    // An underscore is a hyphen to some that read them, see disguise.ts.
    const meant = name.toLowerCase().replaceAll('_', '-')
    if (meant === 'content-length' || meant === 'transfer-encoding') return null
    if (!NOT_IN_TRAILERS.has(meant)) trailers.push(name, value)
  }
  return trailers
}
