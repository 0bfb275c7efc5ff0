/** Unpacks zstd in several frames (RFC 8878 §3), as `cat` and `pzstd` make it: Node's stream ends with the first one. */
import { createZstdDecompress, type ZstdDecompress } from 'node:zlib'

const CHUNK_BYTES = 1 << 18

export async function* unpackZstd(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]()
  for (let rest = await take(chunks); rest !== null; ) {
    const frame = createZstdDecompress({ chunkSize: CHUNK_BYTES })
    const feeding = feed(frame, rest, chunks)
    yield* frame as AsyncIterable<Buffer>
    rest = (await feeding) ?? (await take(chunks))
  }
}

/** What is left behind the frame; null where it took all. */
async function feed(frame: ZstdDecompress, first: Buffer, chunks: AsyncIterator<Buffer>): Promise<Buffer | null> {
  for (let chunk: Buffer | null = first; chunk !== null; chunk = await take(chunks)) {
    const before = frame.bytesWritten
    await write(frame, chunk)
    const used = frame.bytesWritten - before
    if (used < chunk.length) return chunk.subarray(used)
  }
  frame.end()
  return null
}

/** Until it is unpacked, or the frame is at its end. */
function write(frame: ZstdDecompress, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      frame.off('close', done)
      resolve()
    }
    frame.once('close', done)
    frame.write(chunk, done)
  })
}

async function take(chunks: AsyncIterator<Buffer>): Promise<Buffer | null> {
  const { value, done } = await chunks.next()
  return done === true ? null : value
}
