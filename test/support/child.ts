/** Programs run beside the tests. They end with the test process whatever becomes of it; what they said is kept for when one fails. */
import { type ChildProcess, spawn } from 'node:child_process'

export type ChildOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Written to its standard input, which then ends. */
  readonly input?: string | Buffer
  /** Killed after so long, and then the test fails. */
  readonly limitMs?: number
}

export type Ended = { readonly code: number | null; readonly signal: string | null; readonly stdout: Buffer; readonly stderr: string }

const LIMIT_MS = 60_000

export class Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  readonly #name: string
  readonly #stdout: Buffer[] = []
  readonly #watchers = new Set<() => void>()
  #stderr = ''
  #hasEnded = false

  constructor(command: readonly [string, ...string[]], options: ChildOptions = {}) {
    this.#name = command[0]
    // The kernel ends it when this process dies: nothing is left running after a crash of the tests.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...command], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.process = child
    child.stdin.on('error', () => {})
    if (options.input !== undefined) child.stdin.end(options.input)
    child.stdout.on('data', (bytes: Buffer) => {
      this.#stdout.push(bytes)
      this.#tell()
    })
    child.stderr.on('data', (bytes: Buffer) => {
      this.#stderr += bytes.toString()
      this.#tell()
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), options.limitMs ?? LIMIT_MS)
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(limit)
        this.#hasEnded = true
        resolve({ code, signal, stdout: Buffer.concat(this.#stdout), stderr: this.#stderr })
        this.#tell()
      })
    })
    this.ended.catch(() => {})
  }

  /** All it has said so far, on both ways out. */
  get output(): string {
    return `${Buffer.concat(this.#stdout)}${this.#stderr}`
  }

  send(text: string): void {
    this.process.stdin?.write(text)
  }

  /** Waits until its output matches. Throws when it ends before that. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.output), String(pattern))
  }

  /** Waits until `look` finds something in what it has said; asked again whenever it says more. */
  async until<T>(look: () => T | null, what: string): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== null) return found
      if (this.#hasEnded) throw new Error(`${this.#name} ended before it said ${what}:\n${this.output}`)
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.process.kill(signal)
  }

  /** Ends it, the hard way if need be. */
  async stop(): Promise<Ended> {
    this.kill()
    const hard = setTimeout(() => this.kill('SIGKILL'), 3_000)
    const ended = await this.ended
    clearTimeout(hard)
    return ended
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
  }
}

/** Runs a program to its end. Throws what it said when it does not exit with 0. */
export async function run(command: readonly [string, ...string[]], options: ChildOptions = {}): Promise<Ended> {
  const ended = await new Child(command, { input: '', ...options }).ended
  if (ended.code === 0) return ended
  throw new Error(
    `${command.join(' ')}\nended with ${ended.code ?? ended.signal}:\n${ended.stderr}${ended.stdout.toString().slice(0, 4_096)}`,
  )
}
