/**
 * Tells systemd how the service is (sd_notify(3)): a datagram to NOTIFY_SOCKET. Node has no datagrams on unix sockets, so the program
 * that systemd brings for this purpose sends them, one at a time and in order. Decision record 0024.
 */
import { execFile } from 'node:child_process'
import type { Logger } from '../log.ts'

const LIMIT_MS = 5_000

/** Runs a program to its end; an error when it could not, or ended badly. */
export type Run = (program: string, words: readonly string[]) => Promise<Error | null>

export class Notifier {
  readonly #log: Logger
  readonly #run: Run
  #turn: Promise<void> = Promise.resolve()
  #hasComplained = false

  constructor(options: { log: Logger; run?: Run }) {
    this.#log = options.log
    this.#run = options.run ?? run
  }

  /** Assignments such as `READY=1`. Resolves when systemd has taken them, or cannot. */
  send(...assignments: readonly string[]): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const error = await this.#run('systemd-notify', assignments)
      if (error === null || this.#hasComplained) return
      this.#hasComplained = true
      this.#log.error(`systemd could not be told how the service is, and may end it for that: ${error.message.trim()}`)
    })
    return this.#turn
  }
}

function run(program: string, words: readonly string[]): Promise<Error | null> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: LIMIT_MS }, (error) => resolve(error))
  })
}
