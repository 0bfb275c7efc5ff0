/**
 * A socket for people who want bytes: reads into a buffer that is handed in, tells one owner what happened,
 * and says of each write whether the kernel took it all. Half-open is allowed: the end of one direction is not the end of the other.
 * Two kinds do the same: one on the bare handle, one on Node's documented socket.
 */
import type { Socket } from 'node:net'
import type { Accepted } from './acceptor.ts'
import { HandleChannel } from './handle-channel.ts'
import { SocketChannel } from './socket-channel.ts'
import { isStreamHandle, loadStreamBinding, type StreamHandle } from './stream-binding.ts'

export interface ChannelOwner {
  /** Bytes 0 to `length` of `bytes`; the buffer is written again after the next read, unless `switchBuffer` was called. */
  onBytes(bytes: Buffer, length: number): void
  /** All that was written is with the kernel, after a write that returned false. */
  onDrain(): void
  /** The peer will send no more. */
  onEnd(): void
  /** Once, last of all, and never from inside a call to the channel. */
  onClose(error: NodeJS.ErrnoException | null): void
}

export interface Channel {
  owner: ChannelOwner
  /** The peer's address as the system writes it; '' on a unix socket. */
  readonly remoteAddress: string
  /** True when the kernel took everything; false when some of it waits, and `onDrain` will follow. */
  write(bytes: Buffer): boolean
  writeText(latin1: string): boolean
  /** A head and what follows it, in one system call. */
  writeBoth(latin1: string, bytes: Buffer): boolean
  /** A chunk with its framing, in one system call. */
  writeFramed(before: string, bytes: Buffer, after: string): boolean
  /** Nothing waits in this process to be written. */
  readonly isFlushed: boolean
  /** Why a write failed, known at once; `onClose` follows. */
  readonly writeError: NodeJS.ErrnoException | null
  /** After a failed write: what the peer had sent before, for nobody will read it any more. */
  readLast(): Buffer | null
  /** Reads on into another buffer, because the one in use is still needed by someone. */
  switchBuffer(bytes: Buffer): void
  pause(): void
  resume(): void
  /** Sends FIN behind what was written; reading goes on. */
  end(): void
  /** Closes when what was written is with the kernel. */
  destroySoon(): void
  /** Closes without waiting for anything. */
  destroy(): void
  /** Closes with RST, so that the peer cannot take a body that breaks off for a whole one. */
  reset(): void
}

const binding = loadStreamBinding()

/** Are channels on the bare handle? Otherwise they are on sockets, and cost more. */
export const isBareHandleUsed = binding !== null

/** `buffer` may be shared with other channels if what is read is used at once. */
export function acceptChannel(owner: ChannelOwner, buffer: Buffer, accepted: Accepted): Channel {
  if ('socket' in accepted) return new SocketChannel(owner, accepted.socket)
  if (binding !== null && isStreamHandle(accepted.handle)) return new HandleChannel({ owner, buffer, handle: accepted.handle, binding })
  return new SocketChannel(owner, SocketChannel.socketOf(accepted.handle))
}

/** Takes over a socket that has just connected and was never read. */
export function adoptChannel(owner: ChannelOwner, buffer: Buffer, socket: Socket): Channel {
  const handle = (socket as unknown as { _handle?: StreamHandle | null })._handle
  if (binding === null || !isStreamHandle(handle))
    return new SocketChannel(owner, socket)
    // The socket is an empty shell from here on: it neither reads nor closes what it no longer has.
  ;(socket as unknown as { _handle: null })._handle = null
  return new HandleChannel({ owner, buffer, handle, binding })
}
