/** A connection to every address that the name has: taken, refused, unanswered or impossible, over IPv4 and IPv6 each for itself. */
import { networkInterfaces } from 'node:os'
import { evidence } from '../../causes/failure.ts'
import { addressText } from '../../net/address.ts'
import type { Place } from './dns-step.ts'
import type { Instruments } from './instrument.ts'
import { dialStream } from './line.ts'
import type { Hop, HopName } from './report.ts'

export type Reached = { readonly hops: readonly Hop[]; readonly open: readonly Place[] }

/** One hop an address. `open`: those that took a connection, the quickest first. */
export async function reachPlaces(tools: Instruments, places: readonly Place[], name: HopName): Promise<Reached> {
  const hops = await Promise.all(places.map((place) => reachPlace(tools, place, name)))
  const open = hops
    .map((hop, index) => ({ hop, place: places[index] as Place }))
    .filter(({ hop }) => hop.ok && !isSkipped(hop))
    .sort((one, other) => one.hop.timings.ms - other.hop.timings.ms)
  return { hops, open: open.map(({ place }) => place) }
}

async function reachPlace(tools: Instruments, { address, port }: Place, name: HopName): Promise<Hop> {
  const beganMs = tools.now()
  const where = { name, address: addressText({ kind: 'tcp', host: address, port }) }
  const family = address.includes(':') ? 'IPv6' : 'IPv4'
  if (family === 'IPv6' && !address.startsWith('::1') && !hasIPv6()) {
    return { ...where, ok: true, timings: { beganMs, ms: 0 }, evidence: evidence({ family, skipped: 'this machine has no IPv6' }) }
  }
  const outcome = await dialStream(tools, { kind: 'tcp', host: address, port })
  const timings = { beganMs, ms: tools.since(beganMs) }
  if ('kind' in outcome) {
    return { ...where, ok: false, cause: outcome.cause, timings, evidence: [...evidence({ family }), ...outcome.evidence] }
  }
  outcome.destroy()
  return { ...where, ok: true, timings, evidence: evidence({ family }) }
}

export function isSkipped({ evidence: facts }: Hop): boolean {
  return facts.some(({ name }) => name === 'skipped')
}

/** An address that others can be reached from; those of the link alone do not count. */
function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ family, internal, address }) => family === 'IPv6' && !internal && !address.startsWith('fe80:')),
  )
}
