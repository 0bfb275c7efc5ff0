/** Finds the lines of an error log that belong to a request of an access log: by client, by request, never by time alone. */
import type { LogDialect, LogEntry } from './log-entry.ts'
import { decisive, entryOf, type Trace } from './trace.ts'

/** Both write whole seconds at worst, each for itself. */
const APART_MS = 1_500
/** Apache's access log has when a request began. */
const APACHE_MS = 120_000
/** So many are looked at before a request goes without. */
const LOOKED_AT_MAX = 64
const SWEEP = 10_000

/** Servers that write an access log which does not tell whose it is. */
const PLAIN: ReadonlySet<LogDialect> = new Set(['nginx', 'apache', 'varnish', 'lighttpd', 'gunicorn', 'uvicorn', 'php-fpm'])

export function isSameServer(access: LogDialect, error: LogDialect): boolean {
  return access === error || (access === 'plain' && PLAIN.has(error))
}

export class TraceShelf {
  readonly #byKey = new Map<string, Trace[]>()
  #puts = 0

  /** `entry`: a line of it; each may know more. */
  put(trace: Trace, { client, target }: LogEntry): void {
    for (const key of [`${client}|${target}`, ...(target === undefined ? [`${client}|`] : [`|${target}`])]) {
      if (client === undefined && !key.startsWith('|')) continue
      const traces = this.#byKey.get(key)
      if (traces === undefined) this.#byKey.set(key, [trace])
      else if (traces.at(-1) !== trace) traces.push(trace)
    }
    if (++this.#puts % SWEEP === 0) for (const [key, traces] of this.#byKey) this.#clear(key, traces, trace.timeMs)
  }

  /** The first that fits, which is used up thereby. */
  take(access: LogEntry): Trace | null {
    if (this.#byKey.size === 0) return null
    const { client, target } = access
    for (const key of [`${client}|${target}`, `|${target}`, `${client}|`]) {
      const traces = this.#byKey.get(key)
      if (traces === undefined) continue
      this.#clear(key, traces, access.timeMs)
      const found = traces.slice(0, LOOKED_AT_MAX).find((trace) => isOf(trace, access))
      if (found === undefined) continue
      found.isUsed = true
      return found
    }
    return null
  }

  /** Those at the front that are used up, or too old for any request to come. */
  #clear(key: string, traces: Trace[], timeMs: number): void {
    let count = 0
    while (count < traces.length && ((traces[count] as Trace).isUsed || (traces[count] as Trace).timeMs < timeMs - APACHE_MS)) count++
    if (count > 0) traces.splice(0, count)
    if (traces.length === 0) this.#byKey.delete(key)
  }
}

function isOf(trace: Trace, access: LogEntry): boolean {
  if (trace.isUsed) return false
  const { entry, verdict } = decisive(trace)
  if (!isSameServer(access.dialect, entry.dialect)) return false
  const laterMs = entry.dialect === 'apache' ? APACHE_MS : APART_MS
  if (trace.timeMs < access.timeMs - APART_MS || trace.timeMs > access.timeMs + laterMs) return false
  const { host, method, status } = entryOf(trace)
  if (host !== undefined && access.host !== undefined && host !== access.host) return false
  if (method !== undefined && access.method !== undefined && method !== access.method) return false
  const expected = verdict.pattern?.status ?? status
  if (expected !== undefined && expected !== 0 && access.status !== undefined && access.status !== expected) return false
  return (access.status === 499) === (verdict.cause === 'client-closed')
}
