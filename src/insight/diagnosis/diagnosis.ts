/**
 * Why an exchange failed: the cause, how sure that is, the evidence and what to do. Pure: the same facts give the same diagnosis.
 * What is diagnosed and what comes of it is plain data that can be stored and sent. What is known of causes is in `rule/`.
 */
import { CAUSES, type CauseId } from '../../causes/catalogue.ts'
import type { Remedy } from '../../causes/cause.ts'
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { Recognised } from '../dialect/recognise.ts'
import { hopFindings } from '../speaker/recorded-speaker.ts'
import { isOwnError } from '../speaker/speaker.ts'
import { type Case, caseOf } from './case.ts'
import { remediesOf } from './remedy.ts'
import type { Sign } from './rule.ts'
import { DIAGNOSIS_RULES } from './rule-table.ts'
import { SIGHTS, type Sight } from './sight.ts'
import { type Seen, weigh } from './weigh.ts'
import { fillText } from './wording.ts'

export type Diagnosis = {
  readonly cause: CauseId
  /** 0 to 1: how likely it is that this cause is the one to act on. */
  readonly confidence: number
  /** One or two sentences for the owner of the site. */
  readonly summary: string
  /** What speaks for the cause, weightiest first. */
  readonly evidence: readonly Finding[]
  /** What speaks against it. */
  readonly against: readonly Finding[]
  /** Likeliest first. */
  readonly remedies: readonly Remedy[]
  /** The hop that made the error, where it was not the app and not Gatewell, or null. */
  readonly saidBy: string | null
}

export type Finding = {
  /** Stable, machine-readable. */
  readonly name: string
  readonly value: string | number | boolean
  /** What it means, one plain clause. */
  readonly says: string
}

/** What control saw of the machine and the server right after a failure. What could not be seen is left out. No secrets. */
export type Facts = {
  /** Epoch milliseconds. */
  readonly gatheredAt?: number
  /** Whether the endpoint is on this machine. */
  readonly isLocal?: boolean
  /** The sockets that listen on the endpoint's port or path here. Empty: none does. */
  readonly listeners?: readonly ListenerFact[]
  /** The socket file of the endpoint. */
  readonly socket?: SocketFileFact
  /** A connection that was tried right after the failure. */
  readonly connection?: ConnectionFact
  /** What the server said of itself when it was asked `OPTIONS *`. */
  readonly server?: ServerFact
  /** Whether the port answers a TLS handshake. */
  readonly isTls?: boolean
  /** What it showed then. */
  readonly certificate?: CertificateFact
  /** What its pool of PHP-FPM tells of itself. */
  readonly php?: PhpFact
  readonly name?: NameFact
  readonly dependencies?: readonly DependencyFact[]
  /** What changed lately, oldest first. */
  readonly changes?: readonly ChangeFact[]
  readonly memory?: MemoryFact
  readonly descriptors?: DescriptorFact
  readonly disk?: DiskFact
  readonly load?: LoadFact
  readonly ports?: PortFact
}

export type ListenerFact = {
  readonly address: string
  /** 0 for a unix socket. */
  readonly port: number
  /** Connections that wait to be accepted. */
  readonly queued?: number
  readonly process?: ProcessFact
}

export type ProcessFact = {
  readonly pid: number
  /** Its short name, as in `ps`. */
  readonly name: string
  /** Epoch milliseconds. */
  readonly startedAt?: number
  /** The unit of systemd that it belongs to. */
  readonly service?: string
}

export type SocketFileFact = {
  readonly path: string
  readonly kind: 'socket' | 'other' | 'missing' | 'hidden'
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  /** The user that Gatewell runs as. */
  readonly user?: string
}

export type ConnectionFact = { readonly isOpen: boolean; readonly ms: number; readonly code?: string }

export type ServerFact = {
  /** 0: it closed the connection without an answer; -1: it said nothing in time. */
  readonly status: number
  readonly server?: string
  readonly poweredBy?: string
  readonly via?: string
  /** From `Keep-Alive: timeout=`. */
  readonly keepAliveS?: number
}

/** Times are epoch milliseconds. Names as the certificate has them, and so what a stranger wrote. */
export type CertificateFact = {
  readonly names: readonly string[]
  readonly issuer: string
  readonly validFrom: number
  readonly validTo: number
}

/** As `pm.status_path` says it. */
export type PhpFact = {
  readonly pool: string
  readonly manager: string
  readonly active: number
  readonly idle: number
  readonly queued: number
  /** How often all that there may be were busy, since it was started. */
  readonly maxReached: number
  readonly slow: number
}

/** The addresses that Gatewell went to, and what the name servers say now. */
export type NameFact = {
  readonly host: string
  readonly used: readonly string[]
  readonly fresh: readonly string[]
  readonly code?: string
}

/** `url` without user and password. */
export type DependencyFact = { readonly url: string; readonly isUp: boolean; readonly ms: number; readonly says: string }

export type ChangeFact = {
  /** Epoch milliseconds. */
  readonly at: number
  readonly kind: 'reload' | 'drain' | 'switch' | 'dns' | 'worker' | 'start' | 'server'
  readonly text: string
}

export type MemoryFact = {
  readonly totalBytes: number
  readonly availableBytes: number
  /** Processes that the kernel has killed for lack of memory since Gatewell started, and since the last look. */
  readonly killed?: number
  readonly killedLately?: number
}

export type DescriptorFact = { readonly used: number; readonly limit: number }
export type DiskFact = { readonly path: string; readonly freeBytes: number; readonly totalBytes: number }
export type LoadFact = { readonly perMinute: number; readonly processors: number }
/** Local ports in use towards the endpoint, and how many there are. */
export type PortFact = { readonly used: number; readonly count: number }

/** `related`: other failures at about the same time, for what only many can show. */
export function diagnose(record: FailureRecord, facts: Facts, related: readonly FailureRecord[]): Diagnosis {
  const one = caseOf(record, facts, related)
  const sight = SIGHTS[one.cause]
  const { cause, confidence, signs, against } = weigh(one, sight.certainty, DIAGNOSIS_RULES)
  const seen = signs.map(({ rule, sign }) => [rule.name, sign] as const)
  return {
    cause,
    confidence,
    summary: summaryOf(
      cause,
      one,
      seen.map(([, sign]) => sign),
    ),
    evidence: [...shownBy(sight, one), ...hopFindings(one.speaker), ...originOf(one), ...signs.map(findingOf)],
    against: against.map(findingOf),
    remedies: remediesOf(cause, one, seen),
    saidBy: one.speaker !== null && isOwnError(one.speaker) ? one.speaker.name : null,
  }
}

function findingOf({ rule, sign }: Seen): Finding {
  return { name: rule.name, value: sign.value, says: sign.says }
}

/** What the gateway itself saw. */
function shownBy({ shown, says }: Sight, { evidence }: Case): Finding[] {
  const name = shown.find((each) => evidence.has(each))
  return name === undefined ? [] : [{ name, value: evidence.get(name) as string | number | boolean, says }]
}

const TOLD_BY: Readonly<Record<Recognised['name'], string>> = {
  server: 'what it calls itself',
  x_powered_by: 'what it calls itself',
  process: 'the name of its process',
  keep_alive_s: 'the seconds that it says it keeps connections',
}

function originOf({ origin }: Case): Finding[] {
  return origin === null
    ? []
    : [{ name: origin.name, value: origin.value, says: `the server is ${origin.origin.name}, told by ${TOLD_BY[origin.name]}` }]
}

/** At most two sentences: what happened, and the weightiest thing that was found out about it. */
function summaryOf(cause: CauseId, one: Case, signs: readonly Sign[]): string {
  const own = SIGHTS[cause].summary.map((template) => fillText(template, one.evidence, one.words)).find((text) => text !== null)
  const found = signs.find(({ summary }) => summary !== undefined)?.summary
  return [own ?? CAUSES[cause].meaning, found].filter((text) => text !== undefined).join(' ')
}
