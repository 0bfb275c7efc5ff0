/**
 * FastCGI records → the output of one request, its error output and its end. FastCGI 1.0 §3.3, §5.3 and §5.5.
 * `read()` takes bytes as they come and hands on what they hold; it keeps none. One request at a time: nobody multiplexes.
 */
import { HEADER_BYTES, PROTOCOL_STATUSES, RecordType, VERSION } from './record.ts'

export interface RecordTaker {
  /** A head as of CGI, then the body. The bytes are only good until it returns. */
  onOutput(bytes: Buffer): void
  /** What the app wrote to its error output, such as warnings of PHP. The bytes are only good until it returns. */
  onErrorOutput(bytes: Buffer): void
  /** `appStatus`: what a CGI program would have exited with. `protocolStatus`: `complete`, or why the server did not take the request. */
  onRequestEnd(appStatus: number, protocolStatus: (typeof PROTOCOL_STATUSES)[number] | 'unknown'): void
}

/** Why this is no FastCGI: a stable name for evidence. */
export type RecordFault = 'version' | 'type' | 'request-id' | 'end-request-size'

const END_BYTES = 8

export class RecordReader {
  /** Null as long as all is well; nothing more is read once it is not. */
  fault: RecordFault | null = null
  readonly #requestId: number
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerLength = 0
  #type = 0
  #contentLeft = 0
  #paddingLeft = 0
  readonly #end = Buffer.alloc(END_BYTES)
  #endLength = 0
  #isDone = false

  constructor(requestId: number) {
    this.#requestId = requestId
  }

  /** The request has ended; on a connection that is kept, the next one begins with `reset()`. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** Nothing of a record is outstanding, as at the end of a connection that was closed in order. */
  get isAtBoundary(): boolean {
    return this.#headerLength === 0 && this.#contentLeft === 0 && this.#paddingLeft === 0
  }

  reset(): void {
    this.fault = null
    this.#headerLength = this.#contentLeft = this.#paddingLeft = this.#endLength = 0
    this.#isDone = false
  }

  /** Reads bytes `start` to `end`. Returns the offset behind what belonged to this request, with its padding. */
  read(bytes: Buffer, start: number, end: number, taker: RecordTaker): number {
    let at = start
    while (at < end && this.fault === null) {
      if (this.#contentLeft > 0) {
        const stop = Math.min(end, at + this.#contentLeft)
        this.#contentLeft -= stop - at
        this.#take(bytes, at, stop, taker)
        at = stop
      } else if (this.#paddingLeft > 0) {
        const skipped = Math.min(end - at, this.#paddingLeft)
        this.#paddingLeft -= skipped
        at += skipped
      } else if (this.#isDone) return at
      else at = this.#readHeader(bytes, at, end)
    }
    return at
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    const header = this.#header
    const taken = bytes.copy(header, this.#headerLength, start, Math.min(end, start + HEADER_BYTES - this.#headerLength))
    this.#headerLength += taken
    // The first octet tells it already: what speaks another protocol may never send eight.
    if (header[0] !== VERSION) this.fault = 'version'
    else if (this.#headerLength === HEADER_BYTES) this.#begin(header)
    return start + taken
  }

  #begin(header: Buffer): void {
    this.#headerLength = 0
    this.#type = header[1] as number
    this.#contentLeft = header.readUInt16BE(4)
    this.#paddingLeft = header[6] as number
    const requestId = header.readUInt16BE(2)
    // §3.3: records of no request, the number 0, are about the server; nothing was asked of it.
    if (requestId === 0 && this.#type >= RecordType.getValues) return
    if (requestId !== this.#requestId) this.fault = 'request-id'
    else if (this.#type === RecordType.endRequest) {
      if (this.#contentLeft !== END_BYTES) this.fault = 'end-request-size'
    } else if (this.#type !== RecordType.stdout && this.#type !== RecordType.stderr) this.fault = 'type'
  }

  #take(bytes: Buffer, start: number, stop: number, taker: RecordTaker): void {
    switch (this.#type) {
      case RecordType.stdout:
        return taker.onOutput(bytes.subarray(start, stop))
      case RecordType.stderr:
        return taker.onErrorOutput(bytes.subarray(start, stop))
      case RecordType.endRequest:
        this.#endLength += bytes.copy(this.#end, this.#endLength, start, stop)
        if (this.#endLength < END_BYTES) return
        this.#isDone = true
        return taker.onRequestEnd(this.#end.readUInt32BE(0), PROTOCOL_STATUSES[this.#end[4] as number] ?? 'unknown')
    }
  }
}
