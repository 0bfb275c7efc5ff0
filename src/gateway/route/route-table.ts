/**
 * Which route a request takes: the first of the plan that matches, found without looking at the others.
 * Hosts and exact paths are looked up; prefixes are tried by their lengths, of which a table has few however many routes it has.
 */
import type { Route } from './route.ts'

type Lengths = { readonly length: number; readonly routes: Map<string, Route> }

/** The routes of one host pattern. */
class HostRoutes {
  readonly #exact = new Map<string, Route>()
  readonly #prefixes: Lengths[] = []
  #any: Route | null = null

  /** Routes come in the order of the plan, so the first one for a key stays. */
  add(route: Route): void {
    const { path } = route.plan
    if (path === '' || path === '*' || path === '/*') this.#any ??= route
    else if (path.endsWith('*')) this.#addPrefix(path.slice(0, -1), route)
    else if (!this.#exact.has(path)) this.#exact.set(path, route)
  }

  /** The first route that matches, if it comes before `best`; otherwise `best`. */
  match(path: string, best: Route | null): Route | null {
    let found = earlier(this.#any, best)
    if (this.#exact.size > 0) found = earlier(this.#exact.get(path) ?? null, found)
    for (const { length, routes } of this.#prefixes) {
      if (length <= path.length) found = earlier(routes.get(path.slice(0, length)) ?? null, found)
    }
    return found
  }

  #addPrefix(prefix: string, route: Route): void {
    let group = this.#prefixes.find((one) => one.length === prefix.length)
    if (group === undefined) {
      group = { length: prefix.length, routes: new Map() }
      this.#prefixes.push(group)
    }
    if (!group.routes.has(prefix)) group.routes.set(prefix, route)
  }
}

export class RouteTable {
  readonly #hosts = new Map<string, HostRoutes>()
  /** By what follows the `*`: `.example.com`. */
  readonly #wildcards = new Map<string, HostRoutes>()
  readonly #any = new HostRoutes()

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#routesOf(route.plan.host).add(route)
  }

  /** `host` as the client sent it, with or without a port. */
  match(host: string, path: string): Route | null {
    let found = this.#any.match(path, null)
    if (this.#hosts.size === 0 && this.#wildcards.size === 0) return found
    const name = hostName(host)
    const exact = this.#hosts.get(name)
    if (exact !== undefined) found = exact.match(path, found)
    if (this.#wildcards.size === 0) return found
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      const wildcard = this.#wildcards.get(name.slice(dot))
      if (wildcard !== undefined) found = wildcard.match(path, found)
    }
    return found
  }

  #routesOf(host: string): HostRoutes {
    if (host === '' || host === '*') return this.#any
    const [group, key] = host.startsWith('*.') ? [this.#wildcards, host.slice(1)] : [this.#hosts, host]
    let routes = group.get(key)
    if (routes === undefined) {
      routes = new HostRoutes()
      group.set(key, routes)
    }
    return routes
  }
}

function earlier(one: Route | null, other: Route | null): Route | null {
  if (one === null) return other
  return other === null || one.index < other.index ? one : other
}

/** Lower case, without the port and without the root's dot. */
function hostName(host: string): string {
  const port = host.charCodeAt(0) === 0x5b ? host.indexOf(':', host.indexOf(']')) : host.indexOf(':')
  let end = port === -1 ? host.length : port
  if (host.charCodeAt(end - 1) === 0x2e) end--
  return host.slice(0, end).toLowerCase()
}
