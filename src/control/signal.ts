/** What signals mean to the control process, all in one place. */
import { closeSync, openSync } from 'node:fs'
import type { Control } from './control.ts'
import type { Logger } from './log.ts'

/** SIGTERM and SIGINT drain, a second one ends at once; SIGHUP reloads, SIGUSR1 reopens logs, SIGUSR2 upgrades. Returns how to stop it. */
export function handleSignals(options: { control: Control; log: Logger; source?: NodeJS.EventEmitter }): () => void {
  const { control, log, source = process } = options
  const hadTerminal = hasTerminal()
  let isEnding = false
  const end = (signal: string): void => {
    if (isEnding) {
      log.warn(`${signal} again: ending at once.`)
      process.exitCode = 1
      void control.kill()
      return
    }
    isEnding = true
    log.info(`${signal}: finishing what is in flight, then ending. Once more ends at once.`)
    void control.drain()
  }
  const handlers: Readonly<Record<string, () => void>> = {
    SIGTERM: () => end('SIGTERM'),
    SIGINT: () => end('SIGINT'),
    SIGHUP: () => {
      // The terminal it was started in was closed: nobody asked for a reload, and nobody is left to stop it.
      if (hadTerminal && !hasTerminal()) return end('The terminal was closed')
      log.info('SIGHUP: reading the configuration anew.')
      void control.reload()
    },
    SIGUSR1: () => control.reopenLogs(),
    SIGUSR2: () => void control.upgrade(),
  }
  for (const [signal, handler] of Object.entries(handlers)) source.on(signal, handler)
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) source.off(signal, handler)
  }
}

/** The process has a controlling terminal: it was started by hand, not as a service. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
