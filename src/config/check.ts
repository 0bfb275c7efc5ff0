/** What no single value shows: names that lead nowhere, addresses taken twice, routes and limits that can never come into play. */
import { formatAddress, isLoopback, isSamePlace, parseListen } from './address.ts'
import { checkAlerts } from './check-alerts.ts'
import { checkStatus } from './check-status.ts'
import { checkTelemetry } from './check-telemetry.ts'
import { checkWorth } from './check-worth.ts'
import { ADMIN_LISTEN, LISTEN, RESOLVER, TIMEOUTS } from './defaults.ts'
import { parseEndpoint } from './endpoint-url.ts'
import { doubtful, type Finding, formatPath, type Path, valueAt, wrong } from './finding.ts'
import { quote } from './parsed.ts'
import type { Address } from './plan.ts'
import { findHiddenRoutes } from './route-overlap.ts'
import { findSimilar } from './suggestion.ts'
import { formatDuration, parseDuration } from './unit.ts'

/** `root` is the configuration as it was written: whatever else is wrong with it, these checks say what they can. */
export function checkRelations(root: unknown): Finding[] {
  return [
    ...checkAddresses(root),
    ...checkAdmin(root),
    ...checkUpstreams(root),
    ...checkRoutes(root),
    ...checkResolver(root),
    ...checkAlerts(root),
    ...checkStatus(root),
    ...checkTelemetry(root),
    ...checkWorth(root),
  ]
}

function checkAddresses(root: unknown): Finding[] {
  const written = valueAt(root, ['listen']) ?? LISTEN
  const places: [Path, unknown][] = Array.isArray(written) ? written.map((item, i) => [['listen', i], item]) : [[['listen'], written]]
  places.push([['admin', 'listen'], valueAt(root, ['admin', 'listen']) ?? ADMIN_LISTEN])
  const findings: Finding[] = []
  const taken: [Path, Address][] = []
  for (const [path, value] of places) {
    const listener = parseListen(value)
    if (!listener.ok) continue
    const other = taken.find(([, address]) => isSamePlace(address, listener.value.address))
    if (other !== undefined) findings.push(explainTaken(path, listener.value.address, other))
    taken.push([path, listener.value.address])
  }
  return findings
}

function explainTaken(path: Path, address: Address, [otherPath, other]: [Path, Address]): Finding {
  const isEqual = formatAddress(address) === formatAddress(other)
  const reason = isEqual ? 'is the same address' : `(${formatAddress(other)}) takes that port already`
  return wrong(path, `cannot be listened on: ${formatPath(otherPath)} ${reason}.`, { value: formatAddress(address) })
}

function checkAdmin(root: unknown): Finding[] {
  const written = valueAt(root, ['admin', 'listen'])
  const listener = parseListen(written)
  if (!listener.ok || isLoopback(listener.value.address) || valueAt(root, ['admin', 'token']) !== undefined) return []
  const message = `${quote(written)} can be reached from other machines, so admin.token is needed. Set one, or listen on 127.0.0.1.`
  return [wrong(['admin', 'listen'], message, { value: written })]
}

function checkUpstreams(root: unknown): Finding[] {
  return Object.entries(mapping(valueAt(root, ['upstreams']))).flatMap(([name, upstream]) => [
    ...checkEndpoints(['upstreams', name, 'endpoints'], valueAt(upstream, ['endpoints'])),
    ...checkTimeouts(['upstreams', name, 'timeouts'], valueAt(upstream, ['timeouts'])),
  ])
}

function checkEndpoints(path: Path, endpoints: unknown): Finding[] {
  const findings: Finding[] = []
  const seen = new Map<string, number>()
  for (const [i, endpoint] of list(endpoints).entries()) {
    const result = parseEndpoint(valueAt(endpoint, ['url']) ?? endpoint)
    if (!result.ok) continue
    const first = seen.get(result.value.url)
    if (first === undefined) seen.set(result.value.url, i)
    else {
      const message = `${result.value.url} is already there as endpoints[${first}]. For a larger share of the requests, give it a weight.`
      findings.push(wrong([...path, i], message, { value: result.value.url }))
    }
  }
  return findings
}

function checkTimeouts(path: Path, timeouts: unknown): Finding[] {
  const total = parseDuration(valueAt(timeouts, ['total']) ?? formatDuration(TIMEOUTS.totalMs))
  if (!total.ok || total.value === 0) return []
  const isDefault = valueAt(timeouts, ['total']) === undefined
  return ['connect', 'response'].flatMap((phase) => {
    const written = valueAt(timeouts, [phase])
    const limit = parseDuration(written)
    if (!limit.ok || (limit.value <= total.value && limit.value !== 0)) return []
    const end = `timeouts.total ends the request after ${formatDuration(total.value)}${isDefault ? ', its default' : ''}`
    return [
      doubtful([...path, phase], `never comes into play: ${end}. Raise timeouts.total as well, or set it to 0 for no limit.`, {
        value: written,
      }),
    ]
  })
}

function checkRoutes(root: unknown): Finding[] {
  const routes = list(valueAt(root, ['routes']))
  const names = Object.keys(mapping(valueAt(root, ['upstreams'])))
  if (routes.length === 0) {
    const example = names[0] === undefined ? '' : ` Add one, for example: routes: [{ to: ${names[0]} }]`
    return [doubtful([], `there are no routes, so every request will be answered with 404.${example}`, { at: 'file' })]
  }
  const findings: Finding[] = []
  const used = new Set<string>()
  for (const [i, route] of routes.entries()) {
    const to = valueAt(route, ['to'])
    if (typeof to !== 'string') continue
    used.add(to)
    if (!names.includes(to)) findings.push(explainUnknownUpstream(['routes', i, 'to'], to, names, used))
  }
  for (const name of names) {
    if (!used.has(name)) findings.push(doubtful(['upstreams', name], 'no route leads to this upstream.', { at: 'key', value: name }))
  }
  for (const [hidden, by] of findHiddenRoutes(routes)) {
    const message = `is never reached: routes[${by}] comes first and matches every request that this one would.`
    findings.push(doubtful(['routes', hidden], `${message} Put the narrower route first.`))
  }
  return findings
}

function explainUnknownUpstream(path: Path, to: string, names: readonly string[], used: Set<string>): Finding {
  const suggestion = findSimilar(to, names)
  if (suggestion !== null) used.add(suggestion) // it is not unused, only misspelt here
  const advice = suggestion === null ? ` ${adviseOnUpstream(to, names)}` : ''
  return wrong(path, `there is no upstream ${quote(to)}.${advice}`, { value: to, suggestion })
}

const NAMES_SHOWN_MAX = 8

function adviseOnUpstream(to: string, names: readonly string[]): string {
  if (/^(?:[a-z0-9+]+:|[/.])|:\d+$/i.test(to))
    return 'A route leads to an upstream by its name: define one under "upstreams" with this address as an endpoint.'
  if (names.length === 0) return 'None is defined under "upstreams".'
  return `Defined are: ${names.slice(0, NAMES_SHOWN_MAX).join(', ')}${names.length > NAMES_SHOWN_MAX ? ', …' : ''}.`
}

function checkResolver(root: unknown): Finding[] {
  const written = valueAt(root, ['resolver', 'ttlMin'])
  const min = parseDuration(written ?? formatDuration(RESOLVER.ttlMinMs))
  const max = parseDuration(valueAt(root, ['resolver', 'ttlMax']) ?? formatDuration(RESOLVER.ttlMaxMs))
  if (!min.ok || !max.ok || min.value <= max.value) return []
  const message = `${formatDuration(min.value)} is longer than ttlMax, ${formatDuration(max.value)}.`
  return [wrong(['resolver', written === undefined ? 'ttlMax' : 'ttlMin'], message, { value: written })]
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
