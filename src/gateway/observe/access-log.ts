/** The access log as the plan wants it: which exchanges get a line, in which format, and where the lines go. */
import { isatty } from 'node:tty'
import type { AccessLogPlan } from '../../config/plan.ts'
import type { Clock } from '../../std/clock.ts'
import type { Wheel } from '../../std/wheel.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { LogLine } from './log-line.ts'
import { LogWriter } from './log-writer.ts'

const CLOSE_MS = 1_000

export type AccessLogOptions = {
  readonly clock: Clock
  readonly wheel: Wheel
  /** What the operator should know about it, in a sentence. */
  readonly onNotice: (text: string) => void
}

export class AccessLog {
  readonly #options: AccessLogOptions
  readonly #line: LogLine
  #plan: AccessLogPlan = { format: 'json', what: 'off', file: null }
  #writer: LogWriter | null = null
  #formerDropped = 0
  lines = 0

  constructor(options: AccessLogOptions) {
    this.#options = options
    this.#line = new LogLine({ clock: options.clock })
  }

  /** Lines lost so far. */
  get dropped(): number {
    return this.#formerDropped + (this.#writer?.dropped ?? 0)
  }

  /** Does as the plan says from now on. A sentence says why not, when the file is one that can never be written. */
  async apply(wanted: AccessLogPlan): Promise<string | null> {
    const plan = isToldAlready(wanted) ? { ...wanted, what: 'off' as const } : wanted
    const isSameFile = this.#writer !== null && plan.what !== 'off' && plan.file === this.#plan.file
    if (!isSameFile) {
      const writer = plan.what === 'off' ? null : this.#createWriter(plan.file)
      const code = (await writer?.start()) ?? null
      if (code !== null) {
        await writer?.close(0)
        return `Cannot write the access log ${plan.file ?? 'to standard output'}: ${openReason(code)}`
      }
      this.#replaceWriter(writer)
    }
    this.#plan = plan
    return null
  }

  write(exchange: Exchange): void {
    if (this.#writer === null) return
    if (this.#plan.what === 'errors' && exchange.failure === null && exchange.earlier === null) return
    this.lines++
    this.#writer.append(this.#line.format(exchange, this.#plan.format, this.#writer.atomicBytes))
  }

  reopen(): void {
    this.#writer?.reopen()
  }

  async close(): Promise<void> {
    await this.#writer?.close(CLOSE_MS)
  }

  #createWriter(path: string | null): LogWriter {
    const name = path ?? 'standard output'
    return new LogWriter({
      path,
      wheel: this.#options.wheel,
      onTrouble: (code) => this.#options.onNotice(`The access log (${name}) falls behind: ${troubleReason(code)} Traffic is not held up.`),
      onRecovery: (lost) => this.#options.onNotice(`The access log (${name}) is written again; ${lost} lines were lost.`),
    })
  }

  #replaceWriter(writer: LogWriter | null): void {
    const former = this.#writer
    this.#writer = writer
    if (former === null) return
    // What it drops while it empties its backlog is not counted: there is nothing new for it to drop.
    this.#formerDropped += former.dropped
    void former.close(CLOSE_MS)
  }
}

/** At a terminal the control process tells failures in readable lines; the same in JSON between them would help nobody. */
function isToldAlready({ what, file }: AccessLogPlan): boolean {
  return what === 'errors' && file === null && isatty(1) && isatty(2)
}

function openReason(code: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'its folder does not exist.'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there.'
    case 'EISDIR':
      return 'it is a folder.'
    case 'EROFS':
      return 'the file system is read-only.'
    default:
      return `the system says ${code}.`
  }
}

function troubleReason(code: string): string {
  switch (code) {
    case 'EAGAIN':
      return 'its reader is too slow.'
    case 'ENXIO':
      return 'nobody reads from that pipe.'
    case 'EPIPE':
      return 'its reader is gone.'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full.'
    default:
      return `the system says ${code}.`
  }
}
