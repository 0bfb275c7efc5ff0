/** The store on a database of SQL. It forgets by age and by size, a little at a time, so that nobody waits long for it. */
import type { Clock } from '../../std/clock.ts'
import type { KeptAlerts } from '../alert/kept-alerts.ts'
import type { Incident, KeptIncident } from '../incident/incident.ts'
import type { Database, Insert, Row, Value } from './database.ts'
import { readRecord, writeRecord } from './record-text.ts'
import {
  type Batch,
  DAYS_KEPT,
  type FoundRecord,
  type IncidentQuery,
  type KeptRecord,
  type RecordQuery,
  type Retention,
  type ServiceDay,
  type Store,
} from './store.ts'

const REMOVED_AT_ONCE = 500
/** What a row takes besides its text: the other columns, and its place in the indexes. */
const ROW_BYTES = 200
const SAME_ID_MAX = 10
const FOUND = 'select seq, incident, detail from gatewell_record'
const FORGET_MS = 60_000

export class SqlStore implements Store {
  readonly #database: Database
  readonly #clock: Clock
  readonly #retention: Retention
  /** Of the records; what other processes write is seen at the next start. */
  #bytes: number
  #forgotAt: number

  private constructor(options: { database: Database; clock: Clock; retention: Retention; bytes: number }) {
    this.#database = options.database
    this.#clock = options.clock
    this.#retention = options.retention
    this.#bytes = options.bytes
    this.#forgotAt = options.clock.now()
  }

  static async open(options: { database: Database; clock: Clock; retention: Retention }): Promise<SqlStore> {
    const [row] = await options.database.all('select coalesce(sum(bytes), 0) as bytes from gatewell_record', [])
    return new SqlStore({ ...options, bytes: Number(row?.bytes) })
  }

  async write({ records, incidents, alerts = [] }: Batch): Promise<void> {
    const rows = records.map(rowOf)
    const kept: Insert = { table: 'gatewell_record', columns: RECORD_COLUMNS, rows }
    const opened: Insert = { table: 'gatewell_incident', columns: INCIDENT_COLUMNS, key: 'id', rows: incidents.map(incidentRowOf) }
    const waiting: Insert = { table: 'gatewell_alert', columns: ALERT_COLUMNS, key: 'channel', rows: alerts.map(alertRowOf) }
    await this.#database.insert([kept, opened, waiting].filter((insert) => insert.rows.length > 0))
    for (const row of rows) this.#bytes += row[BYTES_COLUMN] as number
    await this.#makeRoom(records.length)
  }

  async request(id: string): Promise<readonly FoundRecord[]> {
    return (await this.#database.all(`${FOUND} where id = ? order by seq desc limit ${SAME_ID_MAX}`, [id])).map(foundOf)
  }

  async records({ incident, cause, upstream, before, limit }: RecordQuery): Promise<readonly FoundRecord[]> {
    const wanted = Object.entries({ incident, cause, upstream }).filter(([, value]) => value !== undefined) as [string, string][]
    const terms = wanted.map(([column]) => `${column} = ?`)
    // The partial index on incidents is taken only where it is plain that there is one.
    if (incident !== undefined) terms.push(`incident <> ''`)
    const values: Value[] = wanted.map(([, value]) => value)
    if (before !== undefined) {
      terms.push('seq < ?')
      values.push(before)
    }
    const where = terms.length === 0 ? '' : ` where ${terms.join(' and ')}`
    return (await this.#database.all(`${FOUND}${where} order by seq desc limit ?`, [...values, limit])).map(foundOf)
  }

  async incident(id: string): Promise<Incident | null> {
    const [row] = await this.#database.all('select detail from gatewell_incident where id = ?', [id])
    return row === undefined ? null : incidentOf(row)
  }

  async incidents({ before, since, limit }: IncidentQuery): Promise<readonly Incident[]> {
    const sql = 'select detail from gatewell_incident where opened < ? and (closed = 0 or closed > ?) order by opened desc limit ?'
    return (await this.#database.all(sql, [before ?? Number.MAX_SAFE_INTEGER, since ?? 0, limit])).map(incidentOf)
  }

  async unfinished(since: number): Promise<readonly KeptIncident[]> {
    const sql = 'select detail, sketch from gatewell_incident where closed = 0 or closed > ? order by opened'
    return (await this.#database.all(sql, [since])).map((row) => ({ incident: incidentOf(row), sketch: row.sketch as Uint8Array }))
  }

  async alerts(): Promise<readonly KeptAlerts[]> {
    return (await this.#database.all('select detail from gatewell_alert', [])).map(({ detail }) => JSON.parse(String(detail)) as KeptAlerts)
  }

  async writeDays(days: readonly ServiceDay[]): Promise<void> {
    if (days.length === 0) return
    const rows = days.map(({ day, service, watchedMs, downMs, partialMs }) => [day, service, watchedMs, downMs, partialMs, ROW_BYTES])
    await this.#database.insert([{ table: 'gatewell_day', columns: DAY_COLUMNS, key: 'day, service', rows }])
    const latest = Math.max(...days.map(({ day }) => day))
    await this.#database.remove('delete from gatewell_day where day < ?', [latest - DAYS_KEPT])
  }

  async days(since: number): Promise<readonly ServiceDay[]> {
    const sql = 'select day, service, watched, down, partial from gatewell_day where day >= ? order by day'
    return (await this.#database.all(sql, [since])).map(({ day, service, watched, down, partial }) => ({
      day: Number(day),
      service: String(service),
      watchedMs: Number(watched),
      downMs: Number(down),
      partialMs: Number(partial),
    }))
  }

  async close(): Promise<void> {
    await this.#database.close()
  }

  /** At least as much goes as came, if it has to go. */
  async #makeRoom(added: number): Promise<void> {
    const steps = 1 + Math.ceil((2 * added) / REMOVED_AT_ONCE)
    for (let step = 0; step < steps && this.#bytes > this.#retention.bytesMax; step++) {
      const excess = Math.ceil((this.#bytes - this.#retention.bytesMax) / ROW_BYTES)
      if ((await this.#forget('order by seq', [], Math.min(excess, REMOVED_AT_ONCE))) === 0) break
    }
    const now = this.#clock.now()
    if (now - this.#forgotAt < FORGET_MS) return
    const oldest = this.#clock.epoch() - this.#retention.ageMs
    let isMore = false
    for (let step = 0; step < steps; step++) {
      isMore = (await this.#forget('where ended_at < ? order by ended_at', [oldest])) === REMOVED_AT_ONCE
      if (!isMore) break
    }
    if (isMore) return
    this.#forgotAt = now
    const old = 'closed <> 0 and (last_seen < ? or id in (select id from gatewell_incident order by opened desc limit ? offset ?))'
    const chosen = `select id from gatewell_incident where ${old} limit ${REMOVED_AT_ONCE}`
    const values = [oldest, REMOVED_AT_ONCE, this.#retention.incidentsMax]
    await this.#database.remove(`delete from gatewell_incident where id in (${chosen})`, values)
  }

  async #forget(which: string, values: readonly Value[], count = REMOVED_AT_ONCE): Promise<number> {
    const chosen = `select seq from gatewell_record ${which} limit ?`
    const { rows, bytes } = await this.#database.remove(`delete from gatewell_record where seq in (${chosen})`, [...values, count])
    this.#bytes -= bytes
    return rows
  }
}

const RECORD_COLUMNS = ['id', 'ended_at', 'cause', 'upstream', 'incident', 'bytes', 'detail']
const ALERT_COLUMNS = ['channel', 'bytes', 'detail']
const BYTES_COLUMN = RECORD_COLUMNS.indexOf('bytes')
const DAY_COLUMNS = ['day', 'service', 'watched', 'down', 'partial', 'bytes']
const INCIDENT_COLUMNS = ['id', 'opened', 'closed', 'last_seen', 'bytes', 'detail', 'sketch']

function rowOf({ record, incident }: KeptRecord): Value[] {
  const detail = writeRecord(record)
  const bytes = ROW_BYTES + detail.length
  return [record.id, Math.round(record.endedAt), record.cause ?? '', record.upstream, incident, bytes, detail]
}

function incidentRowOf({ incident, sketch }: KeptIncident): Value[] {
  const detail = JSON.stringify(incident)
  const { id, opened, closed, lastSeen } = incident
  return [id, Math.round(opened), Math.round(closed ?? 0), Math.round(lastSeen), detail.length + sketch.length, detail, sketch]
}

function alertRowOf(alerts: KeptAlerts): Value[] {
  const detail = JSON.stringify(alerts)
  return [alerts.channel, ROW_BYTES + detail.length, detail]
}

function foundOf({ seq, incident, detail }: Row): FoundRecord {
  return { place: Number(seq), incident: String(incident), record: readRecord(String(detail)) }
}

function incidentOf({ detail }: Row): Incident {
  // What an earlier version did not know is empty.
  return { worth: null, ...(JSON.parse(String(detail)) as Omit<Incident, 'worth'>) }
}
