/** Which failures took servers out lately, for requests that found none left: "no live upstreams" is a symptom. Bounded. */
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import type { LogDialect } from './log-entry.ts'
import type { Sighting } from './sighting.ts'

/** What makes a server count as down. */
const DISABLING: ReadonlySet<KnownCauseId> = new Set([
  ...(['connect-refused', 'connect-timeout', 'connect-unreachable', 'firewall-blocked', 'socket-missing', 'socket-permission'] as const),
  ...(['backlog-overflow', 'port-exhaustion', 'reset-before-response', 'closed-before-response', 'response-timeout'] as const),
  ...(['header-too-large', 'malformed-response', 'http-protocol-mismatch', 'plaintext-to-tls-port', 'tls-to-plaintext-port'] as const),
  ...(['tls-cert-expired', 'tls-untrusted', 'tls-hostname-mismatch', 'tls-protocol-mismatch', 'tls-handshake-failed'] as const),
])
/** Apache leaves a server out for 60 s, nginx for 10 s. */
const WITHIN_MS = 60_000
const KEPT_MAX = 500

export class CulpritBook {
  #sightings: Sighting[] = []

  add(sighting: Sighting): void {
    const { cause } = sighting.verdict
    if (cause === null || !DISABLING.has(cause)) return
    const { dialect, timeMs } = sighting.entry
    const last = this.#sightings.at(-1)?.entry
    // Of one moment the latest is enough: many fail in one second, and it may be asked for minutes later.
    if (last?.dialect === dialect && last.timeMs === timeMs) this.#sightings.pop()
    this.#sightings.push(sighting)
    if (this.#sightings.length > KEPT_MAX) this.#sightings.splice(0, KEPT_MAX / 2)
  }

  /** The latest of that server's failures before then; null where there was none. */
  find(dialect: LogDialect, timeMs: number): Sighting | null {
    const isOne = ({ entry }: Sighting): boolean =>
      entry.dialect === dialect && entry.timeMs <= timeMs && entry.timeMs >= timeMs - WITHIN_MS
    return this.#sightings.findLast(isOne) ?? null
  }
}
