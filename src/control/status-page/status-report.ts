/** What the status page says, before it is a page, JSON or a feed. Nothing in it is more than visitors may know. */
import type { ServiceDay } from '../store/store.ts'
import type { PublicIncident } from './public-incident.ts'
import type { ServiceState } from './service-state.ts'

export type ServiceReport = {
  readonly name: string
  readonly state: ServiceState
  /** Of the last ninety days, oldest first; null for one on which nobody looked. */
  readonly days: readonly (ServiceDay | null)[]
}

export type StatusReport = {
  readonly title: string
  readonly host: string
  /** Epoch milliseconds. */
  readonly madeAt: number
  readonly services: readonly ServiceReport[]
  /** Latest first. */
  readonly incidents: readonly PublicIncident[]
  /** The operator's words on maintenance, or ''. */
  readonly message: string
}

const BY_WEIGHT: readonly ServiceState[] = ['down', 'partial', 'maintenance', 'up']

/** The worst of any service. */
export function overallState({ services }: StatusReport): ServiceState {
  return BY_WEIGHT.find((state) => services.some((service) => service.state === state)) ?? 'up'
}

/** The share of the time that was watched in which no visitor was seen to fail; null: it was never watched. */
export function uptimeOf(days: readonly (ServiceDay | null)[]): number | null {
  const watchedMs = sum(days, ({ watchedMs }) => watchedMs)
  return watchedMs === 0 ? null : Math.max(0, 1 - sum(days, troubleMs) / watchedMs)
}

export function troubleMs({ downMs, partialMs }: ServiceDay): number {
  return downMs + partialMs
}

function sum(days: readonly (ServiceDay | null)[], of: (day: ServiceDay) => number): number {
  return days.reduce((total, day) => total + (day === null ? 0 : of(day)), 0)
}
