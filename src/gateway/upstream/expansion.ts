/**
 * From a name and the places that it leads to, to endpoints: one for each address, so that balancing, ejection and probes see each.
 * A host with at most one address of each family stays one endpoint, for those are two ways to one server. Decision record 0051.
 */
import { networkInterfaces } from 'node:os'
import type { EndpointPlan } from '../../config/plan.ts'
import { addressText, type NamedAddress } from '../../net/address.ts'
import type { Place } from '../../net/name/source.ts'

/** Which of the two this machine has an address of, besides loopback. */
export type Families = { readonly hasFour: boolean; readonly hasSix: boolean }

/** `by` is the address of `plan`. */
export function expand(plan: EndpointPlan, by: NamedAddress, places: readonly Place[], families = machineFamilies()): EndpointPlan[] {
  if (by.kind === 'tcp' && places.filter(isSix).length <= 1 && places.filter((place) => !isSix(place)).length <= 1) return [plan]
  const hosts = new Set(places.map(({ host }) => host))
  const used = [...hosts].flatMap((host) => {
    const own = places.filter((place) => place.host === host)
    return ofOneFamily(own, families)
  })
  const first = Math.min(...used.map(({ priority }) => priority))
  const scheme = /^[a-z0-9]*/.exec(plan.url)?.[0]
  const endpoints = used.map(({ address, port, host, priority, weight }) => {
    const found = { kind: 'tcp', host: address, port: by.kind === 'tcp' ? by.port : port, found: { host, by } } as const
    return {
      url: `${scheme}://${addressText(found)}`,
      address: found,
      weight: plan.weight * weight,
      isBackup: plan.isBackup || priority > first,
    }
  })
  return endpoints.sort((one, other) => (one.url < other.url ? -1 : 1))
}

/**
 * A server with both families must not count twice: the one with more addresses, for that shows more of the servers. Of equals IPv4,
 * because an endpoint of one address has no second way, and IPv4 is the one that is rarely broken.
 */
function ofOneFamily(places: readonly Place[], { hasFour, hasSix }: Families): readonly Place[] {
  const six = places.filter(isSix)
  const four = places.filter((place) => !isSix(place))
  if (six.length === 0 || four.length === 0) return places
  const isLocal = places.every(({ address }) => address === '::1' || address.startsWith('127.'))
  if (!isLocal && hasFour !== hasSix) return hasFour ? four : six
  return six.length > four.length ? six : four
}

function isSix({ address }: Place): boolean {
  return address.includes(':')
}

function machineFamilies(): Families {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const has = (family: string): boolean =>
    addresses.some((one) => !one.internal && one.family === family && !one.address.startsWith('fe80:'))
  return { hasFour: has('IPv4'), hasSix: has('IPv6') }
}
