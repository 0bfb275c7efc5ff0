/** How far the clock of logs without a time zone is ahead of UTC: as other logs beside them say, or as it is on this machine. */

const ZONE = /(?:\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d|^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\]/
const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS

export class ZoneFinder {
  readonly #givenMs: number | undefined
  readonly #seen = new Map<number, number>()
  #quarter = Number.NaN
  #quarterMs = 0
  /** What most of those lines name. */
  #mostMs: number | undefined

  constructor(givenMs: number | undefined) {
    this.#givenMs = givenMs
  }

  /** The first lines of a log. */
  learn(lines: readonly string[]): void {
    for (const line of lines) {
      const match = ZONE.exec(line)
      if (match === null) continue
      const hours = match[1] ?? ''
      const minutes = Number(hours.slice(1)) * 60 + Number(match[2])
      const zoneMs = (hours.startsWith('-') ? -minutes : minutes) * MINUTE_MS
      this.#seen.set(zoneMs, (this.#seen.get(zoneMs) ?? 0) + 1)
    }
    const [most] = [...this.#seen].sort(([, one], [, other]) => other - one)
    this.#mostMs = most?.[0]
  }

  /** `localMs`: a time as if its clock showed UTC. */
  zoneMs(localMs: number): number {
    return this.#givenMs ?? this.#mostMs ?? this.#machineMs(localMs)
  }

  /** Clocks are set in quarters of an hour, at full ones. */
  #machineMs(localMs: number): number {
    const quarter = Math.floor(localMs / QUARTER_MS)
    if (quarter !== this.#quarter) {
      const at = new Date(localMs)
      const day = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()] as const
      this.#quarter = quarter
      this.#quarterMs =
        localMs - new Date(...day, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), at.getUTCMilliseconds()).getTime()
    }
    return this.#quarterMs
  }
}
