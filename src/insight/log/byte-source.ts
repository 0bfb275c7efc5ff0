/** Where the bytes of a log come from: a file, a stream, memory; plain, gzip or zstd, told by how they begin. */
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { unpackZstd } from './zstd-frame.ts'

export interface ByteSource {
  /** Bytes read into the buffer, 0 at the end. */
  read(into: Buffer, at: number): Promise<number>
  /** Bytes taken from where they lie, compressed as they may be. */
  readonly taken: number
  /** The open file, where the bytes are read from it as they lie: whoever takes it closes it. */
  readonly file: FileHandle | null
  close(): Promise<void>
}

/** `bytes`: how many there are, null where that is not known. */
export type LogSource = { readonly name: string; readonly bytes: number | null; readonly open: () => Promise<ByteSource> }

export function fileSource(path: string, bytes: number | null): LogSource {
  return {
    name: path,
    bytes,
    open: async () => {
      const file = await open(path)
      const head = Buffer.alloc(4)
      const { bytesRead } = await file.read(head, 0, 4, 0)
      const unpacker = unpackerOf(head.subarray(0, bytesRead))
      if (unpacker === null) return new FileBytes(file)
      const stream = file.createReadStream({ start: 0, highWaterMark: CHUNK })
      return new StreamBytes(stream, unpacker)
    },
  }
}

export function streamSource(name: string, stream: Readable): LogSource {
  return { name, bytes: null, open: async () => StreamBytes.sniff(stream) }
}

export function memorySource(name: string, bytes: Buffer): LogSource {
  return { name, bytes: bytes.length, open: async () => StreamBytes.sniff(Readable.from([bytes])) }
}

const CHUNK = 1 << 20

type Unpack = (packed: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** Null for bytes that are plain. */
function unpackerOf(head: Buffer): Unpack | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return unpackGzip
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return unpackZstd
  return null
}

function unpackGzip(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return Readable.from(packed, { objectMode: false }).pipe(createGunzip({ chunkSize: 1 << 18 }))
}

class FileBytes implements ByteSource {
  taken = 0
  readonly file: FileHandle

  constructor(file: FileHandle) {
    this.file = file
  }

  async read(into: Buffer, at: number): Promise<number> {
    const { bytesRead } = await this.file.read(into, at, into.length - at, null)
    this.taken += bytesRead
    return bytesRead
  }

  close(): Promise<void> {
    return this.file.close()
  }
}

class StreamBytes implements ByteSource {
  taken = 0
  readonly file = null
  readonly #raw: Readable
  readonly #chunks: AsyncIterator<Buffer>
  #chunk: Buffer | null = null
  #at = 0

  /** `first`: bytes that were taken from the stream already. */
  constructor(raw: Readable, unpack: Unpack | null, first: readonly Buffer[] = []) {
    this.#raw = raw
    const counted = this.#count(raw, first)
    const chunks = unpack === null ? counted : unpack(counted)
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  static async sniff(stream: Readable): Promise<StreamBytes> {
    const first: Buffer[] = []
    const chunks = stream.iterator({ destroyOnReturn: false })
    while (first.reduce((sum, chunk) => sum + chunk.length, 0) < 4) {
      const { value, done } = await chunks.next()
      if (done) break
      first.push(Buffer.from(value))
    }
    return new StreamBytes(stream, unpackerOf(Buffer.concat(first)), first)
  }

  async read(into: Buffer, at: number): Promise<number> {
    if (this.#chunk === null) {
      const { value, done } = await this.#chunks.next()
      if (done) return 0
      this.#chunk = value
      this.#at = 0
    }
    const chunk = this.#chunk as Buffer
    const bytes = chunk.copy(into, at, this.#at)
    this.#at += bytes
    if (this.#at === chunk.length) this.#chunk = null
    return bytes
  }

  async close(): Promise<void> {
    this.#raw.destroy()
  }

  async *#count(raw: Readable, first: readonly Buffer[]): AsyncGenerator<Buffer> {
    for (const chunk of first) {
      this.taken += chunk.length
      yield chunk
    }
    if (raw.readableEnded) return
    for await (const chunk of raw) {
      this.taken += chunk.length
      yield chunk as Buffer
    }
  }
}
