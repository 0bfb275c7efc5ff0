/**
 * What else is known of a cause, gathered from the tables that know it: what a visitor can do, what to set or look at in each server,
 * what each of them logs or writes on its page, and how it is brought about. Nothing is written here that is not in one of them.
 */
import { CAUSES, type CauseId } from '../causes/catalogue.ts'
import type { Remedy } from '../causes/cause.ts'
import { KNOWN_CAUSES, type KnownCauseId } from '../causes/foreign-catalogue.ts'
import { makersOf } from '../causes/page-mark.ts'
import { ORIGINS, SERVER_IDS, type ServerId } from './dialect/origin-table.ts'
import { PATTERNS } from './dialect/pattern-table.ts'
import type { Outcome } from './fault/fault.ts'
import { FAULTS } from './fault/fault-table.ts'
import { RULES } from './lint/rule-table.ts'
import { NEEDS, type ServerNeed } from './need-table.ts'
import { FINGERPRINTS } from './speaker/fingerprint-table.ts'
import { visitorAdvice } from './visitor-advice.ts'

export type CauseGuide = {
  readonly visitor: readonly string[]
  /** What to set or to look at, and how each server takes it. */
  readonly checks: readonly Check[]
  /** By server: how it says that it met the cause. */
  readonly signs: readonly { readonly server: string; readonly says: readonly string[] }[]
  /** Rules of the linter that find what leads to it, before it does. */
  readonly rules: readonly { readonly rule: string; readonly compares: string }[]
  /** Null: it is a cause that only other servers meet. */
  readonly rehearsal: { readonly describe: string; readonly outcome: Outcome; readonly isConfined: boolean } | null
}

export type Check = Remedy & { readonly commands: readonly { readonly server: string; readonly command: string }[] }

/** Logs are not always called as their server is. */
const LOGS: Readonly<Record<string, string>> = { gclb: ORIGINS.google.name, system: 'the kernel', 'php-fpm': ORIGINS.php.name }
/** What Gatewell logs is its own business, and a plain access log names nobody. */
const NAMELESS = ['gatewell', 'plain']

export function isOwnCause(id: KnownCauseId): id is CauseId {
  return Object.hasOwn(CAUSES, id)
}

export function guideOf(id: KnownCauseId): CauseGuide {
  const fault = isOwnCause(id) ? FAULTS[id] : null
  return {
    visitor: visitorAdvice(id),
    checks: (NEEDS[id] ?? []).map(checkOf),
    signs: signsOf(id),
    rules: RULES.flatMap(({ id: rule, cause, compares }) => (cause === id ? [{ rule, compares }] : [])),
    rehearsal:
      fault === null ? null : { describe: fault.describe, outcome: fault.outcome ?? 'error', isConfined: fault.confinement !== undefined },
  }
}

function checkOf({ need, do: deed, when }: ServerNeed): Check {
  const commands = SERVER_IDS.flatMap((id) => {
    const { name: server, settings } = ORIGINS[id]
    const command = settings[need]
    return command === undefined ? [] : [{ server, command }]
  })
  return { do: deed.replace('SERVER', 'the server'), when, commands }
}

function signsOf(id: KnownCauseId): CauseGuide['signs'] {
  const found = new Map<string, string[]>()
  const add = (server: string, says: string): void => {
    const list = found.get(server) ?? []
    if (!list.includes(says)) found.set(server, [...list, says])
  }
  for (const [dialect, patterns] of Object.entries(PATTERNS)) {
    if (NAMELESS.includes(dialect)) continue
    const server = LOGS[dialect] ?? ORIGINS[dialect as ServerId].name
    for (const { cause, note } of patterns) if (cause === id) add(server, `in its log: ${note}`)
  }
  for (const maker of makersOf(id)) add(ORIGINS[maker as ServerId].name, 'on its error page')
  for (const [server, { own = [] }] of Object.entries(FINGERPRINTS) as [ServerId, (typeof FINGERPRINTS)[ServerId]][]) {
    for (const { causes = [], statuses, field } of own) {
      const pattern = causes.find(([, cause]) => cause === id)?.[0].source.replace(/^\^|\$$/g, '')
      if (pattern !== undefined) add(ORIGINS[server].name, statuses === undefined ? `by \`${field}\`` : `by its status ${pattern}`)
    }
  }
  return [...found].map(([server, says]) => ({ server, says }))
}

/** All causes that there is a page of: those that Gatewell meets, then those that only others do. */
export const GUIDED_CAUSES = Object.keys(KNOWN_CAUSES) as KnownCauseId[]
