/** Incidents, plans and messages for the tests of alerts. */
import type { AlertChannelPlan, AlertsPlan } from '../../../src/config/alert-plan.ts'
import { ALERTS } from '../../../src/config/defaults.ts'
import type { AlertMessage, Notice } from '../../../src/control/alert/alert-message.ts'
import type { Incident } from '../../../src/control/incident/incident.ts'
import { ManualClock } from '../../../src/std/clock.ts'

/** The epoch of a `ManualClock` that was not moved. */
export const START = new ManualClock().epoch()

export function sampleIncident(changes: Partial<Incident> = {}): Incident {
  return {
    ...{ id: 'i-1', cause: 'connect-refused', upstream: 'shop', state: 'open', opened: START, closed: null, reopened: 0 },
    ...{ failures: 12, visitors: 3, crawlers: 1, rescued: 40, causes: { 'connect-refused': 12 }, statuses: { 502: 12 } },
    ...{
      routes: { '/*': 12 },
      endpoints: { 'http://10.0.0.1:3000': 12 },
      firstSeen: START,
      lastSeen: START + 9_000,
      lastGood: START - 1_000,
    },
    ...{ examples: ['r-1'], pulse: { beganAt: START, stepMs: 1_000, counts: [12] }, diagnosis: null, worth: null },
    ...changes,
  }
}

export function sampleNotice(changes: Partial<Incident> = {}, notice: Partial<Notice> = {}): Notice {
  return { kind: 'opened', severity: 'critical', incident: sampleIncident(changes), ...notice }
}

export function sampleMessage(notices: readonly Notice[] = [sampleNotice()], changes: Partial<AlertMessage> = {}): AlertMessage {
  return { at: START + 10_000, gateway: 'edge', base: 'http://127.0.0.1:8502', timeZone: 'UTC', notices, delay: null, ...changes }
}

export function channelPlan(name = 'team'): AlertChannelPlan {
  return { name, target: { kind: 'slack', url: `https://hooks.example.com/services/${name}-secret` } }
}

export function alertsPlan(changes: Partial<AlertsPlan> = {}): AlertsPlan {
  return { ...ALERTS, channels: [channelPlan()], timeZone: 'UTC', ...changes }
}
