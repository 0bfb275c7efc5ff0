/**
 * Appends lines to a file or pipe without ever making anyone wait: they gather in memory, one write is in flight at a time,
 * and when the other end does not keep up, a bounded backlog fills and further lines are dropped and counted.
 * Not a log format, and not a rotation: that is another program's, which renames the file and asks for `reopen()`.
 */
import { write } from 'node:fs'
import { Timer, type Wheel } from '../../std/wheel.ts'
import { type LogFile, openLogFile } from './log-file.ts'

const CHUNK_BYTES = 64 * 1024
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024
const FLUSH_MS = 100
/** A full pipe is tried again soon, a full disk less often. */
const AGAIN_MS = 20
const TROUBLE_MS = 1_000
const NEWLINE = 10

type Chunk = { readonly buffer: Buffer; start: number; end: number }

export type LogWriterOptions = {
  readonly path: string | null
  readonly wheel: Wheel
  /** Writing fails, with the system's code; told once until it works again. */
  readonly onTrouble: (code: string) => void
  readonly onRecovery: (lostLines: number) => void
}

export class LogWriter {
  readonly #options: LogWriterOptions
  readonly #timer = new Timer(() => this.#pump())
  readonly #queue: Chunk[] = []
  #current: Chunk = { buffer: Buffer.allocUnsafe(CHUNK_BYTES), start: 0, end: 0 }
  #file: LogFile | null = null
  #backlogBytes = 0
  #isBusy = false
  #isReopening = true
  #isTroubled = false
  #isClosed = false
  #lostLines = 0
  #dropped = 0
  #onIdle: (() => void) | null = null

  constructor(options: LogWriterOptions) {
    this.#options = options
  }

  /** Lines lost so far. */
  get dropped(): number {
    return this.#dropped
  }

  /** Longer lines can be torn apart by another process that writes to the same pipe; 0 when there is no such limit. */
  get atomicBytes(): number {
    return this.#file?.atomicBytes ?? 0
  }

  /** Opens the file. The system's code when that cannot come right by itself, else null. */
  async start(): Promise<string | null> {
    this.#isBusy = true
    const code = await this.#open()
    this.#isBusy = false
    return code === null || ['ENXIO', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'].includes(code) ? null : code
  }

  append(line: string): void {
    // A character takes at most three bytes of UTF-8; count only when that might not fit.
    let bytes = line.length * 3
    if (this.#current.end + bytes > this.#current.buffer.length) {
      bytes = Buffer.byteLength(line)
      if (this.#current.end + bytes > this.#current.buffer.length) {
        this.#seal(bytes)
        this.#pump()
      }
    }
    if (this.#backlogBytes + this.#current.end > BACKLOG_BYTES_MAX) {
      this.#dropped++
      this.#lostLines++
      this.#complain('EAGAIN')
      return
    }
    this.#current.end += this.#current.buffer.write(line, this.#current.end)
    if (!this.#timer.isArmed && !this.#isBusy) this.#options.wheel.arm(this.#timer, FLUSH_MS)
  }

  /** Opens the path anew: what was renamed keeps what it got, all further lines go to the new file. */
  reopen(): void {
    this.#isReopening = true
    this.#pump()
  }

  /** Writes what is left, for at most `timeoutMs`, then closes. */
  async close(timeoutMs: number): Promise<void> {
    const { wheel } = this.#options
    const hasMore = this.#isBusy || this.#backlogBytes > 0 || this.#current.end > 0
    if (hasMore && timeoutMs > 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        const limit = new Timer(resolve)
        wheel.arm(limit, timeoutMs)
        this.#onIdle = () => {
          wheel.disarm(limit)
          resolve()
        }
        this.#pump()
      })
    }
    wheel.disarm(this.#timer)
    this.#isClosed = true
    await this.#file?.close().catch(() => {})
  }

  /** Queues what has gathered, and begins a chunk that takes at least `bytes`. */
  #seal(bytes: number): void {
    if (this.#current.end > 0) {
      this.#queue.push(this.#current)
      this.#backlogBytes += this.#current.end
    }
    this.#current = { buffer: Buffer.allocUnsafe(Math.max(bytes, CHUNK_BYTES)), start: 0, end: 0 }
  }

  #pump(): void {
    if (this.#isBusy || this.#isClosed) return
    if (this.#isReopening) {
      this.#isBusy = true
      this.#open().then((code) => {
        this.#isBusy = false
        if (code === null || this.#file !== null) this.#pump()
      })
      return
    }
    if (this.#queue.length === 0 && this.#current.end > 0) this.#seal(0)
    const chunk = this.#queue[0]
    if (chunk === undefined || this.#file === null) this.#rest()
    else this.#write(this.#file, chunk)
  }

  #write(file: LogFile, chunk: Chunk): void {
    this.#isBusy = true
    write(file.fd, chunk.buffer, chunk.start, pieceEnd(chunk, file.atomicBytes) - chunk.start, null, (error, written) => {
      this.#isBusy = false
      if (error !== null) {
        if (error.code !== 'EAGAIN') this.#complain(error.code ?? 'EIO')
        this.#options.wheel.arm(this.#timer, error.code === 'EAGAIN' ? AGAIN_MS : TROUBLE_MS)
        return
      }
      chunk.start += written
      if (chunk.start === chunk.end) {
        this.#queue.shift()
        this.#backlogBytes -= chunk.end
      }
      this.#pump()
    })
  }

  /** All is written. */
  #rest(): void {
    if (this.#isTroubled) {
      this.#isTroubled = false
      this.#options.onRecovery(this.#lostLines)
      this.#lostLines = 0
    }
    this.#onIdle?.()
  }

  #complain(code: string): void {
    if (this.#isTroubled) return
    this.#isTroubled = true
    this.#options.onTrouble(code)
  }

  /** Null when the path is open; else the system's code: then an older file is kept, or it is tried again later. */
  async #open(): Promise<string | null> {
    try {
      const opened = await openLogFile(this.#options.path)
      const former = this.#file
      this.#file = opened
      this.#isReopening = false
      await former?.close()
      return null
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'EIO'
      this.#complain(code)
      if (this.#file === null) this.#options.wheel.arm(this.#timer, TROUBLE_MS)
      else this.#isReopening = false
      return code
    }
  }
}

/** Where a write from `chunk.start` should end: at the last whole line within `atomicBytes`, or after one longer line. */
function pieceEnd(chunk: Chunk, atomicBytes: number): number {
  if (atomicBytes === 0 || chunk.end - chunk.start <= atomicBytes) return chunk.end
  const last = chunk.buffer.lastIndexOf(NEWLINE, chunk.start + atomicBytes - 1)
  if (last >= chunk.start) return last + 1
  return chunk.buffer.indexOf(NEWLINE, chunk.start) + 1
}
