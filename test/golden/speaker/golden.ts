/** The form of the golden error answers, and all of them. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type GoldenAnswer = {
  readonly path: string
  /** Asked with the User-Agent of a browser. */
  readonly isBrowser?: boolean
  readonly status: number
  /** Names and values in turn. */
  readonly fields: readonly string[]
  /** The beginning of it, as ISO 8859-1. */
  readonly body: string
  readonly bodyBytes: number
  /** Of those written by hand: the cause that it is to be read as. */
  readonly cause?: string | null
  /** `own` if left out. */
  readonly page?: 'unclear'
}

export type GoldenServer = {
  /** Its id in insight/dialect. */
  readonly server: string
  /** The version that made it, or the source that it was written after. */
  readonly made: string
  readonly answers: readonly GoldenAnswer[]
}

export function goldenServers(pattern: string): GoldenServer[] {
  return globSync(pattern, { cwd: import.meta.dirname })
    .sort()
    .map((path) => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')) as GoldenServer)
}
