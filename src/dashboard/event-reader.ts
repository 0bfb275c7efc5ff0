/** Reads `text/event-stream` (HTML §9.2) by `fetch`, for EventSource cannot send a token. Comes back when it was cut off. */
import { open } from './api.ts'

export type Told = { readonly kind: string; readonly data: unknown }

const AGAIN_MS = 1_000
const AGAIN_MS_MAX = 15_000
/** Something comes every second. */
const SILENCE_MS = 8_000

export type EventReaderOptions = {
  readonly path: string
  readonly onEvent: (event: Told) => void
  readonly onLink: (isUp: boolean) => void
}

export class EventReader {
  readonly #options: EventReaderOptions
  #lastId = ''
  #waitMs = AGAIN_MS
  #abort = new AbortController()
  #isClosed = false

  constructor(options: EventReaderOptions) {
    this.#options = options
  }

  /** Resolves when it was closed, or may not ask: then there has to be another one. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      const status = await this.#read()
      this.#options.onLink(false)
      if (status === 401 || this.#isClosed) return
      await new Promise((resolve) => setTimeout(resolve, this.#waitMs))
      this.#waitMs = Math.min(AGAIN_MS_MAX, this.#waitMs * 2)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#abort.abort()
  }

  /** Until it is cut off. The status of the answer, or 0 without any. */
  async #read(): Promise<number> {
    this.#abort = new AbortController()
    const { signal } = this.#abort
    let timer = 0
    try {
      const headers = this.#lastId === '' ? {} : { 'last-event-id': this.#lastId }
      const answer = await open(this.#options.path, { headers, signal })
      if (!answer.ok || answer.body === null) return answer.status
      this.#options.onLink(true)
      this.#waitMs = AGAIN_MS
      let rest = ''
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        timer = window.setTimeout(() => this.#abort.abort(), SILENCE_MS)
        const { done, value } = await reader.read()
        clearTimeout(timer)
        if (done) return answer.status
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) this.#take(block)
      }
    } catch {
      return 0
    } finally {
      clearTimeout(timer)
    }
  }

  #take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
    const kind = fields.get('event')
    if (kind !== undefined) this.#options.onEvent({ kind, data: JSON.parse(fields.get('data') ?? 'null') })
    this.#lastId = fields.get('id') ?? this.#lastId
  }
}
