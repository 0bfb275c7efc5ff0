/** From the checked `worth` of routes, upstreams and the whole to its plan. */
import type { Config } from './schema.ts'
import type { Worth, WorthPlan } from './worth-plan.ts'

/** `nameOf`: what a route is called. The first of two that are called the same counts, for it is the one that matches. */
export function compileWorth(config: Config, nameOf: (route: Config['routes'][number]) => string): WorthPlan {
  const routes = config.routes.map((route): [string, Worth | undefined] => [nameOf(route), route.worth])
  const upstreams = Object.entries(config.upstreams).map(([name, { worth }]): [string, Worth | undefined] => [name, worth])
  return { routes: known(routes.reverse()), upstreams: known(upstreams), otherwise: config.worth ?? null }
}

function known(entries: readonly [string, Worth | undefined][]): Record<string, Worth> {
  return Object.fromEntries(entries.flatMap(([name, worth]) => (worth === undefined ? [] : [[name, worth] as const])))
}
