/** Routes that can never match because one before them takes all that they would. Linear in the routes, so that 10,000 are no matter. */
import { valueAt } from './finding.ts'
import { parseHost, parsePath } from './match-pattern.ts'

/** Pairs of places: a hidden route and the first one that hides it. */
export function findHiddenRoutes(routes: readonly unknown[]): [hidden: number, by: number][] {
  const pairs: [number, number][] = []
  const seen = new Map<string, number>()
  const prefixLengths = new Set<number>()
  for (const [i, route] of routes.entries()) {
    const pattern = readPattern(route)
    if (pattern === null) continue
    const by = hostsAround(pattern.host)
      .flatMap((host) => pathsAround(pattern.path, prefixLengths).map((path) => seen.get(`${host} ${path}`)))
      .filter((place) => place !== undefined)
    if (by.length > 0) pairs.push([i, Math.min(...by)])
    else seen.set(`${pattern.host} ${pattern.path}`, i)
    if (pattern.path.endsWith('*')) prefixLengths.add(pattern.path.length - 1)
  }
  return pairs
}

/** '' is any host; any path is the prefix of all, `/*`. A route with a mistake in it hides nothing. */
function readPattern(route: unknown): { host: string; path: string } | null {
  const host = valueAt(route, ['host'])
  const path = valueAt(route, ['path'])
  const hostRead = host === undefined ? null : parseHost(host)
  const pathRead = path === undefined ? null : parsePath(path)
  if (typeof route !== 'object' || route === null || hostRead?.ok === false || pathRead?.ok === false) return null
  return { host: hostRead?.value ?? '', path: pathRead?.value ?? '/*' }
}

/** The hosts that match all that `host` matches: itself, the wildcards above it, any. */
function hostsAround(host: string): string[] {
  const hosts = [host]
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) hosts.push(`*${host.slice(dot)}`)
  return host === '' ? hosts : [...new Set([...hosts, ''])]
}

/** The paths that match all that `path` matches: itself, and every prefix in use that it begins with. */
function pathsAround(path: string, prefixLengths: ReadonlySet<number>): string[] {
  const start = path.endsWith('*') ? path.slice(0, -1) : path
  const prefixes = [...prefixLengths].filter((length) => length <= start.length).map((length) => `${start.slice(0, length)}*`)
  return [...new Set([path, ...prefixes])]
}
