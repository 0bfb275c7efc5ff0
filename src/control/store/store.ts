/** What control remembers: failures, incidents, and who has still to be told of them. Never a body. The same on every kind of database. */
import type { FailureRecord } from '../../gateway/observe/record.ts'
import type { KeptAlerts } from '../alert/kept-alerts.ts'
import type { Incident, KeptIncident } from '../incident/incident.ts'

/** `incident`: the id of the one that it belongs to, or ''. */
export type KeptRecord = { readonly record: FailureRecord; readonly incident: string }

export type Batch = {
  readonly records: readonly KeptRecord[]
  readonly incidents: readonly KeptIncident[]
  readonly alerts?: readonly KeptAlerts[]
}

export type RecordQuery = {
  readonly incident?: string | undefined
  readonly cause?: string | undefined
  readonly upstream?: string | undefined
  /** The `place` of the last one of the page before. */
  readonly before?: number | undefined
  readonly limit: number
}

/** `place` grows with every record that is kept. */
export type FoundRecord = KeptRecord & { readonly place: number }

/** Epoch milliseconds: only those that opened before, and only those that are open or closed since. */
export type IncidentQuery = { readonly before?: number; readonly since?: number; readonly limit: number }

/** How a service of the status page was on one day: how long it was watched, and for how much of that it was down or failed in part. */
export type ServiceDay = {
  /** Days since 1970, UTC. */
  readonly day: number
  readonly service: string
  readonly watchedMs: number
  readonly downMs: number
  readonly partialMs: number
}

/** Each rejects where the database cannot be used; the message is a sentence for the operator. */
export interface Store {
  /** All of it is kept, also when the process is killed right after, or nothing. An incident or a channel replaces what was kept of it. */
  write(batch: Batch): Promise<void>
  /** Latest first; ids that clients' proxies chose may come more than once. */
  request(id: string): Promise<readonly FoundRecord[]>
  /** Latest first. */
  records(query: RecordQuery): Promise<readonly FoundRecord[]>
  incident(id: string): Promise<Incident | null>
  /** Latest first. */
  incidents(query: IncidentQuery): Promise<readonly Incident[]>
  /** To go on counting after a restart: those that are open, and those that closed after `since` (epoch milliseconds). */
  unfinished(since: number): Promise<readonly KeptIncident[]>
  /** Of all channels that ever were. */
  alerts(): Promise<readonly KeptAlerts[]>
  /** Each replaces what was kept of its service and day. */
  writeDays(days: readonly ServiceDay[]): Promise<void>
  /** Of that day and those after it. */
  days(since: number): Promise<readonly ServiceDay[]>
  close(): Promise<void>
}

export type Retention = { readonly ageMs: number; readonly bytesMax: number; readonly incidentsMax: number }

const DAY_MS = 24 * 3_600_000

/** Whatever else is forgotten: a year and a little, of a few services. */
export const DAYS_KEPT = 400

export const RETENTION: Retention = { ageMs: 30 * DAY_MS, bytesMax: 512 * 1024 * 1024, incidentsMax: 10_000 }
