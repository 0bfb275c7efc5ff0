/** The options of the bench, and what they mean together. Throws a sentence for people when they make no sense. */
import { parseArgs } from 'node:util'
import { WORKLOAD_NAMES } from './workload.ts'

export type Options = {
  readonly proxies: readonly string[]
  readonly workloads: readonly string[]
  readonly rounds: number
  readonly seconds: number
  readonly gatewellCommand: string | null
  readonly isProfile: boolean
  /** Everything at full length, so the result is worth keeping. */
  readonly isFull: boolean
}

const PROXY_NAMES = ['gatewell', 'nginx', 'haproxy', 'caddy', 'httpxy', 'http-proxy', 'fastify'] as const

const ROUNDS = 3
const SECONDS = 2

export const HELP = `Usage: npm run bench -- [options]

Measures Gatewell beside other proxies: CPU time a request, requests/s, latency and memory.

  --quick                   small GET only, against nginx and haproxy: half a minute
  --only NAME,…             these proxies: ${PROXY_NAMES.join(', ')}
  --workload NAME,…         these workloads: ${WORKLOAD_NAMES.join(', ')}
  --rounds N                how often each proxy has its turn (${ROUNDS})
  --seconds N               how long a turn lasts (${SECONDS})
  --gatewell-command CMD    measures this as gatewell. {port}, {origin} and {admin} are filled in; without {port} it gets the
                            arguments that gatewell gets
  --profile                 instead: where gatewell's CPU time goes, by function, under the first workload
  --help
`

export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      workload: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'gatewell-command': { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const quick = values.quick === true
  const rounds = numberOf('--rounds', values.rounds, ROUNDS)
  const seconds = numberOf('--seconds', values.seconds, values.profile ? 5 : SECONDS)
  const isCut = quick || values.only !== undefined || values.workload !== undefined || values['gatewell-command'] !== undefined
  return {
    proxies: namesOf('--only', values.only, PROXY_NAMES, quick ? ['gatewell', 'nginx', 'haproxy'] : PROXY_NAMES),
    workloads: namesOf('--workload', values.workload, WORKLOAD_NAMES, quick || values.profile ? ['small'] : WORKLOAD_NAMES),
    rounds,
    seconds,
    gatewellCommand: values['gatewell-command'] ?? null,
    isProfile: values.profile === true,
    isFull: !isCut && rounds >= ROUNDS && seconds >= SECONDS,
  }
}

function namesOf(
  option: string,
  given: readonly string[] | undefined,
  known: readonly string[],
  fallback: readonly string[],
): readonly string[] {
  if (given === undefined) return fallback
  const names = given.flatMap((value) => value.split(','))
  const strange = names.find((name) => !known.includes(name))
  if (strange !== undefined) throw new Error(`${option} ${strange}: there is no such thing. There is ${known.join(', ')}.`)
  return names
}

function numberOf(option: string, given: string | undefined, fallback: number): number {
  const value = given === undefined ? fallback : Number(given)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} ${given}: a whole number from 1 on is wanted.`)
  return value
}
