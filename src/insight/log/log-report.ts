/** What `gatewell logs` found out, as `--json` prints it. Times are RFC 3339 in UTC; lists of names have the most first. */

import type { Cause, Remedy } from '../../causes/cause.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'

export type NamedCount = { readonly name: string; readonly count: number }

export type LogExample = {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly time: string | null
  /** Lines of other logs that tell why. */
  readonly evidence: readonly { readonly file: string; readonly line: number; readonly text: string; readonly says: string }[]
}

export type FileReport = {
  readonly path: string
  /** null: none that is known. */
  readonly format: string | null
  readonly title: string
  readonly lines: number
  readonly unparsed: number
  /** The first lines that were not understood. */
  readonly unread: readonly { readonly line: number; readonly text: string }[]
  readonly first: string | null
  readonly last: string | null
  readonly problem: string | null
}

/** What is told of errors of one cause, and of those without one. */
export type ErrorGroup = {
  readonly count: number
  /** Of all errors, 0 to 1. */
  readonly share: number
  readonly first: string | null
  readonly last: string | null
  /** One number a step of the timeline. */
  readonly pulse: readonly number[]
  readonly statuses: readonly NamedCount[]
  readonly hosts: readonly NamedCount[]
  readonly routes: readonly NamedCount[]
  readonly upstreams: readonly NamedCount[]
  readonly clients: readonly NamedCount[]
  /** Different ones; at least so many. */
  readonly clientCount: number
  readonly crawlers: readonly NamedCount[]
  /** The servers whose logs say so. */
  readonly servers: readonly NamedCount[]
  readonly examples: readonly LogExample[]
}

export type CauseReport = ErrorGroup & {
  readonly cause: KnownCauseId
  readonly title: string
  readonly meaning: string
  readonly side: Cause['side']
  /** Of its errors in the mean, 0 to 1. */
  readonly confidence: number
  /** What the logs said, in words. */
  readonly said: readonly NamedCount[]
  /** How often a server said so of itself, whatever came of it. */
  readonly events: number
  /** Attempts that failed of it where no request did. */
  readonly rescued: number
  readonly remedies: readonly Remedy[]
}

export type LogReport = {
  readonly files: readonly FileReport[]
  /** Lines of access logs. */
  readonly requests: number
  readonly errors: number
  readonly first: string | null
  readonly last: string | null
  readonly timeline: {
    readonly start: string | null
    readonly stepMs: number
    readonly requests: readonly number[]
    readonly errors: readonly number[]
  }
  readonly causes: readonly CauseReport[]
  readonly unattributed: ErrorGroup & {
    /** Who made the error, as far as its length tells. */
    readonly said: readonly NamedCount[]
  }
}

export function timeText(ms: number): string | null {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : null
}
