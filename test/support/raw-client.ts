/** A client that sends exactly the bytes it is told to and reads answers without being clever. */
import { connect, type Socket } from 'node:net'

export type RawAnswer = {
  readonly status: number
  readonly version: string
  readonly reason: string
  /** Names in lower case; several lines of one name are joined by a comma. */
  readonly fields: ReadonlyMap<string, string>
  readonly head: string
  /** Decoded from its framing. */
  readonly body: Buffer
  readonly trailers: string
}

export class RawClient {
  readonly socket: Socket
  /** All that came and was not taken as an answer yet. */
  received: Buffer = Buffer.alloc(0)
  isEnded = false
  isReset = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes])
      this.#wake()
    })
    socket.on('end', () => {
      this.isEnded = true
      this.#wake()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    })
    socket.on('close', () => {
      this.isEnded = true
      this.#wake()
    })
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        resolve(new RawClient(socket))
      })
    })
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  close(): void {
    this.socket.destroy()
  }

  /** Waits until the condition holds for what was received, or the connection ended. */
  async until(condition: (received: Buffer) => boolean): Promise<void> {
    while (!condition(this.received) && !this.isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The connection's end; what was received is all there will be. */
  async end(): Promise<Buffer> {
    await this.until(() => false)
    return this.received
  }

  /** The next answer, or null when the connection ended without one. `method` decides whether a body is expected. */
  async answer(method = 'GET'): Promise<RawAnswer | null> {
    await this.until((received) => received.includes('\r\n\r\n'))
    const headEnd = this.received.indexOf('\r\n\r\n')
    if (headEnd === -1) return null
    const head = this.received.latin1Slice(0, headEnd)
    const [line = '', ...fieldLines] = head.split('\r\n')
    const [, version = '', status = '0', reason = ''] = /^(HTTP\/\d\.\d) (\d{3}) ?(.*)$/.exec(line) ?? []
    const fields = new Map<string, string>()
    for (const one of fieldLines) {
      const colon = one.indexOf(':')
      const name = one.slice(0, colon).toLowerCase()
      const value = one.slice(colon + 1).trim()
      fields.set(name, fields.has(name) ? `${fields.get(name)}, ${value}` : value)
    }
    this.received = this.received.subarray(headEnd + 4)
    const code = Number(status)
    let body: Buffer = Buffer.alloc(0)
    let trailers = ''
    const isBodiless = method === 'HEAD' || code < 200 || code === 204 || code === 304
    if (!isBodiless && fields.has('transfer-encoding')) [body, trailers] = await this.#chunked()
    else if (!isBodiless && fields.has('content-length')) body = await this.#take(Number(fields.get('content-length')))
    else if (!isBodiless) body = await this.end()
    return { status: code, version, reason, fields, head, body, trailers }
  }

  async #take(length: number): Promise<Buffer> {
    await this.until((received) => received.length >= length)
    const taken = this.received.subarray(0, length)
    this.received = this.received.subarray(length)
    return taken
  }

  async #line(): Promise<string> {
    await this.until((received) => received.includes('\r\n'))
    const end = this.received.indexOf('\r\n')
    if (end === -1) throw new Error('the connection ended within a chunked body')
    const line = this.received.latin1Slice(0, end)
    this.received = this.received.subarray(end + 2)
    return line
  }

  async #chunked(): Promise<[Buffer, string]> {
    const pieces: Buffer[] = []
    for (;;) {
      const size = Number.parseInt(await this.#line(), 16)
      if (size === 0) break
      pieces.push(await this.#take(size))
      if ((await this.#line()) !== '') throw new Error('a chunk is longer than its size')
    }
    let trailers = ''
    for (let line = await this.#line(); line !== ''; line = await this.#line()) trailers += `${line}\r\n`
    return [Buffer.concat(pieces), trailers]
  }
}

/** One request on a connection of its own. */
export async function ask(port: number, request: string, method?: string): Promise<RawAnswer | null> {
  const client = await RawClient.open(port)
  client.send(request)
  try {
    return await client.answer(method ?? request.slice(0, request.indexOf(' ')))
  } finally {
    client.close()
  }
}
