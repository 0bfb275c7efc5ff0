/** logfmt: `at=error code=H12 desc="Request timeout"`. */
import type { JsonObject } from './json-line.ts'

const PAIR = /([\w.@-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g

/** Null where there is no pair. */
export function readLogfmt(line: string): JsonObject | null {
  const object: Record<string, string> = {}
  for (const [, key = '', quoted, bare] of line.matchAll(PAIR)) object[key] ??= quoted?.replaceAll(/\\(["\\])/g, '$1') ?? bare ?? ''
  return Object.keys(object).length === 0 ? null : object
}
