/** What is different between two plans, in words: `upstream shop: endpoint http://10.0.0.3:3000 added; timeouts.response 30s → 10s`. */
import type { Plan, RoutePlan, UpstreamPlan } from './plan.ts'
import { endpointTexts, planTexts, responderText, routeTexts, type Texts, UNSHOWN, upstreamTexts } from './plan-text.ts'

/** A line for each subject. None: nothing is different. */
export function describeChanges(before: Plan, after: Plan): string[] {
  return [
    ...listenerChanges(before, after),
    ...compareTexts(planTexts(before), planTexts(after)),
    ...upstreamChanges(before.upstreams, after.upstreams),
    ...routeChanges(before.routes, after.routes),
  ]
}

/** The changes in one sentence for a log. */
export function sumUpChanges(changes: readonly string[]): string {
  return changes.length === 0 ? 'nothing changes' : `${changes.join('; ')}; nothing else changes`
}

function listenerChanges(before: Plan, after: Plan): string[] {
  const former = before.listeners.map(({ name }) => name)
  const next = after.listeners.map(({ name }) => name)
  return [
    ...next.filter((name) => !former.includes(name)).map((name) => `listens on ${name} from now on`),
    ...former.filter((name) => !next.includes(name)).map((name) => `no longer listens on ${name}`),
  ]
}

function upstreamChanges(before: readonly UpstreamPlan[], after: readonly UpstreamPlan[]): string[] {
  const former = new Map(before.map((one) => [one.name, one]))
  const next = new Set(after.map(({ name }) => name))
  const changed = after.flatMap((one) => {
    const other = former.get(one.name)
    if (other === undefined) return [`upstream ${one.name} added: ${one.endpoints.map(({ url }) => url).join(', ')}`]
    const changes = [...endpointChanges(other, one), ...compareTexts(upstreamTexts(other), upstreamTexts(one))]
    return changes.length === 0 ? [] : [`upstream ${one.name}: ${changes.join('; ')}`]
  })
  return [...changed, ...before.filter(({ name }) => !next.has(name)).map(({ name }) => `upstream ${name} removed`)]
}

function endpointChanges(before: UpstreamPlan, after: UpstreamPlan): string[] {
  const former = new Map(before.endpoints.map((one) => [one.url, one]))
  const next = new Set(after.endpoints.map(({ url }) => url))
  const changed = after.endpoints.flatMap((one) => {
    const other = former.get(one.url)
    if (other === undefined) return [`endpoint ${one.url} added`]
    return compareTexts(endpointTexts(other), endpointTexts(one)).map((change) => `endpoint ${one.url} ${change}`)
  })
  return [...changed, ...before.endpoints.filter(({ url }) => !next.has(url)).map(({ url }) => `endpoint ${url} removed`)]
}

function routeChanges(before: readonly RoutePlan[], after: readonly RoutePlan[]): string[] {
  const former = byName(before)
  const next = byName(after)
  const changed = [...next].flatMap(([key, one]) => {
    const other = former.get(key)
    if (other === undefined) return [`route ${one.name} added: ${responderText(one.to)}`]
    const isMoved = JSON.stringify(other.to) !== JSON.stringify(one.to)
    const changes = [...(isMoved ? [`now ${responderText(one.to)}`] : []), ...compareTexts(routeTexts(other), routeTexts(one))]
    return changes.length === 0 ? [] : [`route ${one.name} ${changes.join('; ')}`]
  })
  const removed = [...former].filter(([key]) => !next.has(key)).map(([, { name }]) => `route ${name} removed`)
  return [...changed, ...removed, ...(isReordered([...former.keys()], [...next.keys()]) ? ['the routes are tried in another order'] : [])]
}

/** Two routes may be alike; then only the first one ever matches. */
function byName(routes: readonly RoutePlan[]): Map<string, RoutePlan> {
  const named = new Map<string, RoutePlan>()
  for (const route of routes) {
    let key = route.name
    while (named.has(key)) key += '\0'
    named.set(key, route)
  }
  return named
}

function isReordered(before: readonly string[], after: readonly string[]): boolean {
  const kept = before.filter((key) => after.includes(key))
  const now = after.filter((key) => before.includes(key))
  return kept.some((key, index) => key !== now[index])
}

function compareTexts(before: Texts, after: Texts): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => {
    const [former, now] = [before[key], after[key]]
    // One that is gone belongs to what was switched off, and that is a change of its own.
    if (former === now || now === undefined) return []
    if (former === undefined) return [`${key} ${now}`]
    const isShown = !former.startsWith(UNSHOWN) && !now.startsWith(UNSHOWN)
    return [`${key} ${isShown ? `${former} → ${now}` : explainUnshown(former, now)}`]
  })
}

function explainUnshown(before: string, after: string): string {
  if (!before.startsWith(UNSHOWN)) return 'set'
  return after.startsWith(UNSHOWN) ? 'changed' : 'removed'
}
