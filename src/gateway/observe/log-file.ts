/** Opening what the access log is written to, so that no write to it can ever block. */
import { close, constants, fstatSync, open, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import { openStandardStream } from '../../std/standard-stream.ts'

export type LogFile = {
  readonly fd: number
  /** Writes up to this many bytes are never torn apart by another writer; 0 where any size is whole. */
  readonly atomicBytes: number
  close(): Promise<void>
}

/** POSIX `PIPE_BUF` on Linux. */
const PIPE_BUF = 4096
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK
const MODE = 0o640
const STDOUT = 1

/** Rejects with Node's error. `path` null is standard output. */
export async function openLogFile(path: string | null): Promise<LogFile> {
  const fd = path === null ? openStandardStream(STDOUT) : await promisify(open)(path, FLAGS, MODE)
  return { fd, atomicBytes: atomicBytesOf(fstatSync(fd)), close: () => (fd === STDOUT ? Promise.resolve() : promisify(close)(fd)) }
}

function atomicBytesOf(stats: Stats): number {
  return stats.isFIFO() || stats.isSocket() ? PIPE_BUF : 0
}
