/** How far the clock of logs without a time zone is ahead of UTC: as other logs beside them say, or as it is on this machine. */

const ZONE = /(?:\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d|^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\]/
const MINUTE_MS = 60_000

export class ZoneFinder {
  readonly #givenMs: number | undefined
  readonly #seen = new Map<number, number>()

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
  }

  /** `localMs`: a time as if its clock showed UTC. */
  zoneMs(localMs: number): number {
    if (this.#givenMs !== undefined) return this.#givenMs
    const [most] = [...this.#seen].sort(([, one], [, other]) => other - one)
    return most === undefined ? machineMs(localMs) : most[0]
  }
}

function machineMs(localMs: number): number {
  const at = new Date(localMs)
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  return localMs - new Date(year, month, day, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), at.getUTCMilliseconds()).getTime()
}
