/** Helps those servers that cannot be had here: lines after their sources and manuals, each with its cause. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import type { Troupe, Written } from './case.ts'

export type Line = readonly [KnownCauseId | null, string]

/** A server with nothing but lines by hand: one file for each format. */
export function byHand(server: string, how: string, files: Readonly<Record<string, readonly Line[]>>): Troupe {
  const written = Object.entries(files).map(([format, lines]): Written => ({ name: format, format, how, lines }))
  return { server, version: () => '', formats: {}, cases: [], written }
}
