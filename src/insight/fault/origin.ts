/** A server that does exactly what a script says with each connection, so that it can misbehave in every way that a real one can. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Address } from '../../net/address.ts'

export const GOOD_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

export type Script = (connection: OriginConnection) => void | Promise<void>

/** A connection that the gateway made. Nothing is taken from the kernel's buffers beyond what the script asks for. */
export class OriginConnection {
  readonly socket: Socket
  #received = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
  }

  /** The head of the next request with its blank line, or null when the gateway closed before one was complete. */
  async head(): Promise<string | null> {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n')
      if (end !== -1) {
        const head = this.#received.slice(0, end + 4)
        this.#received = this.#received.slice(end + 4)
        return head
      }
      const piece = this.socket.read() as Buffer | null
      if (piece !== null) this.#received += piece.latin1Slice()
      else if (this.socket.destroyed || this.socket.readableEnded) return null
      else await Promise.race([once(this.socket, 'readable'), once(this.socket, 'close'), once(this.socket, 'end')]).catch(() => {})
    }
  }

  send(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
  }

  /** Closes in good order, behind what was sent. */
  end(): void {
    this.socket.end()
  }

  /** Closes with RST, at once. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** A server on a free port of loopback. */
export class Origin {
  readonly address: Address
  readonly #server: ReturnType<typeof createServer>
  readonly #sockets: Set<Socket>

  private constructor(server: ReturnType<typeof createServer>, sockets: Set<Socket>, address: Address) {
    this.#server = server
    this.#sockets = sockets
    this.address = address
  }

  static async open(script: Script): Promise<Origin> {
    const sockets = new Set<Socket>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      void script(new OriginConnection(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    return new Origin(server, sockets, { kind: 'tcp', host: '127.0.0.1', port })
  }

  /** Stops listening and drops its connections. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
