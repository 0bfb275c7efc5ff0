/** How a service is to its visitors, from what is known of the upstreams and routes that it consists of. Pure. */
import type { ServicePart, ServicePlan } from '../../config/status-plan.ts'
import type { MaintenanceSwitch } from '../../gateway/switches.ts'
import { severityOf } from '../alert/severity.ts'
import type { Incident } from '../incident/incident.ts'

/** `partial`: some requests fail. */
export type ServiceState = 'up' | 'partial' | 'down' | 'maintenance'

export type Sight = {
  readonly incidents: readonly Incident[]
  /** Since when none of its endpoints can be reached, epoch milliseconds; null: some can. */
  readonly lostSince: (upstream: string) => number | null
  /** When it last answered well, epoch milliseconds, as far as known. */
  readonly lastGoodOf: (upstream: string) => number | null
  /** The names of the routes that lead there. */
  readonly routesOf: (upstream: string) => readonly string[]
  readonly maintenance: readonly MaintenanceSwitch[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** A restart takes as long, and who comes meanwhile waits for it. */
const LOST_MS = 5_000
/** Without another failure for so long it is over, though the incident waits longer for its return. */
const RECENT_MS = 60_000
/** Fewer failures, and shorter, is a blip. */
const FAILURES_MIN = 3
const LASTING_MS = 30_000

export function stateOf({ parts }: ServicePlan, sight: Sight): ServiceState {
  const states = parts.map((part) => partState(part, sight))
  const troubled = states.filter((state) => state !== 'up')
  const [first] = troubled
  if (first === undefined) return 'up'
  if (troubled.every((state) => state === 'maintenance')) return 'maintenance'
  return states.every((state) => state === 'down') ? 'down' : 'partial'
}

/** What visitors saw of. */
export function isPublic({ failures, firstSeen, lastSeen }: Incident): boolean {
  return failures >= FAILURES_MIN || (failures > 1 && lastSeen - firstSeen >= LASTING_MS)
}

export function concerns({ upstream, routes }: Incident, part: ServicePart, routesOf: Sight['routesOf']): boolean {
  if (upstream === part.upstream) return part.route === null || Object.hasOwn(routes, part.route)
  if (upstream !== '') return false
  // It is not about an upstream, as when a worker has ended.
  return (part.route === null ? routesOf(part.upstream) : [part.route]).some((route) => Object.hasOwn(routes, route))
}

function partState(part: ServicePart, sight: Sight): ServiceState {
  if (sight.maintenance.some((one) => covers(one, part))) return 'maintenance'
  const { now } = sight
  const lostSince = sight.lostSince(part.upstream)
  if (lostSince !== null && now - lostSince >= LOST_MS) return 'down'
  const open = sight.incidents.filter((one) => one.state === 'open' && isPublic(one) && concerns(one, part, sight.routesOf))
  const recent = open.filter(({ lastSeen }) => now - lastSeen < RECENT_MS)
  if (recent.length === 0) return 'up'
  const standing = { isDown: false, lastGood: sight.lastGoodOf(part.upstream), now }
  return recent.some((one) => severityOf(one, { ...standing, since: one.opened }) === 'critical') ? 'down' : 'partial'
}

/** The words for visitors of who has switched something of these off, or ''. */
export function maintenanceMessage(services: readonly ServicePlan[], maintenance: Sight['maintenance']): string {
  const parts = services.flatMap((service) => service.parts)
  return maintenance.find((one) => one.message !== '' && parts.some((part) => covers(one, part)))?.message ?? ''
}

function covers({ upstream, route }: MaintenanceSwitch, part: ServicePart): boolean {
  if (route !== null) return route === part.route
  return upstream === null || upstream === part.upstream
}
