/** The tables, version by version. A version that has been released is never changed: the next one says what is different. */

export type Dialect = 'sqlite' | 'postgres'

/** What is called differently. */
const WORDS: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  sqlite: { SEQUENCE: 'integer primary key', BYTES: 'blob' },
  postgres: { SEQUENCE: 'bigserial primary key', BYTES: 'bytea' },
}

/** Names begin alike, for a Postgres database may be another's too. */
const VERSIONS: readonly (readonly string[])[] = [
  [
    `create table gatewell_record (
      seq SEQUENCE,
      id text not null,
      ended_at bigint not null,
      cause text not null,
      upstream text not null,
      incident text not null,
      bytes integer not null,
      detail text not null
    )`,
    'create index gatewell_record_id on gatewell_record (id)',
    'create index gatewell_record_ended_at on gatewell_record (ended_at, bytes)',
    'create index gatewell_record_cause on gatewell_record (cause, seq)',
    'create index gatewell_record_upstream on gatewell_record (upstream, seq)',
    `create index gatewell_record_incident on gatewell_record (incident, seq) where incident <> ''`,
    `create table gatewell_incident (
      id text primary key,
      opened bigint not null,
      closed bigint not null,
      last_seen bigint not null,
      bytes integer not null,
      detail text not null,
      sketch BYTES not null
    )`,
    'create index gatewell_incident_opened on gatewell_incident (opened)',
    'create index gatewell_incident_closed on gatewell_incident (closed)',
  ],
  [
    `create table gatewell_day (
      day integer not null,
      service text not null,
      watched integer not null,
      down integer not null,
      partial integer not null,
      bytes integer not null,
      primary key (day, service)
    )`,
  ],
  [
    `create table gatewell_alert (
      channel text primary key,
      bytes integer not null,
      detail text not null
    )`,
  ],
]

export const LATEST = VERSIONS.length

/** What brings the tables from `version` to the latest one; 0 for an empty database. */
export function stepsFrom(version: number, dialect: Dialect): readonly string[] {
  const words = WORDS[dialect]
  return VERSIONS.slice(version).flatMap((steps) => steps.map((step) => step.replace(/[A-Z]{4,}/g, (word) => words[word] ?? word)))
}

/** A sentence. */
export function tooNew(version: number): string {
  return `it was written by a later version of Gatewell (its tables are version ${version}, this one knows ${LATEST})`
}
