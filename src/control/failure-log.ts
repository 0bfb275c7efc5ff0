/**
 * Tells the operator what visitors see go wrong: a line each for the first few of a kind, then one line now and then that counts the rest.
 * Not the access log, which has them all.
 */
import { CAUSES } from '../causes/catalogue.ts'
import type { FailureRecord } from '../gateway/observe/record.ts'
import type { Clock } from '../std/clock.ts'
import type { Logger } from './log.ts'

/** Of one cause at one upstream, in one window. */
const LINES_MAX = 5
const WINDOW_MS = 10_000
const TARGET_SHOWN_MAX = 120

type Kind = { windowBegan: number; lines: number; silenced: number }

export class FailureLog {
  readonly #log: Logger
  readonly #clock: Clock
  readonly #kinds = new Map<string, Kind>()

  constructor(options: { log: Logger; clock: Clock }) {
    this.#log = options.log
    this.#clock = options.clock
  }

  tell(record: FailureRecord): void {
    // Rescued by a retry, or the client's own doing: no visitor saw an error of ours.
    if (record.cause === null || CAUSES[record.cause].side === 'downstream') return
    // Whoever switched it on knows, and every visitor would be a line.
    if (record.cause === 'maintenance-mode') return
    const name = `${record.cause} ${record.upstream}`
    let kind = this.#kinds.get(name)
    if (kind === undefined) {
      kind = { windowBegan: this.#clock.now(), lines: 0, silenced: 0 }
      this.#kinds.set(name, kind)
    }
    if (kind.lines < LINES_MAX) {
      kind.lines++
      this.#log.warn(factsOf(record), sentenceOf(record))
    } else kind.silenced++
  }

  /** To be called about once a second: ends windows and sums up what they kept silent about. */
  sumUp(): void {
    for (const [name, kind] of this.#kinds) {
      if (this.#clock.now() - kind.windowBegan < WINDOW_MS) continue
      if (kind.silenced === 0) {
        this.#kinds.delete(name)
        continue
      }
      const [cause = '', upstream = ''] = name.split(' ')
      const seconds = Math.round((this.#clock.now() - kind.windowBegan) / 1000)
      const text = `${kind.silenced} more requests in ${seconds} s failed of ${cause}${upstream === '' ? '' : ` at ${upstream}`}`
      this.#log.warn({ cause, upstream, count: kind.silenced, seconds }, text)
      // One example a window from now on, while it lasts.
      this.#kinds.set(name, { windowBegan: this.#clock.now(), lines: LINES_MAX - 1, silenced: 0 })
    }
  }
}

function sentenceOf(record: FailureRecord): string {
  const cause = record.cause as NonNullable<FailureRecord['cause']>
  const target = record.target.length > TARGET_SHOWN_MAX ? `${record.target.slice(0, TARGET_SHOWN_MAX)}...` : record.target
  const what = record.method === '' ? 'A connection' : `${record.method} ${target}`
  const endpoint = record.attempts.at(-1)?.endpoint ?? ''
  const tries = record.attempts.length > 1 ? ` after ${record.attempts.length} attempts` : ''
  const where = endpoint === '' ? '' : ` (${endpoint}${tries})`
  const id = record.id === '' ? '' : `  id ${record.id}`
  return `${what} → ${record.status}  ${CAUSES[cause].title}${where}${id}  [gatewell why ${cause}]`
}

function factsOf(record: FailureRecord): object {
  const { id, method, host, target, status, cause, phase, upstream, route, error, evidence, attempts, ms } = record
  const endpoints = attempts.map(({ endpoint }) => endpoint)
  const facts = Object.fromEntries(evidence.map(({ name, value }) => [name, value]))
  return { id, method, host, target, status, cause, phase, route, upstream, endpoints, ms, error: error || undefined, evidence: facts }
}
