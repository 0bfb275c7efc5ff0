/**
 * "Who said 502?": which hop made an error answer, told by its fields, its page and its length. Pure, and no promise: what it rests on
 * is in its evidence, and how sure that is in its confidence, which are the odds of insight/diagnosis/weigh.ts.
 */
import type { CauseId } from '../../causes/catalogue.ts'
import type { ProxyErrorType } from '../../causes/cause.ts'
import { isKnownCause, type KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { type PageReading, readPage } from '../../causes/page-mark.ts'
import { type HopMember, readHopList, type Timing } from '../../http/hop-field.ts'
import type { Finding } from '../diagnosis/diagnosis.ts'
import { STRENGTH, type Strength } from '../diagnosis/rule.ts'
import { isServerId, ORIGINS, SERVER_IDS, type ServerId } from '../dialect/origin-table.ts'
import { type SizeMatch, speakerByBytes } from './body-size.ts'
import type { OwnMark } from './fingerprint.ts'
import { FINGERPRINTS } from './fingerprint-table.ts'
import { type FieldMap, fieldMapOf, type Hop, hopsOf, serverCalled, timingsOf } from './hop.ts'

export type ErrorAnswer = {
  readonly status: number
  /** Names and values in turn, as they came. */
  readonly fields: readonly string[]
  /** The beginning of its body as ISO 8859-1, 4 KiB are enough; left out where nobody has read it. */
  readonly body?: string | undefined
  /** The length of the whole body, where it is known. */
  readonly bodyBytes?: number | undefined
}

export type Speaker = {
  /** Null: a hop that only gives a name of its own. */
  readonly server: ServerId | null
  /** As people write it. */
  readonly name: string
  readonly version: string | null
  /** It stands in front of apps, as a rule. */
  readonly isProxy: boolean
  /** `own`: it made the error itself. `relayed`: it passed on what came from behind it. `unclear`: one of both. */
  readonly page: 'own' | 'relayed' | 'unclear'
  /** 0 to 1. */
  readonly confidence: number
  /** What speaks for it, weightiest first. */
  readonly evidence: readonly Finding[]
  /** What it says went wrong, or null. */
  readonly cause: KnownCauseId | null
  /** The hops that can be told, the one nearest to the client first. */
  readonly hops: readonly Hop[]
  /** Its own place among them, or null. */
  readonly hop: number | null
  /** What `Server-Timing` tells of the time it took inside; it names no hop. */
  readonly timings: readonly Timing[]
}

type Sign = { readonly strength: Strength; readonly finding: Finding; readonly cause?: KnownCauseId | undefined }
/** The way it came: what any verdict is given with. */
type Way = Pick<Speaker, 'hops' | 'timings'>
type Suspect = {
  readonly server: ServerId | null
  readonly name: string
  readonly signs: Sign[]
  version: string | null
  cause: KnownCauseId | null
}

const CONFIDENCE_MAX = 0.99
/** What is only told of a server counts for less. */
const WEAKER: Readonly<Record<Strength, Strength>> = { proof: 'clear', clear: 'hint', hint: 'note', note: 'note' }

/** Null: nothing tells who made it. */
export function recogniseSpeaker(answer: ErrorAnswer): Speaker | null {
  return speakerOf({ ...answer, fields: fieldMapOf(answer.fields) }, answer.body === undefined ? null : readPage(answer.body))
}

/** A hop in front of the app made it, not the app. */
export function isOwnError({ isProxy, page }: Speaker): boolean {
  return isProxy && page === 'own'
}

type Seen = Omit<ErrorAnswer, 'fields'> & { readonly fields: FieldMap }

/** The same where the page was read before and is not kept. */
export function speakerOf(seen: Seen, page: PageReading | null): Speaker | null {
  const way: Way = { hops: hopsOf(seen.fields), timings: timingsOf(seen.fields) }
  const suspects = new Map<string, Suspect>()
  const add = (server: ServerId | null, name: string, sign: Sign): Suspect => {
    const suspect = suspects.get(name) ?? { server, name, signs: [], version: null, cause: null }
    suspect.signs.push(sign)
    suspects.set(name, suspect)
    return suspect
  }
  const confessed = readHopList(seen.fields.get('proxy-status') ?? '').find(({ parameters }) => parameters.error !== undefined)
  if (confessed !== undefined) {
    const server = serverCalled(confessed.name)
    const says = 'this hop says in Proxy-Status that it met an error and answered'
    const suspect = add(
      server,
      server === null ? confessed.name : ORIGINS[server].name,
      sign('proof', 'proxy_status', textOf(confessed), says),
    )
    suspect.cause = causeOf(confessed)
  }
  if (page !== null && isServerId(page.maker)) {
    const { name } = ORIGINS[page.maker]
    const suspect = add(page.maker, name, sign('proof', 'page_of', name, 'the page is one that this server writes for its own errors'))
    suspect.version = page.version === '' ? null : page.version
    suspect.cause ??= page.cause
  }
  for (const id of SERVER_IDS)
    for (const one of signsOf(id, seen)) {
      const suspect = add(id, ORIGINS[id].name, one)
      suspect.cause ??= one.cause ?? null
    }
  for (const { server, name, says } of sizesOf(seen)) add(server, name, sign('hint', 'body_bytes', seen.bodyBytes as number, says))
  const ranked = [...suspects.values()].map((suspect) => ({ suspect, odds: oddsOf(suspect.signs) })).sort((a, b) => b.odds - a.odds)
  const [best] = ranked
  if (best === undefined || best.odds < STRENGTH.clear) return passerOf(way, seen, page) ?? madeBy(ranked, way)
  return madeBy(ranked, way)
}

function madeBy(ranked: readonly { suspect: Suspect; odds: number }[], way: Way): Speaker | null {
  const { hops } = way
  const [best] = ranked
  if (best === undefined) return null
  const { server, name, signs, version, cause } = best.suspect
  const hop = hops.findIndex((one) => (server === null ? one.name === name : one.server === server))
  const total = ranked.reduce((sum, { odds }) => sum + odds, 1)
  return {
    ...{ server, name, version: version ?? hops[hop]?.version ?? null, isProxy: server === null || ORIGINS[server].isProxy, page: 'own' },
    confidence: rounded(best.odds / total),
    evidence: [...signs].sort((a, b) => STRENGTH[b.strength] - STRENGTH[a.strength]).map(({ finding }) => finding),
    ...{ ...way, cause, hop: hop < 0 ? null : hop },
  }
}

/** Nobody is known to have made it: then the hop that is furthest in is where to go on looking. */
function passerOf(way: Way, { body, fields }: Seen, page: PageReading | null): Speaker | null {
  const { hops } = way
  const last = hops.findLastIndex(({ server }) => server !== null)
  const { server, name, version, by } = hops[last] ?? {}
  if (server == null || name === undefined) return null
  const { isProxy, name: called } = ORIGINS[server]
  const isForeign = body !== undefined && body !== '' && page === null
  const says = isForeign
    ? 'the answer came through it, and the page is none that it writes itself'
    : 'the answer came from it or through it'
  return {
    ...{ server, name: called, version: version ?? null, isProxy, page: isProxy ? (isForeign ? 'relayed' : 'unclear') : 'own' },
    confidence: isForeign || !isProxy ? 0.67 : 0.5,
    evidence: [{ name: (by as string).replaceAll('-', '_'), value: fields.get(by as string) ?? called, says }],
    ...{ ...way, cause: null, hop: last },
  }
}

function signsOf(id: ServerId, { status, fields, body, bodyBytes }: Seen): Sign[] {
  const { own = [], isServerOwn, source } = FINGERPRINTS[id]
  const signs: Sign[] = []
  const server = fields.get('server') ?? ''
  if (isServerOwn && status >= 500 && server !== '' && ORIGINS[id].server?.test(server)) {
    signs.push(sign('clear', 'server', server, 'it puts its name on nothing but what it made itself'))
  }
  for (const mark of own) if (isSeen(mark, { status, fields, body, bodyBytes })) signs.push(markSign(mark, fields, status))
  return source === 'told' ? signs.map((one) => ({ ...one, strength: WEAKER[one.strength] })) : signs
}

/** Where nobody has read the page its length must do, unless Server says that it is another's. */
function sizesOf({ status, fields, body, bodyBytes = 0 }: Seen): readonly SizeMatch[] {
  if (body !== undefined || bodyBytes === 0) return []
  const server = fields.get('server') ?? ''
  return speakerByBytes(status, bodyBytes).filter(({ server: id }) => server === '' || ORIGINS[id].server?.test(server))
}

function isSeen({ field, pattern, without = [], isEmpty, statuses }: OwnMark, { status, fields, body, bodyBytes }: Seen): boolean {
  if (statuses !== undefined && !statuses.includes(status)) return false
  if (without.some((name) => fields.has(name))) return false
  if (isEmpty && !(body === '' || bodyBytes === 0)) return false
  return field === undefined || (fields.has(field) && (pattern?.test(fields.get(field) as string) ?? true))
}

function markSign({ field, strength, says, causes, statuses }: OwnMark, fields: FieldMap, status: number): Sign {
  const value = field === undefined ? '' : (fields.get(field) as string)
  const told = causes?.find(([pattern]) => pattern.test(value) || pattern.test(`${status}`))
  const shown =
    field === undefined
      ? sign(strength, statuses === undefined ? 'body_bytes' : 'status', statuses === undefined ? 0 : status, says)
      : sign(strength, field.replaceAll('-', '_'), value, says)
  return { ...shown, cause: told?.[1] }
}

function sign(strength: Strength, name: string, value: string | number, says: string): Sign {
  return { strength, finding: { name, value, says } }
}

function oddsOf(signs: readonly Sign[]): number {
  return signs.reduce((odds, { strength }) => odds * STRENGTH[strength], 1)
}

function rounded(confidence: number): number {
  return Math.round(Math.min(confidence, CONFIDENCE_MAX) * 100) / 100
}

function textOf({ name, parameters }: HopMember): string {
  return [name, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)].join('; ')
}

/** What the hop itself calls it, if that is one of our causes; else what the error type of RFC 9209 stands for. */
function causeOf({ parameters: { details = '', error = '' } }: HopMember): KnownCauseId | null {
  if (isKnownCause(details)) return details
  return CAUSE_OF_TYPE[error as ProxyErrorType] ?? null
}

const CAUSE_OF_TYPE: Readonly<Partial<Record<ProxyErrorType, CauseId>>> = {
  dns_timeout: 'dns-timeout',
  dns_error: 'dns-servfail',
  destination_unavailable: 'no-healthy-upstream',
  destination_ip_prohibited: 'firewall-blocked',
  destination_ip_unroutable: 'connect-unreachable',
  connection_refused: 'connect-refused',
  connection_terminated: 'closed-before-response',
  connection_timeout: 'connect-timeout',
  connection_read_timeout: 'idle-timeout',
  connection_write_timeout: 'request-write-timeout',
  connection_limit_reached: 'overload-shed',
  http_response_incomplete: 'truncated-body',
  http_response_header_section_size: 'header-too-large',
  http_response_header_size: 'header-too-large',
  http_response_timeout: 'response-timeout',
  http_upgrade_failed: 'upgrade-failed',
  http_protocol_error: 'malformed-response',
  proxy_internal_error: 'gateway-internal',
  proxy_configuration_error: 'gateway-config',
  proxy_loop_detected: 'proxy-loop',
}
