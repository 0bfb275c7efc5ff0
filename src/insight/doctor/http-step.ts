/** The page: how long each part of its answer took, who answered, and who said what went wrong. Redirects are followed to their end. */
import { type Evidence, evidence } from '../../causes/failure.ts'
import type { KnownCauseId } from '../../causes/foreign-catalogue.ts'
import { causeOfStatus } from '../../gateway/judge.ts'
import { ORIGINS } from '../dialect/origin-table.ts'
import { FINGERPRINTS } from '../speaker/fingerprint-table.ts'
import { fieldMapOf, hopsOf } from '../speaker/hop.ts'
import { recogniseSpeaker, type Speaker } from '../speaker/speaker.ts'
import { type Entered, type Entrance, enter, nameOf, openEntrance } from './entrance.ts'
import { type Answer, ask } from './exchange.ts'
import type { Instruments } from './instrument.ts'
import type { Hop, Trouble } from './report.ts'
import { type WebTarget, webTargetOf } from './target.ts'

export type Page = { readonly hop: Hop; readonly outcome: Answer | Trouble }

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]
const TEXT_MAX = 200

type PageOptions = { readonly cookies?: string; readonly bodyBytesMax?: number }

export async function getPage(
  tools: Instruments,
  target: WebTarget,
  entrance: Entrance,
  { cookies = '', bodyBytesMax = tools.limits.bodyBytes }: PageOptions = {},
): Promise<Page> {
  const beganMs = tools.now()
  const where = { name: nameOf(entrance.prefix, 'http'), address: target.url }
  const line = await openEntrance(tools, entrance)
  const fields = cookies === '' ? '' : `Cookie: ${cookies}\r\n`
  const outcome =
    'stream' in line ? await ask(tools, line.stream, { authority: target.authority, path: target.path, fields, bodyBytesMax }) : line
  if ('stream' in line) line.stream.destroy()
  const times = { beganMs, ms: tools.since(beganMs) }
  if (outcome.kind === 'trouble') {
    return { hop: { ...where, ok: false, cause: outcome.cause, timings: times, evidence: outcome.evidence }, outcome }
  }
  const { connectMs, tlsMs } = line as { connectMs: number; tlsMs: number }
  const timings = { ...times, connectMs, tlsMs, waitMs: outcome.waitMs, receiveMs: outcome.receiveMs }
  const { cause, evidence: facts } = readAnswer(outcome)
  return { hop: { ...where, ok: cause === null, ...(cause === null ? {} : { cause }), timings, evidence: facts }, outcome }
}

const HANG_UPS: readonly KnownCauseId[] = ['closed-before-response', 'reset-before-response']

/** A server that hangs up on plain HTTP may have waited for TLS. */
async function isForTls(tools: Instruments, { host }: WebTarget, entrance: Entrance, { cause }: Hop): Promise<boolean> {
  if (entrance.security !== null || cause === undefined || !HANG_UPS.includes(cause)) return false
  const line = await openEntrance(tools, { ...entrance, security: { name: host, alpn: ['http/1.1'] } })
  if (line.kind === 'line') line.stream.destroy()
  return line.kind === 'line'
}

type Reading = { readonly cause: KnownCauseId | null; readonly evidence: readonly Evidence[] }

/** What an answer means, who gave it and who made the error in it. Pure. */
function readAnswer(answer: Answer): Reading {
  const { status, fields, body, bodyBytes, declaredBytes, headBytes, keepAliveMs, trouble } = answer
  const map = fieldMapOf(fields)
  const isError = status >= 500
  const speaker = isError ? recogniseSpeaker({ status, fields, body: body.latin1Slice(), bodyBytes }) : null
  const hops = speaker?.hops ?? hopsOf(map)
  const known = hops.flatMap(({ server }) => (server === null ? [] : [server]))
  const front = known.find((server) => ORIGINS[server].isProxy)
  const edge = known.find((server) => FINGERPRINTS[server].isEdge)
  const wants = status === 400 && /No required SSL certificate was sent|SSL certificate error/.test(body.latin1Slice())
  const cause = trouble?.cause ?? (wants ? 'tls-client-cert-required' : isError ? causeOfError(status, speaker) : null)
  return {
    cause,
    evidence: [
      ...evidence({
        status,
        location: isRedirect(answer) ? cut(map.get('location') ?? '') : undefined,
        server: cut(map.get('server') ?? '') || undefined,
        hops:
          hops
            .map(({ name, version, server }) => `${server === null ? name : ORIGINS[server].name}${version === null ? '' : ` ${version}`}`)
            .join(' → ') || undefined,
        edge: edge === undefined ? undefined : ORIGINS[edge].name,
        front: front ?? undefined,
        said_by: speaker?.name,
        said_page: speaker?.page,
        said_confidence: speaker?.confidence,
        is_said_by_proxy: speaker === null ? undefined : speaker.isProxy,
        retry_after: map.get('retry-after'),
        head_bytes: headBytes,
        body_bytes: bodyBytes,
        declared_bytes: declaredBytes < 0 ? undefined : declaredBytes,
        is_cut: answer.isCut || undefined,
        keep_alive_ms: keepAliveMs || undefined,
      }),
      ...(speaker?.evidence.map(({ name, value, says }) => ({ name: `sign_${name}`, value: cut(`${value}: ${says}`) })) ?? []),
      ...(trouble?.evidence ?? []),
    ],
  }
}

/** What Cloudflare means by its own statuses, where its page does not tell. */
const CLOUDFLARE_CAUSES: Readonly<Record<number, KnownCauseId>> = {
  520: 'malformed-response',
  521: 'connect-refused',
  522: 'connect-timeout',
  523: 'connect-unreachable',
  524: 'response-timeout',
  525: 'tls-handshake-failed',
  526: 'tls-untrusted',
  530: 'dns-nxdomain',
}

/** What a proxy says of itself is believed; of all else, only the status is known. */
function causeOfError(status: number, speaker: Speaker | null): KnownCauseId {
  const isOwn = speaker?.isProxy && speaker.page === 'own'
  if (speaker?.cause) return speaker.cause
  if (CLOUDFLARE_CAUSES[status] !== undefined && speaker?.server === 'cloudflare') return CLOUDFLARE_CAUSES[status]
  if (status === 504 && isOwn) return 'response-timeout'
  return causeOfStatus(status) ?? 'upstream-5xx'
}

function isRedirect({ status, fields }: Answer): boolean {
  return REDIRECTS.includes(status) && fieldMapOf(fields).has('location')
}

export type Visit = {
  readonly hops: readonly Hop[]
  /** Where the redirects end, if somebody answers there. */
  readonly target: WebTarget
  readonly entrance: Entrance | null
  readonly outcome: Answer | Trouble | null
}

/** From the way in to the page where the redirects end. `entered`: the way in to where it begins. */
export async function visit(tools: Instruments, first: WebTarget, entered: Entered): Promise<Visit> {
  const hops = [...entered.hops]
  const ways = new Map([[keyOf(first), entered]])
  const cookies = new Map<string, Map<string, string>>()
  const seen = new Set<string>()
  const began = tools.now()
  for (let target = first; ; ) {
    let way = ways.get(keyOf(target))
    if (way === undefined) {
      way = await enter(tools, target, { kind: 'tcp', host: target.host, port: target.port }, '')
      hops.push(...way.hops)
      ways.set(keyOf(target), way)
    }
    if (way.entrance === null) return { hops, target, entrance: null, outcome: null }
    const jar = cookies.get(target.host) ?? new Map<string, string>()
    cookies.set(target.host, jar)
    const sent = [...jar.keys()].join()
    const page = await getPage(tools, target, way.entrance, { cookies: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') })
    hops.push((await isForTls(tools, target, way.entrance, page.hop)) ? { ...page.hop, cause: 'plaintext-to-tls-port' } : page.hop)
    const next = page.outcome.kind === 'answer' && page.hop.ok ? nextOf(target, page.outcome, jar) : null
    if (next === null) return { hops, target, entrance: way.entrance, outcome: page.outcome }
    // A page may send to itself once it has set a cookie, but not again with the same ones.
    seen.add(`${target.url} ${sent}`)
    if (seen.has(`${next.url} ${[...(cookies.get(next.host)?.keys() ?? [])].join()}`) || seen.size > tools.limits.redirects) {
      hops.push(loopHop(tools, began, target, next, seen))
      return { hops, target, entrance: way.entrance, outcome: page.outcome }
    }
    target = next
  }
}

function nextOf(target: WebTarget, answer: Answer, jar: Map<string, string>): WebTarget | null {
  for (let at = 0; at + 1 < answer.fields.length; at += 2) {
    const [, name, value] =
      /^([^=;\s]+)=([^;\r\n]*)/.exec(
        (answer.fields[at] as string).toLowerCase() === 'set-cookie' ? (answer.fields[at + 1] as string) : '',
      ) ?? []
    if (name !== undefined && value !== undefined && jar.size < COOKIES_MAX) jar.set(name, value)
  }
  const location = fieldMapOf(answer.fields).get('location')
  if (!isRedirect(answer) || location === undefined || !URL.canParse(location, target.url)) return null
  const next = new URL(location, target.url)
  return next.protocol === 'http:' || next.protocol === 'https:' ? webTargetOf(next) : null
}

const COOKIES_MAX = 20

function loopHop(tools: Instruments, beganMs: number, target: WebTarget, next: WebTarget, seen: ReadonlySet<string>): Hop {
  const way = [...new Set([...seen].map((one) => one.split(' ')[0] as string)), next.url]
  return {
    name: 'redirect',
    address: target.url,
    ok: false,
    cause: 'redirect-loop',
    timings: { beganMs, ms: tools.since(beganMs) },
    evidence: evidence({ redirects: seen.size, way: way.slice(-4).join(' → ') }),
  }
}

function keyOf({ isSecure, host, port }: WebTarget): string {
  return `${isSecure} ${host} ${port}`
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}
