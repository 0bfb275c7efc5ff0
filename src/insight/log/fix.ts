/** What to do about a cause: the setting of the server whose log names it, then what the catalogue advises. */

import type { Cause, Remedy } from '../../causes/cause.ts'
import { KNOWN_CAUSES, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { SETTINGS } from '../dialect/log-setting.ts'
import { ORIGINS, type ServerId } from '../dialect/origin-table.ts'
import type { LogDialect } from './log-entry.ts'

/** As the tables of servers call it. */
const SERVERS: Readonly<Partial<Record<LogDialect, ServerId>>> = { 'php-fpm': 'php', gclb: 'google' }

export function nameOf(dialect: LogDialect): string {
  if (dialect === 'plain') return 'access log'
  if (dialect === 'system') return 'the system'
  return ORIGINS[SERVERS[dialect] ?? (dialect as ServerId)].name
}

export function remediesFor(cause: KnownCauseId, dialects: readonly LogDialect[]): readonly Remedy[] {
  const own = dialects.flatMap((dialect): Remedy[] => {
    const setting = SETTINGS[dialect]?.[cause]
    return setting === undefined ? [] : [{ do: setting.do, when: '', command: setting.command }]
  })
  const named = dialects.map(nameOf)
  const { remedies }: Cause = KNOWN_CAUSES[cause]
  return [...own, ...remedies.filter((remedy) => isFor(remedy, named))]
}

/** What is advised for one server only is left out where the logs are of others. */
function isFor({ when }: Remedy, named: readonly string[]): boolean {
  const meant = Object.values(ORIGINS).filter(({ name }) => new RegExp(String.raw`\b${name.replaceAll('.', '\\.')}\b`).test(when))
  return meant.length === 0 || meant.some(({ name }) => named.includes(name))
}
