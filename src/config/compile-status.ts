/** The public status page, from its configuration: services made of upstreams and routes, and the route that leads to it. */
import type { LimitsPlan, RoutePlan } from './plan.ts'
import type { Config } from './schema.ts'
import type { ServicePart, StatusPlan } from './status-plan.ts'

const NAMELESS = 'Website'
const HOSTS_NAMED_MAX = 2

export function compileStatus(status: Config['status'], routes: readonly RoutePlan[]): StatusPlan | null {
  if (status === undefined) return null
  const services = status.services === undefined ? servicesByHost(routes) : Object.entries(status.services).map(toService(routes))
  return { host: status.host, title: status.title ?? titleOf(services), services }
}

/** Goes before all others: a page that says that all is down must not depend on any of it. */
export function statusRoute(status: StatusPlan | null, { bodyBytesMax }: Pick<LimitsPlan, 'bodyBytesMax'>): readonly RoutePlan[] {
  if (status === null) return []
  const name = `${status.host}/*`
  return [{ name, host: status.host, path: '', to: { kind: 'status-page' }, bodyBytesMax, criticality: 'auto', errorPage: null }]
}

/** What people know is what they type. */
function servicesByHost(routes: readonly RoutePlan[]): StatusPlan['services'] {
  const parts = new Map<string, ServicePart[]>()
  for (const { name, host, to } of routes) {
    if (to.kind !== 'upstream') continue
    const service = host === '' || host === '*' ? NAMELESS : host
    parts.set(service, [...(parts.get(service) ?? []), { upstream: to.upstream, route: name }])
  }
  return [...parts].map(([name, of]) => ({ name, parts: of }))
}

function toService(routes: readonly RoutePlan[]): ([name, words]: [string, readonly string[]]) => StatusPlan['services'][number] {
  return ([name, words]) => ({ name, parts: words.flatMap((word) => partsOf(word, routes)) })
}

/** A route may be there more than once, by its name. What is no route is an upstream, which was checked. */
function partsOf(word: string, routes: readonly RoutePlan[]): ServicePart[] {
  const named = routes.flatMap(({ name, to }) => (name === word && to.kind === 'upstream' ? [{ upstream: to.upstream, route: name }] : []))
  return named.length > 0 ? named : [{ upstream: word, route: null }]
}

function titleOf(services: StatusPlan['services']): string {
  const names = services.map(({ name }) => name).filter((name) => name !== NAMELESS)
  return names.length === 0 || names.length > HOSTS_NAMED_MAX ? 'Status' : `Status of ${names.join(' and ')}`
}
