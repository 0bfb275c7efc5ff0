/** Visitors with kept connections and WebSockets, in a process of their own, and the site that they visit. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { Child } from './child.ts'
import { saw } from './witness.ts'

export type Visit = {
  readonly port: number
  /** One visitor each: the pause between two requests, give or take half of it. */
  readonly pausesMs: readonly number[]
  readonly webSockets: number
}

export type Seen = {
  answers: number
  /** A line each. */
  readonly failed: string[]
  /** Answers that said `Connection: close`, and connections that ended between requests. */
  lastAnswers: number
  quietEnds: number
  messages: number
  /** WebSockets by their close code. */
  readonly closes: Record<number, number>
}

export class KeptVisitors {
  readonly #child: Child

  private constructor(child: Child) {
    this.#child = child
  }

  /** Resolves when all are connected. */
  static async come(visit: Visit): Promise<KeptVisitors> {
    const visitors = new KeptVisitors(
      new Child([process.execPath, join(import.meta.dirname, 'kept-visitors-main.ts'), JSON.stringify(visit)]),
    )
    await visitors.#child.says(/here/)
    return visitors
  }

  /** What they saw, when the gateway has ended their connections or they have been told to leave. */
  async gone(): Promise<Seen> {
    const { stdout, stderr } = await this.#child.ended
    const [, json] = /here\n(\{.*\})/.exec(String(stdout)) ?? []
    if (json === undefined) throw new Error(`the visitors ended without a word: ${stdout}${stderr}`)
    const seen = JSON.parse(json) as Seen
    saw(seen.answers + seen.failed.length, seen.answers)
    return seen
  }

  leave(): Promise<Seen> {
    this.#child.send('leave\n')
    return this.gone()
  }

  close(): Promise<unknown> {
    return this.#child.stop()
  }
}

const SEND_MS = 2
/** Longer than what a socket takes at a time, so that frames are cut. */
const TAIL = 'x'.repeat(150_000)

/** Answers requests at once, and sends numbers over WebSockets, each tenth with a long tail. */
export class TalkingSite {
  readonly port: number
  /** Close codes that came from the clients of WebSockets. */
  readonly closes: number[] = []
  readonly #server: Server
  readonly #webSockets: WebSocketServer

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.#webSockets = new WebSocketServer({ server })
    this.#webSockets.on('connection', (socket) => {
      let number = 0
      const sending = setInterval(() => {
        if (socket.bufferedAmount < TAIL.length) socket.send(`${number} ${number++ % 10 === 0 ? TAIL : ''}`)
      }, SEND_MS)
      socket.on('error', () => {})
      socket.on('close', (code) => {
        this.closes.push(code)
        clearInterval(sending)
      })
    })
  }

  static async open(): Promise<TalkingSite> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': 5 }).end('hello')
    })
    server.keepAliveTimeout = 60_000
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new TalkingSite(server)
  }

  close(): void {
    for (const socket of this.#webSockets.clients) socket.terminate()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
