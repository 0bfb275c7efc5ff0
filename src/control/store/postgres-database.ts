/** Postgres, by the package `pg`, which who wants this installs; it is loaded only then. */
import type { Pool, PoolClient, PoolConfig } from 'pg'
import { type Database, type Insert, insertText, type Removed, type Row, type Value } from './database.ts'
import { LATEST, stepsFrom, tooNew } from './migration.ts'

const CONNECT_MS = 5_000
const STATEMENT_MS = 30_000
const ROWS_AT_ONCE = 500
/** The type of Postgres's 64-bit numbers, which `pg` gives as text; ours are milliseconds and counts. */
const INT8 = 20
/** Any number, but the same one wherever a Gatewell makes its tables. */
const MIGRATION_LOCK = 8_502_209

export class PostgresDatabase implements Database {
  readonly #pool: Pool

  private constructor(pool: Pool) {
    this.#pool = pool
  }

  /** `url`: `postgres://user:password@host/database`. */
  static async open(url: string): Promise<PostgresDatabase> {
    const { Pool, types } = await load()
    const getTypeParser = ((oid: number, format?: 'text') => (oid === INT8 ? Number : types.getTypeParser(oid, format))) as NonNullable<
      PoolConfig['types']
    >['getTypeParser']
    const pool = new Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      application_name: 'gatewell',
      types: { getTypeParser },
    })
    // One that breaks while it is idle is replaced with the next call, which says so if it cannot be.
    pool.on('error', () => {})
    const database = new PostgresDatabase(pool)
    try {
      await database.#migrate()
      return database
    } catch (error) {
      await pool.end()
      throw error
    }
  }

  async all(sql: string, values: readonly Value[]): Promise<readonly Row[]> {
    return (await this.#pool.query(numbered(sql), values.map(bound))).rows as Row[]
  }

  async insert(inserts: readonly Insert[]): Promise<void> {
    await this.#inTransaction(async (client) => {
      for (const insert of inserts) {
        for (let at = 0; at < insert.rows.length; at += ROWS_AT_ONCE) {
          const rows = insert.rows.slice(at, at + ROWS_AT_ONCE)
          await client.query(numbered(insertText(insert, rows.length)), rows.flat().map(bound))
        }
      }
    })
  }

  async remove(sql: string, values: readonly Value[]): Promise<Removed> {
    const { rows } = await this.#pool.query<{ bytes: number }>(numbered(`${sql} returning bytes`), values.map(bound))
    return { rows: rows.length, bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  async #migrate(): Promise<void> {
    await this.#inTransaction(async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
      await client.query('create table if not exists gatewell_version (version integer not null)')
      const { rows } = await client.query<{ version: number }>('select version from gatewell_version')
      const version = rows[0]?.version ?? 0
      if (version > LATEST) throw new Error(tooNew(version))
      if (version === LATEST) return
      for (const step of stepsFrom(version, 'postgres')) await client.query(step)
      await client.query('delete from gatewell_version')
      await client.query('insert into gatewell_version values ($1)', [LATEST])
    })
  }

  async #inTransaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.#pool.connect()
    let problem: Error | undefined
    try {
      await client.query('begin')
      await work(client)
      await client.query('commit')
    } catch (error) {
      problem = error as Error
      throw error
    } finally {
      // After an error the connection is given up, and its transaction with it.
      client.release(problem)
    }
  }
}

async function load(): Promise<Pick<typeof import('pg'), 'Pool' | 'types'>> {
  try {
    return (await import('pg')).default
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
    throw isMissing ? new Error('`store: postgres://…` needs the package pg, which is not installed: npm install pg') : error
  }
}

/** `?` is `$1`, `$2` and so on here. */
function numbered(sql: string): string {
  let number = 0
  return sql.replaceAll('?', () => `$${++number}`)
}

function bound(value: Value): Value {
  return value instanceof Uint8Array ? Buffer.from(value) : value
}
