/** The keys that are pressed: at once on a terminal, otherwise each character of the lines that come in. */

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown }

/** What a terminal in raw mode sends for Ctrl-C and Ctrl-D. */
const ENDS = ['\u0003', '\u0004']

export class KeyReader {
  readonly #input: Input
  readonly #onKey: (key: string) => void

  constructor(options: { input: Input; onKey: (key: string) => void }) {
    this.#input = options.input
    this.#onKey = options.onKey
    this.#input.setRawMode?.(true)
    this.#input.on('data', this.#read)
  }

  close(): void {
    this.#input.off('data', this.#read)
    this.#input.setRawMode?.(false)
    this.#input.pause()
  }

  readonly #read = (bytes: Buffer | string): void => {
    const text = String(bytes)
    // Arrows and other special keys come as one sequence.
    if (text.startsWith('\u001b')) return
    for (const key of text.replace(/\s/g, '')) this.#onKey(ENDS.includes(key) ? 'q' : key.toLowerCase())
  }
}
