/** What the kernel has received on a socket and nobody has read, straight from its descriptor. */
import { readSync } from 'node:fs'

const BYTES_MAX = 16 * 1024

/** Null when nothing waits, or the connection is gone altogether. Never waits itself: sockets of Node do not block. */
export function readWaiting(fd: number | undefined): Buffer | null {
  if (fd === undefined || fd < 0) return null
  const bytes = Buffer.allocUnsafeSlow(BYTES_MAX)
  try {
    const length = readSync(fd, bytes)
    return length > 0 ? bytes.subarray(0, length) : null
  } catch {
    return null
  }
}
