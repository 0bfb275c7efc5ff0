/** The version of this program, from its package. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Two folders up from the sources as from the built package. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as { version: string }).version
}
