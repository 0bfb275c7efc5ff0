/** An endpoint of the demo as the switches see it: a process that is started, killed, and told what to do wrong. */
import { type ChildProcess, fork } from 'node:child_process'
import { extname, join } from 'node:path'
import { type FaultName, type Faults, type FromEndpoint, NO_FAULTS, type ToEndpoint } from './fault.ts'

/** Beside this file in the sources as in the built package. */
const MAIN = join(import.meta.dirname, `endpoint-main${extname(import.meta.filename)}`)

export class Endpoint {
  readonly ordinal: number
  #child: ChildProcess | null = null
  #faults: Faults = NO_FAULTS
  /** The same one after each start, for the plan names it. */
  #port = 0

  constructor(ordinal: number) {
    this.ordinal = ordinal
  }

  get name(): string {
    return `Endpoint ${this.ordinal}`
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get isRunning(): boolean {
    return this.#child !== null
  }

  get faults(): Faults {
    return this.#faults
  }

  /** Resolves when it listens. Throws when it ends before that. */
  async start(): Promise<void> {
    const child = fork(MAIN, [String(this.ordinal), String(this.#port)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#child = child
    child.on('exit', () => {
      if (this.#child === child) this.#child = null
    })
    // One that is killed while it is told something.
    child.on('error', () => {})
    this.#port = await listening(child)
    this.#tell()
  }

  /** kill -9: no goodbye, whatever it is doing. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === null) return
    this.#child = null
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  /** Holds for the processes to come too. */
  set(fault: FaultName, isOn: boolean): void {
    this.#faults = { ...this.#faults, [fault]: isOn }
    this.#tell()
  }

  #tell(): void {
    const message: ToEndpoint = { kind: 'faults', faults: this.#faults }
    if (this.#child?.connected) this.#child.send(message, () => {})
  }
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: FromEndpoint) => resolve(message.port))
    child.once('exit', (code, signal) => reject(new Error(`an endpoint of the demo ended at its start (${code ?? signal})`)))
    child.once('error', reject)
  })
}
