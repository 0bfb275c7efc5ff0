/** How far a long reading has come, in one line on standard error that is written over, only where a person sees it. */
import { formatSize } from '../config/unit.ts'

type Stream = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

const EVERY_MS = 100
/** What is done sooner needs none. */
const AFTER_MS = 400
const WIDTH = 24

export class ProgressBar {
  readonly #stream: Stream
  readonly #total: number | null
  readonly #now: () => number
  readonly #beganMs: number
  #shownMs: number
  #isShown = false

  /** `total`: bytes, null where it is not known. */
  constructor(options: { stream: Stream; total: number | null; now?: () => number }) {
    this.#stream = options.stream
    this.#total = options.total
    this.#now = options.now ?? (() => performance.now())
    this.#beganMs = this.#now()
    this.#shownMs = this.#beganMs + AFTER_MS - EVERY_MS
  }

  show(done: number): void {
    const now = this.#now()
    if (this.#stream.isTTY !== true || now - this.#shownMs < EVERY_MS) return
    this.#shownMs = now
    this.#isShown = true
    const speed = `${formatSize(Math.round(done / ((now - this.#beganMs) / 1_000) / 1_048_576) * 1_048_576)}/s`
    this.#stream.write(`\r\u001b[K${this.#text(done)}  ${speed}`)
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K')
    this.#isShown = false
  }

  #text(done: number): string {
    const total = this.#total
    if (total === null || total === 0) return `Reading  ${(done / 1_048_576).toFixed(0)} MiB`
    const share = Math.min(1, done / total)
    const full = Math.round(share * WIDTH)
    return `Reading  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %`
  }
}
