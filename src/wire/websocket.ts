/**
 * What a proxy has to know of WebSocket frames to end a connection in good order: where one frame ends and the next begins, and how
 * a Close frame is written. RFC 6455 §5.2 and §5.5.1. Payloads are not looked at.
 */

/** RFC 6455 §7.4.1 and its registry: the service restarts, connect again. */
export const SERVICE_RESTART = 1012

/** The longest header: two octets, eight for the length, four for a mask. */
const HEADER_BYTES_MAX = 14

/** Follows the frames of one direction, which must be told of every byte from the first one on. */
export class FrameFollower {
  readonly #header = Buffer.alloc(HEADER_BYTES_MAX)
  #headerLength = 0
  #payloadLeft = 0

  /** All that was followed ends with a whole frame. */
  get isAtBoundary(): boolean {
    return this.#headerLength === 0 && this.#payloadLeft === 0
  }

  /** Follows bytes `start` to `end`, with `isStopping` only to the next boundary. Returns the offset behind what was followed. */
  follow(bytes: Buffer, start: number, end: number, isStopping: boolean): number {
    let at = start
    while (at < end) {
      if (this.#payloadLeft > 0) {
        const length = Math.min(this.#payloadLeft, end - at)
        this.#payloadLeft -= length
        at += length
      } else at = this.#readHeader(bytes, at, end)
      if (isStopping && this.isAtBoundary) return at
    }
    return end
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    const header = this.#header
    let at = start
    while (at < end) {
      header[this.#headerLength++] = bytes[at++] as number
      if (this.#headerLength < 2 || this.#headerLength < headerBytes(header)) continue
      this.#headerLength = 0
      this.#payloadLeft = payloadBytes(header)
      break
    }
    return at
  }
}

/** From a server to a client, so not masked. The reason is for who reads logs. */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason)
  const frame = Buffer.alloc(4 + text.length)
  frame[0] = 0x88
  frame[1] = 2 + text.length
  frame.writeUInt16BE(code, 2)
  text.copy(frame, 4)
  return frame
}

function headerBytes(header: Buffer): number {
  const second = header[1] as number
  const length = second & 0x7f
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0)
}

function payloadBytes(header: Buffer): number {
  const length = (header[1] as number) & 0x7f
  if (length < 126) return length
  return length === 126 ? header.readUInt16BE(2) : header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6)
}
