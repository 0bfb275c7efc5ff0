/**
 * Standard error for a log that must not hold up the process: what a stuck or closed terminal or pipe does not take waits for the next
 * line, and when too much waits, lines are dropped. (pino's own destination waits for such a reader for ever when the process ends.)
 */
import { writeSync } from 'node:fs'
import { openStandardStream } from '../std/standard-stream.ts'

const BACKLOG_BYTES_MAX = 64 * 1024
const STDERR = 2

export class StandardError {
  readonly #fd: number
  #waiting: Buffer = Buffer.alloc(0)

  /** `fd`: standard error unless a test has another. */
  constructor(fd: number = openStandardStream(STDERR)) {
    this.#fd = fd
  }

  write(line: string | Buffer): void {
    this.#flush()
    // What waits may begin within a line, so it is always the newer line that is dropped.
    if (this.#waiting.length >= BACKLOG_BYTES_MAX) return
    this.#waiting = Buffer.concat([this.#waiting, typeof line === 'string' ? Buffer.from(line) : line])
    this.#flush()
  }

  #flush(): void {
    try {
      while (this.#waiting.length > 0) this.#waiting = this.#waiting.subarray(writeSync(this.#fd, this.#waiting))
    } catch {
      // Nobody reads, or nobody is left to read: EAGAIN, EPIPE, EIO.
    }
  }
}
