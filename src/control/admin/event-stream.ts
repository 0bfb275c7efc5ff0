/** One who looks on: a stream of events that never makes anybody wait. Who reads too slowly is let go, and may come back. */

const WAITING_BYTES_MAX = 1024 * 1024

export class EventStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly #encoder = new TextEncoder()
  readonly #onEnd: () => void
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null

  /** `onEnd`: the reader has gone, or was let go. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: WAITING_BYTES_MAX, size: ({ byteLength }) => byteLength },
    )
  }

  get isOpen(): boolean {
    return this.#controller !== null
  }

  send(text: string): void {
    const controller = this.#controller
    if (controller === null) return
    controller.enqueue(this.#encoder.encode(text))
    if ((controller.desiredSize ?? 0) >= 0) return
    controller.error(new Error('It was read too slowly.'))
    this.#end()
  }

  close(): void {
    this.#controller?.close()
    this.#end()
  }

  #end(): void {
    if (this.#controller === null) return
    this.#controller = null
    this.#onEnd()
  }
}
