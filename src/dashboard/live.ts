/** What the page knows of the running gateway, kept up to date by its events. Views read these signals and never ask for them. */
import { computed, effect, signal } from '@preact/signals'

import type { Status } from '../control/admin/status.ts'
import type { TrafficSample } from '../control/admin/traffic.ts'
import type { Incident, IncidentEvent } from '../control/incident/incident.ts'
import { isLocked, read } from './api.ts'
import { titleOf } from './cause.ts'
import { EventReader, type Told } from './event-reader.ts'
import { mergeStatus } from './merge-status.ts'
import { together } from './traffic-sum.ts'

/** Seconds that are shown. */
export const WINDOW_S = 300
const INCIDENTS_SHOWN = 100
/** Of a page that stays open for days. */
const INCIDENTS_KEPT = 500

export const isLive = signal(false)
export const status = signal<Status | null>(null)
/** Oldest first. */
export const samples = signal<readonly TrafficSample[]>([])
/** Null until it is known. */
export const sinceStart = signal<TrafficSample | null>(null)
/** Latest first; null until they are known. */
export const incidents = signal<readonly Incident[] | null>(null)
/** For a screen reader: what has just changed. */
export const announcement = signal('')

export const openIncidents = computed(() => (incidents.value ?? []).filter(({ state }) => state === 'open'))
export const latest = computed(() => samples.value.at(-1) ?? null)

/** The gateway's clock now, epoch milliseconds, moving with what it tells. */
export const now = computed(() => latest.value?.at ?? Date.now())

export function start(): void {
  effect(() => {
    if (isLocked.value) return
    const reader = new EventReader({ path: 'events', onEvent: take, onLink: (isUp) => (isLive.value = isUp) })
    void reader.run()
    return () => reader.close()
  })
}

function take({ kind, data }: Told): void {
  if (kind === 'hello') return welcome(data as { status: Status; traffic: TrafficSample })
  if (kind === 'status') status.value = mergeStatus(status.value, data as Status)
  if (kind === 'traffic') takeTraffic(data as TrafficSample)
  if (kind === 'incident') takeIncident(data as IncidentEvent)
}

function welcome(hello: { status: Status; traffic: TrafficSample }): void {
  status.value = hello.status
  sinceStart.value = hello.traffic
  void read('incidents', { limit: INCIDENTS_SHOWN }).then((reply) => {
    if (reply.ok) incidents.value = reply.value
  })
}

function takeTraffic(sample: TrafficSample): void {
  const before = sinceStart.value
  if (before !== null && sample.at > before.at) sinceStart.value = { ...together([before, sample]), at: sample.at }
  if (sample.at <= (samples.value.at(-1)?.at ?? 0)) return
  const from = sample.at - WINDOW_S * 1_000
  samples.value = [...samples.value.filter(({ at }) => at > from), sample]
}

function takeIncident({ kind, incident }: IncidentEvent): void {
  const others = (incidents.value ?? []).filter(({ id }) => id !== incident.id)
  incidents.value = [incident, ...others].sort((one, other) => other.opened - one.opened).slice(0, INCIDENTS_KEPT)
  const what = `${titleOf(incident.cause)}${incident.upstream === '' ? '' : ` at ${incident.upstream}`}`
  if (kind === 'opened' || kind === 'reopened') announcement.value = `Incident begins: ${what}.`
  if (kind === 'closed') announcement.value = `Incident is over: ${what}.`
}
