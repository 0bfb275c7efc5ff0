/** Where the demo writes. On a terminal a few live lines stay below what is printed; elsewhere everything is a line of its own. */

export type Output = {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const COLUMNS_UNKNOWN = 80
const ESCAPE = '\u001b['

export class Screen {
  readonly #output: Output
  #live: readonly string[] = []
  #linesBelow = 0

  constructor(output: Output) {
    this.#output = output
    if (this.isLive) output.write(`${ESCAPE}?25l`)
  }

  get isLive(): boolean {
    return this.#output.isTTY === true
  }

  get columns(): number {
    return this.#output.columns || COLUMNS_UNKNOWN
  }

  print(text: string): void {
    this.#draw(`${text}\n`)
  }

  /** Replaces the live lines. Without a terminal there are none. */
  show(lines: readonly string[]): void {
    if (!this.isLive) return
    this.#live = lines
    this.#draw('')
  }

  /** Leaves the live lines as they are last. */
  close(): void {
    if (this.isLive) this.#output.write(`${ESCAPE}?25h`)
    this.#live = []
    this.#linesBelow = 0
  }

  #draw(text: string): void {
    const erase = this.#linesBelow === 0 ? '' : `${ESCAPE}${this.#linesBelow}A\r${ESCAPE}J`
    this.#linesBelow = this.#live.length
    this.#output.write(`${erase}${text}${this.#live.map((line) => `${cut(line, this.columns - 1)}\n`).join('')}`)
  }
}

/** As much of a line as fits, its colours whole. */
function cut(line: string, columns: number): string {
  let width = 0
  return line.replace(/\u001b\[[0-9;]*m|[\s\S]/gu, (piece) => (piece.length > 2 || ++width <= columns ? piece : ''))
}
