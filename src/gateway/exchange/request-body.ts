/**
 * The body of a request on its way upstream. It flows at once, and up to a limit a copy stays behind, so that the request
 * can be sent again. Past that limit it only streams, and the exchange has no second try.
 */
import type { Fields } from '../../http/message.ts'

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

export class RequestBody {
  /** Where it comes from. */
  source: BodySource
  readonly #pool: ReplayPool
  #pieces: Buffer[] = []
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

  begin(replayBytesMax: number): void {
    this.release()
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
    if (this.#pieces.length === 1) return this.#pieces[0] as Buffer
    return Buffer.concat(this.#pieces)
  }

  /** Content from the client. `isShared`: the bytes are only good now. */
  push(bytes: Buffer, isShared: boolean): void {
    this.bytes += bytes.length
    const writer = this.#writer
    const isKept = !this.#isOver && this.bytes <= this.#bytesMax && this.#pool.take(bytes.length)
    if (isKept) {
      const copy = Buffer.from(bytes)
      this.#pieces.push(copy)
      this.#keptBytes += bytes.length
      if (writer !== null && !writer.writeContent(copy)) this.#pause()
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

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.source.pauseBody()
  }

  #drop(): void {
    if (this.#pieces.length > 0) this.#pieces = []
    if (this.#keptBytes > 0) this.#pool.give(this.#keptBytes)
    this.#keptBytes = 0
  }
}
