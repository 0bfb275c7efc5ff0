/** The new control process of an upgrade, as the old one sees it: started with the old one's sockets, and given time to become ready. */
import { type ChildProcess, spawn } from 'node:child_process'
import { type Handover, handoverVariable, type Word } from './handover.ts'

/** Descriptors 0 to 2 are the standard ones, 3 is the channel. */
const FIRST_DESCRIPTOR = 4
/** What one that has to go gets for it. */
const LEAVE_MS = 5_000

export type HandedSockets = Omit<Handover, 'isAwaited'>

export type SuccessorOptions = {
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** By the descriptors of this process. */
  readonly sockets: HandedSockets
  readonly isAwaited: boolean
  readonly limitMs: number
}

export class Successor {
  readonly pid: number
  readonly version: string
  /** The old one stays until this one ends. */
  readonly isAwaited: boolean
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, version: string, isAwaited: boolean) {
    this.#child = child
    this.isAwaited = isAwaited
    this.pid = child.pid ?? 0
    this.version = version
  }

  /** Resolves when it serves, or to a sentence why it does not; then it has ended, or is about to. */
  static start({ command, environment, sockets, isAwaited, limitMs }: SuccessorOptions): Promise<Successor | string> {
    const descriptors: number[] = []
    const renumbered = <T extends { readonly fd: number }>(one: T): T => ({ ...one, fd: FIRST_DESCRIPTOR + descriptors.push(one.fd) - 1 })
    const listeners = sockets.listeners.map(renumbered)
    const admin = sockets.admin === null ? null : renumbered(sockets.admin)
    const [program = '', ...words] = command
    const child = spawn(program, words, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...descriptors],
      env: { ...environment, ...handoverVariable({ listeners, admin, isAwaited }) },
    })
    return new Promise((resolve) => {
      const refuse = (reason: string): void => {
        clearTimeout(limit)
        if (child.exitCode === null && child.signalCode === null) end(child)
        resolve(reason)
      }
      const limit = setTimeout(() => refuse(`it was not ready within ${limitMs / 1_000} s`), limitMs)
      child.on('error', (error) => refuse(`it could not be started: ${error.message}`))
      child.on('exit', (code, signal) => refuse(`it ended at once, with ${signal ?? `exit code ${code}`}; what it said is above`))
      child.on('message', (word: Word) => {
        if (word.kind === 'unable') return refuse(word.reason)
        clearTimeout(limit)
        resolve(new Successor(child, word.version, isAwaited))
      })
    })
  }

  /** It goes on without this process. */
  release(): void {
    if (this.#child.connected) this.#child.channel?.unref()
    this.#child.unref()
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Stays as long as it runs, and passes signals on. Its exit code. */
  async watch(source: NodeJS.EventEmitter): Promise<number> {
    // A terminal sends SIGINT to both.
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) source.on(signal, () => this.send(signal))
    source.on('SIGINT', () => {})
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return exitCode ?? 1
    return new Promise((resolve) => this.#child.once('exit', (code) => resolve(code ?? 1)))
  }
}

function end(child: ChildProcess): void {
  child.kill()
  const hard = setTimeout(() => child.kill('SIGKILL'), LEAVE_MS)
  child.once('exit', () => clearTimeout(hard))
}
