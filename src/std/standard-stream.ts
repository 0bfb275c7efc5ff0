/**
 * Standard output and error without the danger of waiting: a pipe or terminal is opened anew, non-blocking for this process alone.
 * (A blocking write to one whose reader does not read stops a thread, and with it even the end of the process.)
 */
import { constants, fstatSync, openSync } from 'node:fs'

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK

/** A descriptor for it, or the stream's own: a regular file keeps the offset it shares, another user's pipe cannot be opened. */
export function openStandardStream(stream: 1 | 2): number {
  const stats = fstatSync(stream)
  if (!stats.isFIFO() && !stats.isCharacterDevice()) return stream
  try {
    return openSync(`/proc/self/fd/${stream}`, FLAGS)
  } catch {
    return stream
  }
}
