/**
 * Opening what the access log is written to, so that no write to it can ever block: a pipe or a terminal is opened non-blocking.
 * (A write that blocks would hold a thread of Node's pool, and the process could not even exit.)
 */
import { constants, fstatSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

export type LogFile = {
  readonly fd: number
  /** Writes up to this many bytes are never torn apart by another writer; 0 where any size is whole. */
  readonly atomicBytes: number
  close(): Promise<void>
}

/** POSIX `PIPE_BUF` on Linux. */
const PIPE_BUF = 4096
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK
const STDOUT = 1

/** Rejects with Node's error. `path` null is standard output. */
export async function openLogFile(path: string | null): Promise<LogFile> {
  if (path !== null) return wrap(await open(path, FLAGS | constants.O_CREAT, 0o640))
  const stats = fstatSync(STDOUT)
  // A regular file keeps the offset that it shares with what else this process prints.
  if (stats.isFIFO() || stats.isCharacterDevice()) {
    // Opened anew it is non-blocking for this process alone. Another user's pipe cannot be, and is used as it is.
    const own = await open(`/proc/self/fd/${STDOUT}`, FLAGS).catch(() => null)
    if (own !== null) return wrap(own)
  }
  return { fd: STDOUT, atomicBytes: atomicBytesOf(stats), close: async () => {} }
}

async function wrap(handle: FileHandle): Promise<LogFile> {
  return { fd: handle.fd, atomicBytes: atomicBytesOf(await handle.stat()), close: () => handle.close() }
}

function atomicBytesOf(stats: Stats): number {
  return stats.isFIFO() || stats.isSocket() ? PIPE_BUF : 0
}
