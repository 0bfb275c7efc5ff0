/** The lines of an error log that are of one request: a line for each attempt, or several for one. */
import type { LogEntry } from './log-entry.ts'
import type { Sighting } from './sighting.ts'

export type Trace = {
  readonly steps: Sighting[]
  /** Of its last line. */
  timeMs: number
  /** A request of an access log was found that it belongs to. */
  isUsed: boolean
  /** Which lines belong to it; null: no other one does. */
  readonly key: string | null
}

/** Attempts of one request may be as far apart as a proxy waits for each. */
const ATTEMPTS_MS = 120_000
/** A thread that says the same a second time is at its next request; one that is silent for so long, too. */
const THREAD_MS = 3_000

/** Joins lines to traces. */
export class TraceBook {
  readonly #open = new Map<string, Trace>()

  /** The trace that the line belongs to, and whether it is a new one. */
  join(sighting: Sighting): { trace: Trace; isNew: boolean } {
    const { entry } = sighting
    const key = keyOf(entry)
    const open = key === null ? undefined : this.#open.get(key)
    const isSame =
      open !== undefined &&
      !open.isUsed &&
      entry.timeMs - open.timeMs <= spanOf(entry) &&
      !open.steps.some((step) => isAlike(step, sighting))
    if (isSame) {
      open.steps.push(sighting)
      open.timeMs = Math.max(open.timeMs, entry.timeMs)
      return { trace: open, isNew: false }
    }
    const trace: Trace = { steps: [sighting], timeMs: entry.timeMs, isUsed: false, key }
    if (key !== null) this.#open.set(key, trace)
    return { trace, isNew: true }
  }

  close(trace: Trace): void {
    const { key } = trace
    if (key !== null && this.#open.get(key) === trace) this.#open.delete(key)
  }
}

/** Null: nothing tells which lines belong together. */
function keyOf({ dialect, connection, target = '' }: LogEntry): string | null {
  if (connection === undefined) return null
  return dialect === 'nginx' ? `${dialect} ${connection} ${target}` : `${dialect} ${connection}`
}

function spanOf({ dialect }: LogEntry): number {
  return dialect === 'nginx' ? ATTEMPTS_MS : THREAD_MS
}

/** A server is not tried twice for one request: what comes again is of the next one. */
function isAlike(one: Sighting, other: Sighting): boolean {
  return one.entry.upstream === other.entry.upstream && one.verdict.pattern === other.verdict.pattern
}

/** The line that tells why: the last one, unless all that it says is that no server was left. */
export function decisive({ steps }: Trace): Sighting {
  if (steps.length === 1) return steps[0] as Sighting
  return steps.findLast(({ verdict }) => verdict.cause !== 'no-healthy-upstream') ?? (steps.at(-1) as Sighting)
}

/** All that its lines know of the request; the decisive one first. */
export function entryOf(trace: Trace): LogEntry {
  const first = decisive(trace).entry
  return trace.steps.length === 1 ? first : Object.assign({}, ...trace.steps.map(({ entry }) => entry), first)
}
