/**
 * Where a worker that has lost control is found by the next one: two sockets in the data folder, made when control is gone and not
 * before. One is a line for the messages of the link, the other passes the listening sockets on. See decision record 0022.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join, relative } from 'node:path'
import { passHandles } from './handle-pass.ts'
import { Line } from './line.ts'
import type { Bound, ToControl, ToWorker } from './link.ts'

/** The first thing it says to a control that has found it. */
export type Introduction = {
  readonly kind: 'introduction'
  readonly pid: number
  readonly place: number
  /** Of Gatewell: only equal ones understand each other for more than a farewell. */
  readonly version: string
  readonly ageMs: number
  readonly isLeaving: boolean
  readonly listeners: readonly Bound[]
}

export type BerthPaths = { readonly line: string; readonly sockets: string }

const FOLDER = 'workers'
/** Of an address in `sockaddr_un`, without the zero at its end. */
const PATH_BYTES_MAX = 107

export function berthPaths(dataFolder: string, pid: number): BerthPaths {
  const folder = shortest(join(dataFolder, FOLDER))
  return { line: join(folder, `${pid}.line`), sockets: join(folder, `${pid}.sockets`) }
}

/** Process ids of the workers that are to be found there, or were once. */
export function listBerths(dataFolder: string): number[] {
  try {
    return readdirSync(join(dataFolder, FOLDER)).flatMap((name) => (/^\d+\.line$/.test(name) ? [Number.parseInt(name, 10)] : []))
  } catch {
    return []
  }
}

export function clearBerth(dataFolder: string, pid: number): void {
  const { line, sockets } = berthPaths(dataFolder, pid)
  rmSync(line, { force: true })
  rmSync(sockets, { force: true })
}

export type BerthOptions = {
  readonly dataFolder: string
  readonly pid: number
  readonly introduce: () => Introduction
  /** The handles of the listening sockets, in the order of the introduction's listeners. */
  readonly handles: () => readonly unknown[]
  readonly onMessage: (message: ToWorker) => void
  readonly onJoined: () => void
}

export class Berth {
  readonly #options: BerthOptions
  readonly #servers: Server[] = []
  #line: Line | null = null

  constructor(options: BerthOptions) {
    this.#options = options
  }

  /** Makes itself findable. A sentence, where it cannot. */
  async open(): Promise<string | null> {
    const { dataFolder, pid, handles } = this.#options
    const { line, sockets } = berthPaths(dataFolder, pid)
    try {
      if (Buffer.byteLength(sockets) > PATH_BYTES_MAX) throw new Error(`the path ${sockets} is too long for a socket`)
      mkdirSync(join(dataFolder, FOLDER), { recursive: true, mode: 0o700 })
      clearBerth(dataFolder, pid)
      await this.#listen(sockets, (socket) => passHandles(socket, handles()), true)
      // Last, because it is what control looks for.
      await this.#listen(line, (socket) => this.#join(socket), false)
      return null
    } catch (error) {
      return (error as Error).message
    }
  }

  get isJoined(): boolean {
    return this.#line !== null
  }

  send(message: ToControl, onSent?: () => void): void {
    if (this.#line === null) onSent?.()
    else this.#line.send(message, onSent)
  }

  /** It is leaving: nobody shall find it any more. */
  close(): void {
    if (this.#servers.length === 0) return
    for (const server of this.#servers.splice(0)) server.close()
    clearBerth(this.#options.dataFolder, this.#options.pid)
  }

  /** One control at a time: a second one is told so by hanging up. */
  #join(socket: Socket): void {
    if (this.#line !== null) return void socket.destroy()
    const line = new Line({
      socket,
      onMessage: (message) => this.#options.onMessage(message as ToWorker),
      onClosed: () => {
        this.#line = null
      },
    })
    this.#line = line
    line.send(this.#options.introduce())
    this.#options.onJoined()
  }

  #listen(path: string, onConnection: (socket: Socket) => void, pauseOnConnect: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer({ pauseOnConnect }, onConnection)
      this.#servers.push(server)
      server.once('error', reject)
      server.listen(path, () => resolve())
    })
  }
}

/** Relative to where the process stands, if that is shorter: the address of a socket has little room. */
function shortest(path: string): string {
  const near = relative('', path)
  return near !== '' && near.length < path.length ? near : path
}
