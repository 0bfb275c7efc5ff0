/** Long bodies whose every byte can be checked without keeping them: what stands where follows from the offset. */
import { randomBytes } from 'node:crypto'
import type { Readable, Writable } from 'node:stream'

const PERIOD_BYTES = 1_000_003
const PIECE_BYTES = 64 * 1024

const period = randomBytes(PERIOD_BYTES)
const twice = Buffer.concat([period, period])

/** Writes so many bytes as fast as they are taken, then ends. */
export async function writePattern(to: Writable, bytes: number, onWritten: (bytes: number) => void = () => {}): Promise<void> {
  for (let at = 0; at < bytes && !to.destroyed; at += PIECE_BYTES) {
    const isTaken = to.write(piece(at, Math.min(PIECE_BYTES, bytes - at)))
    onWritten(at)
    if (!isTaken) await drained(to)
  }
  to.end()
}

/** Reads to the end. How many bytes came; throws at the first one that is not what belongs there. */
export async function readPattern(from: Readable): Promise<number> {
  let at = 0
  for await (const bytes of from as AsyncIterable<Buffer>) {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const part = bytes.subarray(start, start + PIECE_BYTES)
      if (!part.equals(piece(at, part.length))) throw new Error(`the ${part.length} bytes at ${at} are not what was sent`)
      at += part.length
    }
  }
  return at
}

function piece(at: number, length: number): Buffer {
  const start = at % PERIOD_BYTES
  return twice.subarray(start, start + length)
}

function drained(to: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      to.off('drain', done)
      to.off('close', done)
      resolve()
    }
    to.on('drain', done)
    to.on('close', done)
  })
}
