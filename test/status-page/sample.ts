/** Incidents, days and reports as the status page gets them. */

import type { Incident } from '../../src/control/incident/incident.ts'
import type { ServiceState } from '../../src/control/status-page/service-state.ts'
import type { StatusReport } from '../../src/control/status-page/status-report.ts'
import type { ServiceDay } from '../../src/control/store/store.ts'
import { incident } from '../control/store/store-suite.ts'

/** Noon of 22 November 2026. */
export const NOW = Date.UTC(2026, 10, 22, 12)
const TODAY = Math.floor(NOW / 86_400_000)

export function open(changes: Partial<Incident> = {}): Incident {
  const begun = { opened: NOW - 20_000, firstSeen: NOW - 20_000, lastSeen: NOW - 1_000 }
  return incident('i-1', { upstream: 'shop', routes: { 'shop/*': 3 }, ...begun, ...changes }).incident
}

function day(ago: number, changes: Partial<ServiceDay> = {}): ServiceDay {
  return { day: TODAY - ago, service: 'Shop', watchedMs: 86_400_000, downMs: 0, partialMs: 0, ...changes }
}

/** `count` days without trouble, today the last one. */
export function days(count: number, troubled: Readonly<Record<number, Partial<ServiceDay>>> = {}): (ServiceDay | null)[] {
  return Array.from({ length: 90 }, (_, i) => (89 - i < count ? day(89 - i, troubled[89 - i]) : null))
}

export function report(states: Readonly<Record<string, ServiceState>>, changes: Partial<StatusReport> = {}): StatusReport {
  const services = Object.entries(states).map(([name, state]) => ({ name, state, days: days(90) }))
  return { title: 'Status of example.com', host: 'status.example.com', madeAt: NOW, services, incidents: [], message: '', ...changes }
}
