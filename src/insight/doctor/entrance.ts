/** The way in to a site: its name, its addresses, TLS. Walked once for each host and port, whatever pages are then asked for. */
import type { NamedAddress } from '../../net/address.ts'
import { type Place, resolveName } from './dns-step.ts'
import type { Instruments } from './instrument.ts'
import { type Line, openLine, type Security } from './line.ts'
import type { Hop, HopName, Step, Trouble } from './report.ts'
import type { WebTarget } from './target.ts'
import { reachPlaces } from './tcp-step.ts'
import { securePlaces } from './tls-step.ts'

/** '' for the way that visitors take. */
export type Prefix = '' | 'origin-'

export type Entrance = {
  readonly places: readonly [Place, ...Place[]]
  readonly security: Security | null
  /** The protocol that the server chooses of HTTP/2 and HTTP/1.1; '' where it does not choose. */
  readonly alpn: string
  readonly prefix: Prefix
}

export type Entered = { readonly hops: readonly Hop[]; readonly entrance: Entrance | null }

export function nameOf(prefix: Prefix, step: Step): HopName {
  return `${prefix}${step}`
}

/** `address`: where to go, which for the server behind the site is not what the target says. */
export async function enter(tools: Instruments, target: WebTarget, address: NamedAddress, prefix: Prefix): Promise<Entered> {
  const named = await resolveName(tools, address, nameOf(prefix, 'dns'))
  const reached = await reachPlaces(tools, named.places, nameOf(prefix, 'tcp'))
  const hops = [...named.hops, ...reached.hops]
  const [first, ...others] = reached.open
  if (first === undefined) return { hops, entrance: null }
  const places = [first, ...others] as const
  if (!target.isSecure) return { hops, entrance: { places, security: null, alpn: '', prefix } }
  const secured = await securePlaces(tools, reached.open, target.host, nameOf(prefix, 'tls'))
  // TLS of a site often ends at the hop in front, and its server speaks plain HTTP on a port of its own.
  const isPlain = secured.every(({ hop }) => hop.cause === 'tls-to-plaintext-port')
  if (prefix === 'origin-' && isPlain && first.port !== 443) return { hops, entrance: { places, security: null, alpn: '', prefix } }
  const closed = secured.filter(({ isOpen }) => !isOpen).map(({ place }) => place)
  const [open, ...rest] = places.filter((place) => !closed.includes(place))
  const security = { name: target.host, alpn: ['http/1.1'] }
  const { alpn = '' } = secured.find(({ isOpen }) => isOpen) ?? {}
  const all = [...hops, ...secured.map(({ hop }) => hop)]
  return { hops: all, entrance: open === undefined ? null : { places: [open, ...rest], security, alpn, prefix } }
}

/** `index`: which of its places; they take turns. */
export function openEntrance(tools: Instruments, { places, security }: Entrance, index = 0): Promise<Line | Trouble> {
  const { address, port } = places[index % places.length] as Place
  return openLine(tools, { kind: 'tcp', host: address, port }, security)
}
