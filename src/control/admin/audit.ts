/** Who changed what and what came of it, as lines of the log that have `audit: true`; and who tried and was turned away. */
import type { Logger } from '../log.ts'
import type { Result } from './operation.ts'

/** Whoever is turned away says nothing of value and can come back at once: so many lines in a window, and a count of the others. */
const TURNED_AWAY_LINES_MAX = 10
const WINDOW_MS = 60_000

/** `client`: what the program that asks calls itself; nothing vouches for it. */
export type Peer = { readonly address: string; readonly via: 'api' | 'mcp'; readonly client?: string | undefined }

/** `input`: undefined where it could not be read as one. */
export type Deed = { readonly peer: Peer; readonly operation: string; readonly input: unknown; readonly result: Result<unknown> }

export class Audit {
  readonly #log: Logger
  readonly #now: () => number
  #windowBegan = Number.NEGATIVE_INFINITY
  #lines = 0

  /** `now`: milliseconds, from wherever. */
  constructor({ log, now }: { log: Logger; now: () => number }) {
    this.#log = log
    this.#now = now
  }

  tell({ peer, operation, input, result }: Deed): void {
    const outcome = result.ok ? 'done' : `refused: ${result.error}`
    const { address, via, client } = peer
    const facts = { audit: true, operation, peer: address, via, client, input, isDone: result.ok }
    const who = via === 'mcp' || client?.startsWith('gatewell-mcp') ? 'Assistant' : 'Operator'
    this.#log.info(facts, `${who} at ${address}: ${operation} ${sayInput(input)}(${outcome})`)
  }

  /** `what`: the method and the path. */
  turnAway(address: string, what: string, reason: string): void {
    const now = this.#now()
    if (now - this.#windowBegan >= WINDOW_MS) {
      const unsaid = this.#lines - TURNED_AWAY_LINES_MAX
      if (unsaid > 0) this.#log.warn({ audit: true, count: unsaid }, `${unsaid} more changes were turned away at the admin address.`)
      this.#windowBegan = now
      this.#lines = 0
    }
    if (++this.#lines > TURNED_AWAY_LINES_MAX) return
    this.#log.warn(
      { audit: true, peer: address, what, isDone: false },
      `Turned away at the admin address: ${what} from ${address}. ${reason}`,
    )
  }
}

/** `endpoint="http://10.0.0.1:3000" ` */
function sayInput(input: unknown): string {
  return Object.entries((input ?? {}) as object)
    .map(([key, value]) => `${key}=${JSON.stringify(value)} `)
    .join('')
}
