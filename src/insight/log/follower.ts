/** Goes on with a log where its reading ended, while it grows and when it is rotated: renamed and made anew, or cut short. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { Read } from './line-reader.ts'
import type { LogReader } from './log-reader.ts'

const CHUNK_BYTES = 1 << 20

export class Follower {
  readonly reader: LogReader
  readonly #path: string
  #file: FileHandle | null
  #at: number
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES)

  /** `file`: the open file, read up to `at`; it is closed here. */
  constructor(options: { path: string; reader: LogReader; file: FileHandle | null; at: number }) {
    this.#path = options.path
    this.reader = options.reader
    this.#file = options.file
    this.#at = options.at
  }

  /** What was written since the last look. */
  async look(): Promise<readonly Read[]> {
    const entries = await this.#readOn()
    const isOther = await this.#isOther()
    // What was written between the two belongs to the old file.
    if (isOther) entries.push(...(await this.#readOn()), ...this.reader.flush(), ...(await this.#reopen()))
    if (entries.length === 0) entries.push(...this.reader.flush())
    return entries
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = null
  }

  async #readOn(): Promise<Read[]> {
    const entries: Read[] = []
    while (this.#file !== null) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, CHUNK_BYTES, this.#at)
      if (bytesRead === 0) break
      this.#at += bytesRead
      entries.push(...this.reader.feed(this.#buffer.subarray(0, bytesRead)))
    }
    return entries
  }

  async #isOther(): Promise<boolean> {
    try {
      const now = await stat(this.#path)
      if (this.#file === null) return true
      const former = await this.#file.stat()
      return now.ino !== former.ino || now.dev !== former.dev || now.size < this.#at
    } catch {
      // Between the renaming and the new file there is none.
      return false
    }
  }

  async #reopen(): Promise<Read[]> {
    await this.close()
    this.#at = 0
    this.reader.restart()
    try {
      this.#file = await open(this.#path)
    } catch {
      return []
    }
    return this.#readOn()
  }
}
