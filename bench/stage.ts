/**
 * Everything the bench starts and writes: processes pinned to a core, and one temporary folder. Whatever way the bench ends, it all goes:
 * each process has a group of its own that is killed on exit, and the kernel ends it should the bench itself be killed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { treeOf } from './measure.ts'

export type Command = {
  readonly name: string
  readonly argv: readonly string[]
  readonly core: number
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export type Started = { readonly name: string; readonly pid: number; readonly child: ChildProcess; readonly said: () => string }

const FILES_WANTED = 65_536
const SAID_CHARS_MAX = 4_096
const READY_MS = 20_000
const STOP_MS = 3_000

/** What a process started here may have open: more than the bench itself where that is ours to say. */
const filesMax = (): number => (files ??= mayRaise() ? FILES_WANTED : filesHere())

let files: number | null = null

const mayRaise = (): boolean => spawnSync('prlimit', [`--nofile=${FILES_WANTED}:${FILES_WANTED}`, 'true']).status === 0
const filesHere = (): number => Number(/^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 1_024)

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatewell-bench-'))
  readonly #running = new Set<Started>()

  constructor() {
    process.on('exit', () => this.#killAll())
    let isEnding = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isEnding) process.exit(130)
        isEnding = true
        void this.clear().then(() => process.exit(130))
      })
    }
  }

  subfolder(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  start(command: Command): Started {
    const limit = filesMax()
    const argv = ['--pdeathsig', 'TERM', 'prlimit', `--nofile=${limit}:${limit}`, 'taskset', '-c', `${command.core}`, ...command.argv]
    const child = spawn('setpriv', argv, {
      cwd: command.cwd ?? this.folder,
      detached: true,
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    const keep = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-SAID_CHARS_MAX)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const started = { name: command.name, pid: child.pid!, child, said: () => said.trim() }
    this.#running.add(started)
    // Workers whose leader has died must not outlive it.
    child.once('exit', () => kill(-started.pid, 'SIGKILL'))
    return started
  }

  async stop(started: Started): Promise<void> {
    if (started.child.exitCode === null && started.child.signalCode === null) {
      const tree = treeOf(started.pid)
      kill(-started.pid, 'SIGTERM')
      await Promise.race([once(started.child, 'exit'), sleep(STOP_MS, undefined, { ref: false })])
      for (const pid of [-started.pid, ...tree]) kill(pid, 'SIGKILL')
    }
    this.#running.delete(started)
  }

  /** Ends what still runs, politely first: a leader that is killed cannot wait for its workers. */
  async clear(): Promise<void> {
    await Promise.all([...this.#running].map((started) => this.stop(started)))
    rmSync(this.folder, { recursive: true, force: true })
  }

  #killAll(): void {
    for (const { pid } of this.#running) for (const each of [...treeOf(pid), -pid]) kill(each, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Resolves when `path` answers 200, throws with the process's own words when it ends or stays silent. */
export async function answering(started: Started, port: number, path: string, headers: Ask['headers'] = {}): Promise<void> {
  const deadline = performance.now() + READY_MS
  while (performance.now() < deadline) {
    if (started.child.exitCode !== null) throw new Error(`ended with code ${started.child.exitCode}: ${gistOf(started)}`)
    if ((await get(port, path, { headers }).catch(() => null))?.status === 200) return
    await sleep(50)
  }
  throw new Error(`gave no 200 for ${path} within ${READY_MS / 1_000} s: ${gistOf(started)}`)
}

/** The line of its output that is likeliest to say what went wrong. */
export function gistOf(started: Started): string {
  const lines = started
    .said()
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}

export type Ask = { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer | null }
export type Got = { readonly status: number; readonly body: Buffer }

export async function get(port: number, path: string, options: Ask = {}): Promise<Got> {
  const { body = null, ...rest } = options
  const sent = request({ host: '127.0.0.1', port, path, agent: false, timeout: 5_000, ...rest })
  sent.on('timeout', () => sent.destroy(new Error('no answer within 5 s')))
  sent.end(body ?? undefined)
  const [answer] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return { status: answer.statusCode, body: Buffer.concat(chunks) }
}

/** Below the ports that the kernel gives to outgoing connections, of which a bench makes tens of thousands. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.close()
    if (isFree) return port
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, which is what was wanted.
  }
}
