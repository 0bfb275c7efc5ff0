/** A client that sends exactly the bytes it is told to, and says what came of it. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Address } from '../../net/address.ts'

export type Reply = {
  /** 0 when there was none. */
  readonly status: number
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>
  readonly body: string
  /** `broken`: the connection ended before the body had as much as its head said, or before a head. */
  readonly end: 'whole' | 'broken'
}

/** The site that faults ask for. */
export const REHEARSED_HOST = 'rehearsal.test'

const NOTHING: Reply = { status: 0, fields: new Map(), body: '', end: 'broken' }

export class Visitor {
  readonly #socket: Socket
  readonly #host: string
  #received = ''
  #isEnded = false
  #wake: () => void = () => {}

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.#host = host
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      this.#received += bytes.latin1Slice()
      this.#wake()
    })
    socket.on('close', () => {
      this.#isEnded = true
      this.#wake()
    })
  }

  /** `host` stands in for the rehearsed one in all that it sends. */
  static async open(address: Address, host: string = REHEARSED_HOST): Promise<Visitor> {
    const socket = connect({ ...address, noDelay: true, autoSelectFamily: false })
    const visitor = new Visitor(socket, host)
    await once(socket, 'connect')
    return visitor
  }

  send(text: string | Buffer): void {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
    const at = this.#host === REHEARSED_HOST ? -1 : bytes.indexOf(REHEARSED_HOST)
    if (at >= 0)
      this.#socket.write(Buffer.concat([bytes.subarray(0, at), Buffer.from(this.#host), bytes.subarray(at + REHEARSED_HOST.length)]))
    else this.#socket.write(bytes)
  }

  /** Leaves without a word. */
  close(): void {
    this.#socket.destroy()
  }

  /** The next answer, or what there is of it when the connection ends. */
  async reply(): Promise<Reply> {
    for (;;) {
      const reply = this.#take()
      if (reply !== null) return reply
      await this.#change()
    }
  }

  /** Resolves when the gateway has closed the connection. */
  async closed(): Promise<this> {
    while (!this.#isEnded) await this.#change()
    return this
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #take(): Reply | null {
    const headEnd = this.#received.indexOf('\r\n\r\n')
    if (headEnd === -1) return this.#isEnded ? NOTHING : null
    const [line = '', ...lines] = this.#received.slice(0, headEnd).split('\r\n')
    const fields = new Map(lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]))
    const rest = this.#received.slice(headEnd + 4)
    const length = lengthOf(rest, fields)
    if (length > rest.length && !this.#isEnded) return null
    this.#received = rest.slice(length)
    const status = Number(line.split(' ')[1])
    return { status, fields, body: rest.slice(0, length), end: length > rest.length ? 'broken' : 'whole' }
  }
}

/** How long the body is, framing included; more than there is when its end has not come. */
function lengthOf(rest: string, fields: ReadonlyMap<string, string>): number {
  if (!fields.has('transfer-encoding')) return Number(fields.get('content-length') ?? 0)
  const end = /(?:^|\r\n)0\r\n\r\n/.exec(rest)
  return end === null ? rest.length + 1 : end.index + end[0].length
}
