/** This process as a service of systemd: ready, reloading, stopping, and alive (systemd.service(5), Type=notify and WatchdogSec=). */
import type { Logger } from '../log.ts'
import { Notifier, type Run } from './notifier.ts'

/** Whoever looks after the process, as far as control has to tell it something. */
export interface Supervisor {
  /** It serves. `status`: in a few words. */
  ready(status: string): Promise<void>
  reloading(): void
  stopping(): void
  /** The next process says it all from now on. */
  leave(): void
}

export type SystemdOptions = {
  readonly environment: NodeJS.ProcessEnv
  readonly pid: number
  readonly log: Logger
  readonly run?: Run
  /** Microseconds of CLOCK_MONOTONIC. */
  readonly monotonicUs?: () => bigint
}

export class SystemdService implements Supervisor {
  readonly #notifier: Notifier
  readonly #pid: number
  readonly #monotonicUs: () => bigint
  /** How often it has to say that it is alive; 0 for never. */
  readonly #aliveMs: number
  #timer: NodeJS.Timeout | null = null

  private constructor({ environment, pid, log, run, monotonicUs = () => process.hrtime.bigint() / 1_000n }: SystemdOptions) {
    this.#notifier = new Notifier(run === undefined ? { log } : { log, run })
    this.#pid = pid
    this.#monotonicUs = monotonicUs
    this.#aliveMs = watchdogMs(environment, pid) / 2
  }

  /** Null where nobody wants to know. */
  static find(options: SystemdOptions): SystemdService | null {
    return options.environment.NOTIFY_SOCKET ? new SystemdService(options) : null
  }

  ready(status: string): Promise<void> {
    if (this.#aliveMs > 0) this.#timer ??= setInterval(() => void this.#notifier.send('WATCHDOG=1'), this.#aliveMs).unref()
    // After an upgrade this is another process than systemd knows.
    return this.#notifier.send('READY=1', `MAINPID=${this.#pid}`, `STATUS=${status}`)
  }

  reloading(): void {
    void this.#notifier.send('RELOADING=1', `MONOTONIC_USEC=${this.#monotonicUs()}`, 'STATUS=Reading the configuration anew.')
  }

  stopping(): void {
    void this.#notifier.send('STOPPING=1', 'STATUS=Finishing what is in flight.')
  }

  leave(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }
}

/** sd_watchdog_enabled(3): 0 when it is not meant for this process. */
function watchdogMs({ WATCHDOG_USEC = '', WATCHDOG_PID = '' }: NodeJS.ProcessEnv, pid: number): number {
  if (!/^\d+$/.test(WATCHDOG_USEC) || (WATCHDOG_PID !== '' && WATCHDOG_PID !== String(pid))) return 0
  return Number(WATCHDOG_USEC) / 1_000
}
