/** Options that several commands have, each judged by the parser of the configuration key that it stands for. */
import { InvalidArgumentError, Option } from 'commander'
import { parseListen } from '../config/address.ts'
import { ADMIN_LISTEN, LISTEN } from '../config/defaults.ts'
import type { Overrides } from '../config/override.ts'
import type { Parsed } from '../config/parsed.ts'
import type { ListenerPlan } from '../config/plan.ts'
import { parseWorkers } from '../config/text.ts'
import { parseDuration } from '../config/unit.ts'

export type RunOptions = {
  readonly listen?: readonly ListenerPlan[]
  /** null for off. */
  readonly admin?: ListenerPlan | null
  /** null for one for each core. */
  readonly workers?: number | null
  readonly quiet?: true
}

export function overridesOf({ listen, admin, workers }: RunOptions, parallelism: number): Overrides {
  return {
    ...(listen && { listeners: listen }),
    ...(admin !== undefined && { admin }),
    ...(workers !== undefined && { workers: workers ?? parallelism }),
  }
}

/** Repeatable. */
export function listenOption(): Option {
  return new Option(
    '--listen <addr>',
    `where clients connect: ":80" (every interface), "127.0.0.1:8080"; default ${LISTEN}; repeatable`,
  ).argParser((text, former: readonly ListenerPlan[] = []) => [...former, resultOf(parseListen(text))])
}

export function adminOption(): Option {
  return new Option('--admin <addr>', `where health and metrics are served, or "off"; default ${ADMIN_LISTEN}`).argParser((text) =>
    text === 'off' ? null : resultOf(parseListen(text)),
  )
}

export function workersOption(): Option {
  return new Option('--workers <n>', 'processes that carry traffic, or "auto" for one a core; 0 for none but this one').argParser((text) =>
    resultOf(parseWorkers(text)),
  )
}

/** Milliseconds. */
export function forOption(): Option {
  return new Option('--for <duration>', 'ends by itself after that, for example 30s').argParser((text) => resultOf(parseDuration(text, 1)))
}

export function quietOption(): Option {
  return new Option('--quiet', 'only warnings and errors')
}

export function jsonOption(): Option {
  return new Option('--json', 'as JSON')
}

/** For commander, which makes a wrong usage of it. */
function resultOf<T>(result: Parsed<T>): T {
  if (result.ok) return result.value
  throw new InvalidArgumentError(result.suggestion === null ? result.message : `${result.message} Did you mean ${result.suggestion}?`)
}
