/**
 * A thread that serves HTTP and closes each connection, unannounced, some time after its last answer. It counts which requests
 * reached it, by their X-Id. It has an event loop of its own, so that its closing really races with what is sent to it.
 */
import { createServer, type Socket } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Random } from '../../src/std/random.ts'

export type Served = { readonly id: string; readonly method: string; readonly bodyBytes: number; readonly times: number }
type Options = { readonly minMs: number; readonly maxMs: number; readonly keepAlive: string }

export class EarlyClosingOrigin {
  readonly port: number
  readonly #thread: Worker

  private constructor(thread: Worker, port: number) {
    this.#thread = thread
    this.port = port
  }

  /** Closes between `minMs` and `maxMs` after each answer. `keepAlive`: a field line that says so, or not. */
  static open(minMs: number, maxMs: number, keepAlive = ''): Promise<EarlyClosingOrigin> {
    const thread = new Worker(import.meta.filename, { workerData: { minMs, maxMs, keepAlive } satisfies Options })
    return new Promise((resolve) => thread.once('message', (port: number) => resolve(new EarlyClosingOrigin(thread, port))))
  }

  /** All that was served, each id once. */
  served(): Promise<Served[]> {
    return new Promise((resolve) => {
      this.#thread.once('message', resolve)
      this.#thread.postMessage('served')
    })
  }

  close(): void {
    void this.#thread.terminate()
  }
}

if (!isMainThread && parentPort !== null) serve(workerData as Options, parentPort)

function serve({ minMs, maxMs, keepAlive }: Options, port: NonNullable<typeof parentPort>): void {
  const random = new Random(7)
  const served = new Map<string, { id: string; method: string; bodyBytes: number; times: number }>()
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${keepAlive}\r\nok`
  const server = createServer({ noDelay: true }, (socket: Socket) => {
    let received = ''
    let closing: NodeJS.Timeout | undefined
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      received += bytes.latin1Slice()
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end)
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
        if (received.length < end + 4 + length) return
        received = received.slice(end + 4 + length)
        const id = /\r\nx-id: (\S+)/i.exec(head)?.[1] ?? ''
        const before = served.get(id)?.times ?? 0
        served.set(id, { id, method: head.slice(0, head.indexOf(' ')), bodyBytes: length, times: before + 1 })
        clearTimeout(closing)
        socket.write(answer)
        closing = setTimeout(() => socket.destroy(), minMs + random.below(maxMs - minMs + 1))
      }
    })
  })
  port.on('message', () => port.postMessage([...served.values()]))
  server.listen(0, '127.0.0.1', () => port.postMessage((server.address() as { port: number }).port))
}
