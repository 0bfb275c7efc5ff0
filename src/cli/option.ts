/** Options that several commands have, each judged by the parser of the configuration key that it stands for. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isPort, parseListen, splitHostPort, toHostName } from '../config/address.ts'
import { ADMIN_LISTEN, LISTEN } from '../config/defaults.ts'
import type { Overrides } from '../config/override.ts'
import { certain, type Parsed } from '../config/parsed.ts'
import type { Address, ListenerPlan } from '../config/plan.ts'
import { parseWorkers } from '../config/text.ts'
import { parseDuration } from '../config/unit.ts'

export type RunOptions = {
  readonly listen?: readonly ListenerPlan[]
  /** null for off. */
  readonly admin?: ListenerPlan | null
  /** null for one for each core. */
  readonly workers?: number | null
  readonly data?: string
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

/** For commands that operate a running gateway. */
export function withGateway(command: Command): Command {
  const address = new Option('--admin <addr>', 'the admin address of the running gateway')
  return command
    .addOption(address.argParser(readAdmin).default(certain(parseListen(ADMIN_LISTEN)).address, ADMIN_LISTEN))
    .option('--token-file <file>', 'where its admin token is; without it: the environment variable GATEWELL_TOKEN')
}

/** Where to ask, so that a name will do as well. */
function readAdmin(text: string): Address {
  const split = splitHostPort(text.replace(/^http:\/\//, '').replace(/\/$/, ''))
  const name = split === null ? null : toHostName(split.host)
  return split !== null && name !== null && name !== '' && isPort(split.port, 1)
    ? { kind: 'tcp', host: name, port: Number(split.port) }
    : resultOf(parseListen(text)).address
}

export function workersOption(): Option {
  return new Option('--workers <n>', 'processes that carry traffic, or "auto" for one a core; 0 for none but this one').argParser((text) =>
    resultOf(parseWorkers(text)),
  )
}

export const DATA_FOLDER = './.gatewell'

export function dataOption(): Option {
  return new Option('--data <dir>', `where it keeps what must outlive it; made when there is something to keep; default ${DATA_FOLDER}`)
}

/** Milliseconds. */
export function forOption(): Option {
  return new Option('--for <duration>', 'ends by itself after that, for example 30s').argParser((text) => resultOf(parseDuration(text, 1)))
}

/** Milliseconds, true where none are said: as long as it takes. */
export function waitOption(): Option {
  return new Option('--wait [duration]', 'until no request is under way there; exit 1 if that takes longer').argParser((text) =>
    resultOf(parseDuration(text, 1)),
  )
}

/** Milliseconds. */
export function retryAfterOption(): Option {
  return new Option('--retry-after <duration>', 'what visitors and crawlers are told to wait; default 5m').argParser((text) =>
    resultOf(parseDuration(text, 1_000)),
  )
}

/** Repeatable. */
export function resolverOption(): Option {
  return new Option('--resolver <ip>', 'the name server to ask, repeatable: their answers are compared').argParser(
    (text, former: readonly string[] = []) => [...former, text],
  )
}

/** Repeatable. */
export function serverOption(): Option {
  return new Option(
    '--server <name/version>',
    'what runs there, for example nginx/1.29.8: rules and defaults differ; repeatable',
  ).argParser((text, former: readonly string[] = []) => [...former, text])
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
