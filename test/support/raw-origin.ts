/** A server that does exactly what a script says with each connection, so that it can misbehave in every way a real one can. */
import { createServer, type Server, type Socket } from 'node:net'

export type Script = (connection: OriginConnection) => void | Promise<void>

export class OriginConnection {
  readonly socket: Socket
  /** 1 for the first connection this origin accepted. */
  readonly ordinal: number
  received: Buffer = Buffer.alloc(0)
  isEnded = false
  #wake: () => void = () => {}

  constructor(socket: Socket, ordinal: number) {
    this.socket = socket
    this.ordinal = ordinal
    socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes])
      this.#wake()
    })
    socket.on('error', () => {})
    const end = (): void => {
      this.isEnded = true
      this.#wake()
    }
    socket.on('end', end)
    socket.on('close', end)
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** FIN behind what was sent. */
  end(): void {
    this.socket.end()
  }

  /** RST, at once. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** The next request's head with its blank line, or null when the connection ended before one was complete. */
  async head(): Promise<string | null> {
    while (!this.received.includes('\r\n\r\n') && !this.isEnded) await this.more()
    const end = this.received.indexOf('\r\n\r\n')
    if (end === -1) return null
    const head = this.received.latin1Slice(0, end + 4)
    this.received = this.received.subarray(end + 4)
    return head
  }

  /** The next request with a body of declared length. */
  async request(): Promise<{ head: string; body: Buffer } | null> {
    const head = await this.head()
    if (head === null) return null
    const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0)
    while (this.received.length < length && !this.isEnded) await this.more()
    const body = this.received.subarray(0, length)
    this.received = this.received.subarray(length)
    return { head, body }
  }

  more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

export type RawOrigin = {
  readonly port: number
  readonly connections: readonly OriginConnection[]
  close(): void
}

export async function startOrigin(script: Script): Promise<RawOrigin> {
  const connections: OriginConnection[] = []
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new OriginConnection(socket, connections.length + 1)
    connections.push(connection)
    void script(connection)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    connections,
    close: () => {
      server.close()
      for (const { socket } of connections) socket.destroy()
    },
  }
}

/** Answers every request with 200 and `body`, keeping connections alive. */
export function serving(body = 'ok', fields = ''): Script {
  return async (connection) => {
    for (let one = await connection.request(); one !== null; one = await connection.request()) {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${fields}\r\n${body}`)
    }
  }
}

/** A port of loopback where nothing listens. */
export async function unusedPort(): Promise<number> {
  const origin = await startOrigin(() => {})
  origin.close()
  return origin.port
}
