/** The hops that an answer came through, as far as its fields tell, in order: the one nearest to the client first. */
import { type HopMember, readHopList, readServerTiming, readVia } from '../../http/hop-field.ts'
import { ORIGINS, SERVER_IDS, type ServerId } from '../dialect/origin-table.ts'
import { FINGERPRINTS } from './fingerprint-table.ts'

export type Hop = {
  /** As it calls itself, or as people call it where it only left a mark. */
  readonly name: string
  /** Null: of no known kind. */
  readonly server: ServerId | null
  readonly version: string | null
  /** The field that shows it. */
  readonly by: string
  /** What it tells of its part: its cache, its error, the time it took. */
  readonly says: readonly { readonly name: string; readonly value: string }[]
}

/** By field in lower case; several fields of one name joined by commas. */
export type FieldMap = ReadonlyMap<string, string>

const SAYS_MAX = 160

/** `fields`: names and values in turn. */
export function fieldMapOf(fields: readonly string[]): FieldMap {
  const map = new Map<string, string>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = (fields[at] as string).toLowerCase()
    const former = map.get(name)
    map.set(name, former === undefined ? (fields[at + 1] as string) : `${former}, ${fields[at + 1]}`)
  }
  return map
}

export function hopsOf(fields: FieldMap): readonly Hop[] {
  const hops: Hop[] = readVia(fields.get('via') ?? '')
    .reverse()
    .map(({ by, comment }) => {
      const server = serverCalled(comment) ?? serverCalled(by)
      return { name: by, server, version: versionIn(comment) ?? versionIn(by), by: 'via', says: [] }
    })
  for (const field of ['proxy-status', 'cache-status']) join(hops, readHopList(fields.get(field) ?? '').reverse(), field)
  for (const [id, { trace = [], isEdge }] of Object.entries(FINGERPRINTS) as [ServerId, (typeof FINGERPRINTS)[ServerId]][]) {
    const mark = trace.find(({ field, pattern }) => fields.has(field) && (pattern?.test(fields.get(field) ?? '') ?? true))
    if (mark === undefined) continue
    const says = [{ name: mark.field, value: cut(fields.get(mark.field) ?? '') }]
    const known = hops.findIndex(({ server }) => server === id)
    if (known >= 0) hops[known] = { ...(hops[known] as Hop), says: [...(hops[known] as Hop).says, ...says] }
    else hops.splice(isEdge ? 0 : edgesOf(hops), 0, { name: ORIGINS[id].name, server: id, version: null, by: mark.field, says })
  }
  return withServer(hops, fields)
}

/** What `Server-Timing` tells, which names no hop. */
export function timingsOf(fields: FieldMap): ReturnType<typeof readServerTiming> {
  return readServerTiming(fields.get('server-timing') ?? '')
}

/** The kind of hop that a name in Via, Proxy-Status or Cache-Status stands for. */
export function serverCalled(name: string): ServerId | null {
  return SERVER_IDS.find((id) => ORIGINS[id].via?.test(name)) ?? null
}

function versionIn(text: string): string | null {
  return /\/v?(\d[\w.-]*)/.exec(text)?.[1] ?? null
}

/** `Server` is of the origin as a rule, for most proxies leave it as it is; a network in front puts its own name there. */
function withServer(hops: readonly Hop[], fields: FieldMap): readonly Hop[] {
  const result = [...hops]
  for (const [field, key] of [
    ['server', 'server'],
    ['x-powered-by', 'poweredBy'],
  ] as const) {
    const value = fields.get(field) ?? ''
    const id = value === '' ? undefined : SERVER_IDS.find((one) => ORIGINS[one][key]?.test(value))
    if (id === undefined || result.some(({ server }) => server === id)) continue
    const hop: Hop = { name: ORIGINS[id].name, server: id, version: versionIn(value), by: field, says: [] }
    if (FINGERPRINTS[id].isEdge) result.unshift(hop)
    else result.push(hop)
  }
  return result
}

/** Each list has its own order; a member that the others know goes to its place, and one that they do not know behind the one before it. */
function join(hops: Hop[], members: readonly HopMember[], field: string): void {
  let at = 0
  for (const { name, parameters } of members) {
    const server = serverCalled(name)
    const says = Object.entries(parameters).map(([key, value]) => ({ name: key, value: cut(value) }))
    const known = hops.findIndex((hop, index) => index >= at && (hop.name === name || (server !== null && hop.server === server)))
    if (known < 0) hops.splice(at++, 0, { name, server, version: versionIn(name), by: field, says })
    else {
      const hop = hops[known] as Hop
      hops[known] = { ...hop, says: [...hop.says, ...says] }
      at = known + 1
    }
  }
}

function edgesOf(hops: readonly Hop[]): number {
  const inner = hops.findIndex(({ server }) => server === null || !FINGERPRINTS[server].isEdge)
  return inner < 0 ? hops.length : inner
}

function cut(text: string): string {
  return text.length > SAYS_MAX ? `${text.slice(0, SAYS_MAX)}…` : text
}
