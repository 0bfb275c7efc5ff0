/**
 * The name: what each name server says of it, how long that holds, and the aliases on the way. A name that begins with an underscore is a
 * service (RFC 2782). Public name servers are asked only for names that can be public.
 */
import { Resolver as Channel } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { evidence } from '../../causes/failure.ts'
import type { NamedAddress } from '../../net/address.ts'
import { MachineFile, parseHosts, parseResolvConf } from '../../net/name/machine-file.ts'
import type { Resolution } from '../../net/resolver.ts'
import type { Instruments } from './instrument.ts'
import { troubleOf } from './line.ts'
import type { Hop, HopName, Trouble } from './report.ts'

export type Place = { readonly address: string; readonly port: number }
export type Named = { readonly hops: readonly Hop[]; readonly places: readonly Place[] }

const PUBLIC_RESOLVERS = ['1.1.1.1', '8.8.8.8']
/** Many networks let nobody ask them. */
const PUBLIC_MS = 1_500
/** RFC 6761, RFC 6762, RFC 8375, and what companies and containers use. */
const PRIVATE_NAME = /^[^.]+$|\.(?:localhost|local|test|invalid|internal|intranet|lan|home|corp|private|home\.arpa|svc|cluster\.local)$/
const ALIASES_MAX = 8
const PLACES_MAX = 8

/** One hop a name server; the places are all that any of them names. None for an address, which needs no name. */
export async function resolveName(tools: Instruments, address: NamedAddress, name: HopName): Promise<Named> {
  if (address.kind === 'tcp' && isIP(address.host) !== 0) return { hops: [], places: [{ address: address.host, port: address.port }] }
  const known = address.kind === 'tcp' ? tools.names.get(address.host) : undefined
  if (known !== undefined && address.kind === 'tcp') return { hops: [], places: known.map((one) => ({ address: one, port: address.port })) }
  const servers = serversFor(tools, address)
  const asked = await Promise.all(servers.map((server) => askOne(tools, server, address, name)))
  const places = unique(asked.flatMap((one) => one.places)).slice(0, PLACES_MAX)
  if (address.kind === 'tcp' && places.length > 0)
    tools.names.set(
      address.host,
      places.map((one) => one.address),
    )
  // A public server that cannot be asked from here says nothing about the site.
  const shown = asked.filter(({ hop }, index) => index < Math.max(1, tools.resolvers.length) || hop.cause !== 'dns-timeout')
  return { hops: shown.map(({ hop }) => hop), places }
}

type Asked = { readonly hop: Hop; readonly places: readonly Place[] }

/** Null stands for this machine, with its hosts file and its search list. */
function serversFor({ resolvers }: Instruments, address: NamedAddress): readonly (string | null)[] {
  if (resolvers.length > 0) return resolvers
  const host = address.kind === 'srv' ? address.service : address.host
  const isWritten = new MachineFile('/etc/hosts', parseHosts).read().has(host)
  return isWritten || PRIVATE_NAME.test(host) ? [null] : [null, ...PUBLIC_RESOLVERS]
}

async function askOne(tools: Instruments, server: string | null, address: NamedAddress, name: HopName): Promise<Asked> {
  const beganMs = tools.now()
  const [outcome, aliases] = await Promise.all([resolve(tools, server, address), aliasesOf(tools, server, address)])
  const timings = { beganMs, ms: tools.since(beganMs) }
  const label = server ?? machineLabel()
  if (outcome.kind === 'trouble') {
    return { hop: { name, address: label, ok: false, cause: outcome.cause, timings, evidence: outcome.evidence }, places: [] }
  }
  const found = outcome.places.map((one) => ({ address: one.address, port: one.port || (address.kind === 'tcp' ? address.port : 0) }))
  const [six, four] = [true, false].map((isSix) => found.filter((one) => one.address.includes(':') === isSix))
  const facts = evidence({
    host: address.kind === 'srv' ? address.service : address.host,
    aliases: aliases.join(' → ') || undefined,
    a: addressesText(four) || undefined,
    aaaa: addressesText(six) || undefined,
    srv:
      address.kind === 'srv'
        ? outcome.places.map(({ host, port, priority, weight }) => `${priority} ${weight} ${port} ${host}`).join(', ')
        : undefined,
    ttl_s: Math.round(outcome.validMs / 1_000),
  })
  return { hop: { name, address: label, ok: true, timings, evidence: facts }, places: found }
}

function resolve(tools: Instruments, server: string | null, address: NamedAddress): Promise<Resolution | Trouble> {
  return new Promise((done) => {
    tools
      .resolver(server, patienceMs(tools, server))
      .resolve(address, (outcome) => done(outcome.kind === 'failure' ? troubleOf(outcome) : outcome))
  })
}

function patienceMs({ resolvers, limits }: Instruments, server: string | null): number {
  return server !== null && resolvers.length === 0 ? Math.min(PUBLIC_MS, limits.resolveMs) : limits.resolveMs
}

/** The aliases from the name to the one that has the addresses. Those that keep it to themselves are asked for nothing more. */
async function aliasesOf(tools: Instruments, server: string | null, address: NamedAddress): Promise<readonly string[]> {
  if (address.kind === 'srv' || PRIVATE_NAME.test(address.host)) return []
  const channel = new Channel({ timeout: Math.ceil(patienceMs(tools, server) / 3), tries: 1 })
  if (server !== null) channel.setServers([server])
  const aliases: string[] = []
  try {
    for (let at = address.host; aliases.length < ALIASES_MAX; at = aliases.at(-1) as string) {
      const [next] = await channel.resolveCname(at)
      if (next === undefined || aliases.includes(next)) break
      aliases.push(next)
    }
  } catch {
    // No further alias; what is wrong with the name itself is told by its addresses.
  }
  return aliases
}

function machineLabel(): string {
  const { servers } = new MachineFile('/etc/resolv.conf', (text) => parseResolvConf(text, hostname())).read()
  return servers.length === 0 ? 'this machine' : `this machine (${servers.join(' ')})`
}

function addressesText(places: readonly Place[] = []): string {
  return [...new Set(places.map(({ address }) => address))].sort().join(' ')
}

function unique(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.address} ${place.port}`, place])).values()]
}
