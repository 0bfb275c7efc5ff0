/**
 * Messages over a unix socket, as structured clones with their length in front: the link between control and a worker that is not
 * its child. Both ends run the same program, so what comes is not checked; the folder that the socket is in admits nobody else.
 */
import type { Socket } from 'node:net'
import { deserialize, serialize } from 'node:v8'

const LENGTH_BYTES = 4

export class Line {
  readonly #socket: Socket
  readonly #onMessage: (message: unknown) => void
  #chunks: Buffer[] = []
  #bytes = 0
  #wantedBytes = LENGTH_BYTES
  #isLength = true

  /** `onClosed` comes once, whoever closed it. */
  constructor(options: { socket: Socket; onMessage: (message: unknown) => void; onClosed: () => void }) {
    this.#socket = options.socket
    this.#onMessage = options.onMessage
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => options.onClosed())
  }

  /** `onSent` runs when the message has left this process, or cannot. */
  send(message: unknown, onSent?: () => void): void {
    if (!this.#socket.writable) return onSent?.()
    const body = serialize(message)
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32LE(body.length)
    this.#socket.cork()
    this.#socket.write(length)
    this.#socket.write(body, () => onSent?.())
    this.#socket.uncork()
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#bytes += bytes.length
    while (this.#bytes >= this.#wantedBytes) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
      const part = all.subarray(0, this.#wantedBytes)
      const rest = all.subarray(this.#wantedBytes)
      this.#chunks = [rest]
      this.#bytes = rest.length
      const isLength = this.#isLength
      this.#isLength = !isLength
      this.#wantedBytes = isLength ? part.readUInt32LE() : LENGTH_BYTES
      if (!isLength) this.#onMessage(deserialize(part))
    }
  }
}
