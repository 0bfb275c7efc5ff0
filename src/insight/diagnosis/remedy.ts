/** What to do about a cause: the catalogue's remedies, in the words of the server that was recognised and with what is known filled in. */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Remedy } from '../../causes/cause.ts'
import type { Need } from '../dialect/origin.ts'
import { ORIGINS } from '../dialect/origin-table.ts'
import type { Case } from './case.ts'
import type { Sign } from './rule.ts'
import { fillCommand } from './wording.ts'

/** `SERVER` is the name of the one that was recognised. `fits`: only where one of these signs was seen. */
type Special = { readonly need: Need; readonly do: string; readonly fits?: readonly string[] }

const MORE_TIME: Special = {
  need: 'answer-time',
  do: 'Raise the time limit of SERVER, or make the request faster.',
  fits: ['constant-time', 'watchdog'],
}
const READ_LOG: Special = { need: 'log', do: 'Read what SERVER logged at that moment.' }
const MORE_WORKERS: Special = { need: 'workers', do: 'Let SERVER work on more requests at a time.' }
const LESS_MEMORY: Special = { need: 'memory', do: 'Let SERVER take less memory.', fits: ['killed-for-memory', 'memory-short'] }
const PLAIN: Special = { need: 'plain-http', do: 'Let SERVER expect neither TLS nor the PROXY protocol on this port.' }

const SPECIALS: Readonly<Partial<Record<CauseId, readonly Special[]>>> = {
  'keepalive-race': [
    { need: 'keep-idle', do: 'Let SERVER keep idle connections for longer than Gatewell does (60 s unless configured otherwise).' },
  ],
  'reset-before-response': [MORE_TIME, LESS_MEMORY, READ_LOG],
  'closed-before-response': [MORE_TIME, LESS_MEMORY, READ_LOG, { ...PLAIN, fits: ['never-answers'] }],
  'truncated-body': [MORE_TIME, LESS_MEMORY, READ_LOG],
  'request-write-failed': [
    { need: 'body-size', do: 'Let SERVER take larger bodies.' },
    { need: 'body-time', do: 'Let SERVER allow more time for a body.' },
  ],
  'response-timeout': [{ ...MORE_WORKERS, fits: ['silent-to-all', 'busy-elsewhere'] }],
  'connect-refused': [{ need: 'listen', do: 'Let SERVER listen on every interface.', fits: ['listens-elsewhere'] }],
  'backlog-overflow': [MORE_WORKERS, { need: 'queue', do: 'Let more connections wait at SERVER.' }],
  'connect-timeout': [{ need: 'queue', do: 'Let more connections wait at SERVER.', fits: ['accept-queue-full'] }],
  'upstream-overloaded': [MORE_WORKERS],
  'overload-shed': [MORE_WORKERS],
  'upstream-5xx': [READ_LOG],
  'plaintext-to-tls-port': [PLAIN],
  'http-protocol-mismatch': [PLAIN],
  'upgrade-failed': [{ need: 'websocket', do: 'Let SERVER pass the switch of protocols on.' }],
}

/** `signs`: those that speak for it, weightiest first. */
export function remediesOf(cause: CauseId, one: Case, signs: readonly (readonly [string, Sign])[]): readonly Remedy[] {
  const seen = new Set(signs.map(([name]) => name))
  const found = signs.flatMap(([, sign]) => sign.remedies ?? [])
  const special = specialsOf(cause, one, seen)
  const general = (CAUSES[cause].remedies as readonly Remedy[])
    .filter((remedy) => isFitting(remedy, one, special.length > 0))
    .map((remedy) => withoutForeign(remedy, one))
  const all = [...found, ...special, ...general].map((remedy) => fillCommand(remedy, one.words))
  return all.filter((remedy, index) => all.findIndex((other) => isSame(other, remedy)) === index)
}

function specialsOf(cause: CauseId, { origin }: Case, seen: ReadonlySet<string>): Remedy[] {
  if (origin === null) return []
  const { name, settings } = origin.origin
  return (SPECIALS[cause] ?? []).flatMap((special) => {
    const command = settings[special.need]
    const isFit = special.fits === undefined || special.fits.some((sign) => seen.has(sign))
    return command === undefined || !isFit ? [] : [{ do: special.do.replace('SERVER', name), when: '', command }]
  })
}

/** What is for one server only is left out where another one was recognised, or where this one's own words are there. */
function isFitting({ when }: Remedy, { origin }: Case, hasSpecial: boolean): boolean {
  if (origin === null) return true
  const named = Object.values(ORIGINS).filter(({ name }) => new RegExp(String.raw`\b${name}\b`).test(when))
  return named.length === 0 || (named.includes(origin.origin) && !hasSpecial)
}

/** A list of settings of several servers, none of which is the one that was recognised, helps nobody. */
function withoutForeign(remedy: Remedy, { origin }: Case): Remedy {
  const { command, ...rest } = remedy
  if (origin === null || !command?.includes(' · ')) return remedy
  const named = Object.values(ORIGINS).filter(({ name }) => command.includes(name))
  return named.length === 0 || named.includes(origin.origin) ? remedy : rest
}

function isSame(one: Remedy, other: Remedy): boolean {
  return one.do === other.do || (one.command !== undefined && one.command === other.command && one.when === other.when)
}
