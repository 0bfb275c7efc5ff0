/**
 * Where the real servers are made to fail: network, processes and files of its own (unshare), so that ports and paths are always the
 * same, nothing reaches the machine's network, and all that was started ends with it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, globSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type ListenOptions, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OriginConnection, type Script } from '../../../support/raw-origin.ts'

export const ROOT = '/srv/shop'
/** Where the server under test listens, and the one behind it. */
export const FRONT = 8080
export const ORIGIN = 3000
const PATIENCE_MS = 8_000
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

export type Question = {
  readonly port?: number
  readonly method?: string
  readonly path?: string
  readonly fields?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** The visitor's own port. */
  readonly from?: number
  /** The visitor leaves after so long. */
  readonly leaveMs?: number
}

export type Reply = { readonly status: number | null; readonly body: string; readonly error: string | null }

/** The stage of one case, emptied before the next. */
export class Scene {
  readonly #children: ChildProcess[] = []
  readonly #closings: (() => void)[] = []

  constructor() {
    rmSync(ROOT, { recursive: true, force: true })
    mkdirSync(ROOT, { recursive: true })
    chmodSync(ROOT, 0o755)
  }

  path(name: string): string {
    return join(ROOT, name)
  }

  write(name: string, text: string, mode = 0o644): string {
    const path = this.path(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : ''
  }

  /** What was written on standard output, for when a server does not start. */
  outputs(): string {
    return globSync('*.out', { cwd: ROOT })
      .map((name) => this.read(name))
      .join('')
  }

  keep(close: () => void): void {
    this.#closings.push(close)
  }

  /** Its output goes to the file of that name, as a service's goes to its journal. */
  start(output: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const file = openSync(this.path(output), 'a')
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', file, file], detached: true, env: { ...process.env, ...env } })
    this.#children.push(child)
    return child
  }

  run(command: string, ...args: string[]): string {
    return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Waits for what may take a moment; after 8 s the case has failed. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = 8_000): Promise<void> {
    const deadline = Date.now() + limitMs
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
      await sleep(20)
    }
  }

  async listening(where: number | string): Promise<void> {
    await this.until(`something that listens at ${where}`, () => canConnect(where))
  }

  /** An origin that does as the script says. */
  async origin(script: Script, where: ListenOptions = { host: '127.0.0.1', port: ORIGIN }): Promise<void> {
    let count = 0
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket)
      void script(new OriginConnection(socket, ++count))
    })
    server.listen(where)
    await once(server, 'listening')
    this.keep(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
  }

  async ask({ port = FRONT, method = 'GET', path = '/', fields = {}, body, from, leaveMs = PATIENCE_MS }: Question = {}): Promise<Reply> {
    const headers = { host: 'shop.example.com', 'user-agent': AGENT, ...fields }
    const outgoing = request({ host: '127.0.0.1', port, method, path, agent: false, headers, ...(from ? { localPort: from } : {}) })
    // It may fail once more when the answer is there already.
    outgoing.on('error', () => {})
    const leaving = setTimeout(() => outgoing.destroy(), leaveMs)
    try {
      outgoing.end(body)
      const [incoming] = await once(outgoing, 'response')
      incoming.setEncoding('latin1')
      let text = ''
      try {
        for await (const piece of incoming) text += piece
      } catch (error) {
        return { status: incoming.statusCode, body: text, error: (error as Error).message }
      }
      return { status: incoming.statusCode, body: text, error: null }
    } catch (error) {
      return { status: null, body: '', error: (error as Error).message }
    } finally {
      clearTimeout(leaving)
    }
  }

  /** Ends all: servers in good order, so that they write what they still hold. */
  async close(): Promise<void> {
    for (const close of this.#closings.reverse()) close()
    for (const child of this.#children.reverse()) await stop(child)
  }
}

/** In good order if it can, and then whatever is left of its group. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.pid === undefined) return
  const isRunning = child.exitCode === null && child.signalCode === null
  const gone = isRunning ? once(child, 'exit') : Promise.resolve()
  child.kill(signal)
  await Promise.race([gone, sleep(2000)])
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The whole group is gone already.
  }
  await gone
}

function canConnect(where: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
