/** Incidents in visitors' words: which service was how, from when to when. No causes, no addresses, no numbers of visitors. Pure. */
import { createHash } from 'node:crypto'
import type { StatusPlan } from '../../config/status-plan.ts'
import { SITUATIONS, type Situation } from '../../gateway/respond/situation.ts'
import type { Incident } from '../incident/incident.ts'
import { concerns, isPublic, type Sight } from './service-state.ts'

export type PublicIncident = {
  /** Tells it from others, for feeds. */
  readonly id: string
  readonly services: readonly string[]
  /** `unreachable`, after "Shop is" and after "Shop was". */
  readonly how: string
  /** Epoch milliseconds; `until` null: it goes on. */
  readonly from: number
  readonly until: number | null
}

/** Signs of one thing to visitors, though their causes differ. */
const TOGETHER_MS = 600_000

const HOW: Partial<Record<Situation, string>> = {
  unreachable: 'unreachable',
  broken: 'failing',
  slow: 'too slow to answer',
  busy: 'overloaded',
  restarting: 'restarting',
}
const OTHERWISE = 'failing'

type Group = { services: string[]; worst: Incident; from: number; until: number | null }

/** Latest first. */
export function publicIncidents(
  { host, services }: StatusPlan,
  { incidents, routesOf }: Pick<Sight, 'incidents' | 'routesOf'>,
): PublicIncident[] {
  const groups: Group[] = []
  for (const incident of incidents.filter(isPublic).toSorted((one, other) => one.opened - other.opened)) {
    const names = services.filter(({ parts }) => parts.some((part) => concerns(incident, part, routesOf))).map(({ name }) => name)
    if (names.length === 0) continue
    const until = incident.state === 'open' ? null : incident.lastSeen
    const group = groups.findLast(
      (one) => isSame(one.services, names) && (one.until === null || incident.opened - one.until <= TOGETHER_MS),
    )
    if (group === undefined) groups.push({ services: names, worst: incident, from: incident.opened, until })
    else {
      group.until = group.until === null || until === null ? null : Math.max(group.until, until)
      if (incident.failures > group.worst.failures) group.worst = incident
    }
  }
  const told = groups.map(({ services: names, worst, from, until }) => {
    const id = createHash('sha256')
      .update(JSON.stringify([host, names, from]))
      .digest('hex')
      .slice(0, 16)
    return { id, services: names, how: HOW[SITUATIONS[worst.cause]] ?? OTHERWISE, from, until }
  })
  return told.toSorted((one, other) => other.from - one.from)
}

/** `Shop and Search were unreachable`. */
export function headlineOf({ services, how, until }: PublicIncident): string {
  const isMany = services.length > 1
  const verb = until === null ? (isMany ? 'are' : 'is') : isMany ? 'were' : 'was'
  return `${listed(services)} ${verb} ${how}`
}

/** `Shop, Blog and Search`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i])
}
