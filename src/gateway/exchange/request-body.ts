/**
 * The body of a request on its way upstream. It flows at once, and up to a limit a copy stays behind, so that the request
 * can be sent again. Past that limit it only streams, and the exchange has no second try.
 */
import type { Fields } from '../../http/message.ts'
import { SlabStock } from './slab-stock.ts'

/** Writes content to an upstream; false means pause, `resume()` follows. */
export interface BodyWriter {
  writeContent(bytes: Buffer): boolean
  endContent(trailers: Fields): void
}

/** Where the content comes from, to be held back when it comes too fast. */
export interface BodySource {
  pauseBody(): void
  resumeBody(): void
}

/** The bytes that all exchanges together may keep for replay. */
export class ReplayPool {
  readonly slabs = new SlabStock()
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false
    this.#bytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}

const NO_TRAILERS: Fields = []
/** Room before a body in its slab: with the request's head there, both go out in one write. */
const HEAD_BYTES_MAX = 2 * 1_024
/** Of a body whose length is not declared. */
const USUAL_BYTES = 16 * 1_024

export class RequestBody {
  /** Where it comes from. */
  source: BodySource
  readonly #pool: ReplayPool
  #pieces: Buffer[] = []
  /** Where all pieces are, one behind the other, or the first ones of them; null for none. */
  #slab: Buffer | null = null
  #slabEnd = 0
  #isInSlab = true
  /** Something may still be read from the slab when this body is forgotten. */
  #isSlabLent = false
  #expectedBytes = 0
  #keptBytes = 0
  #bytesMax = 0
  #writer: BodyWriter | null = null
  #isPaused = false
  /** More came than may be kept: the next writer is the last. */
  #isOver = false
  #trailers: Fields = NO_TRAILERS
  /** All of it has come from the client. */
  isEnded = true
  /** Everything that came is still here and can be sent again. */
  isReplayable = true
  /** Content received so far. */
  bytes = 0
  /** When the last of it came, monotonic milliseconds; kept by who reads it. */
  progressAt = 0

  constructor(source: BodySource, pool: ReplayPool) {
    this.source = source
    this.#pool = pool
  }

  beginNone(): void {
    if (this.bytes > 0) this.release()
    this.isEnded = true
    this.isReplayable = true
    this.bytes = this.progressAt = 0
  }

  /** `length`: what is declared, or negative. */
  begin(replayBytesMax: number, length = -1): void {
    this.release()
    this.#expectedBytes = Math.min(length < 0 ? USUAL_BYTES : length, replayBytesMax)
    this.#bytesMax = replayBytesMax
    this.isEnded = false
    this.isReplayable = true
    this.bytes = this.progressAt = 0
    this.#trailers = NO_TRAILERS
    this.#isPaused = this.#isOver = false
  }

  /** What has been kept, when that is all there is and it is whole; null otherwise. For sending it along with the head. */
  whole(): Buffer | null {
    if (!this.isEnded || this.#isOver || this.#trailers.length > 0) return null
    if (this.#slab !== null && this.#isInSlab) return this.#slab.subarray(HEAD_BYTES_MAX, this.#slabEnd)
    return this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
  }

  /** The same with the request's head before it, ready to be sent in one write; null where that would need copying. */
  wholeWith(head: string): Buffer | null {
    const slab = this.#slab
    if (slab === null || !this.#isInSlab || head.length > HEAD_BYTES_MAX) return null
    const from = HEAD_BYTES_MAX - head.length
    slab.latin1Write(head, from, head.length)
    return slab.subarray(from, this.#slabEnd)
  }

  /** What `whole` or `wholeWith` gave is still needed when this body is forgotten. */
  lend(): void {
    this.#isSlabLent = true
  }

  /** Content from the client. `isShared`: the bytes are only good now. */
  push(bytes: Buffer, isShared: boolean): void {
    this.bytes += bytes.length
    const writer = this.#writer
    const isKept = !this.#isOver && this.bytes <= this.#bytesMax && this.#pool.take(bytes.length)
    if (isKept) {
      const copy = this.#copy(bytes)
      this.#pieces.push(copy)
      this.#keptBytes += bytes.length
      if (writer !== null && !writer.writeContent(copy)) this.#block()
      return
    }
    this.#isOver = true
    if (writer === null) {
      // Nobody to send it to yet, and no room to keep more: hold the client back. Nothing is lost so far.
      this.#pieces.push(Buffer.from(bytes))
      return this.#pause()
    }
    this.isReplayable = false
    this.#drop()
    if (!writer.writeContent(isShared ? Buffer.from(bytes) : bytes)) this.#pause()
  }

  end(trailers: Fields): void {
    this.isEnded = true
    this.#trailers = trailers
    this.#writer?.endContent(trailers)
  }

  /** Sends what is here to `writer`, and all that comes. */
  attach(writer: BodyWriter): void {
    this.#writer = writer
    let isFlowing = true
    for (const piece of this.#pieces) isFlowing = writer.writeContent(piece) && isFlowing
    if (!isFlowing) this.#isSlabLent = true
    if (this.#isOver) {
      this.isReplayable = false
      this.#drop()
    }
    if (this.isEnded) writer.endContent(this.#trailers)
    else if (isFlowing) this.resume()
    else this.#pause()
  }

  detach(): void {
    this.#writer = null
  }

  /** The writer can take more. */
  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.source.resumeBody()
  }

  /** Forgets what was kept: nothing will be sent again. */
  release(): void {
    this.#writer = null
    this.#drop()
  }

  #copy(bytes: Buffer): Buffer {
    if (this.#slab === null && this.#pieces.length === 0) {
      this.#slab = this.#pool.slabs.take(HEAD_BYTES_MAX + Math.max(this.#expectedBytes, bytes.length))
      this.#slabEnd = HEAD_BYTES_MAX
      this.#isInSlab = true
      this.#isSlabLent = false
    }
    const slab = this.#slab
    const from = this.#slabEnd
    const to = from + bytes.length
    if (slab === null || to > slab.length) {
      this.#isInSlab = false
      return Buffer.from(bytes)
    }
    bytes.copy(slab, from)
    this.#slabEnd = to
    return slab.subarray(from, to)
  }

  /** The writer has not taken it all. */
  #block(): void {
    this.#isSlabLent = true
    this.#pause()
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.source.pauseBody()
  }

  #drop(): void {
    if (this.#pieces.length > 0) this.#pieces = []
    if (this.#slab !== null) {
      if (!this.#isSlabLent) this.#pool.slabs.give(this.#slab)
      this.#slab = null
    }
    if (this.#keptBytes > 0) this.#pool.give(this.#keptBytes)
    this.#keptBytes = 0
  }
}
