/** SQLite in a file, by `node:sqlite`. It blocks while it works, so it has a thread of its own (`store-main.ts`). */
import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Database, type Insert, insertText, type Removed, type Row, type Value } from './database.ts'
import { LATEST, stepsFrom, tooNew } from './migration.ts'

/** What SQLite calls SQLITE_CORRUPT and SQLITE_NOTADB. */
const BROKEN = new Set([11, 26])
/** For as long another process may write, such as the former one during an upgrade. */
const BUSY_MS = 5_000
const VACUUM_PAGES = 200

/** WAL with full syncs: what is committed survives a kill, and a power cut too. */
const SETTINGS = `
  pragma auto_vacuum = incremental;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma journal_size_limit = 16777216;
  pragma cache_size = -8192;
`

export class SqliteDatabase implements Database {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** `path`: a file that is made if need be, or ':memory:'. `onBroken`: told the new name of one that could not be read any more. */
  static open(path: string, onBroken: (path: string) => void): SqliteDatabase {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    try {
      return SqliteDatabase.#openWhole(path)
    } catch (error) {
      if (path === ':memory:' || !BROKEN.has((error as { errcode?: number }).errcode ?? 0)) throw error
      const aside = `${path}.broken-${Date.now()}`
      renameSync(path, aside)
      for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
      onBroken(aside)
      return SqliteDatabase.#openWhole(path)
    }
  }

  static #openWhole(path: string): SqliteDatabase {
    const database = new DatabaseSync(path, { timeout: BUSY_MS })
    try {
      // Who asked for what, from where, is for the operator's eyes.
      if (path !== ':memory:') chmodSync(path, 0o600)
      database.exec(SETTINGS)
      migrate(database)
      return new SqliteDatabase(database)
    } catch (error) {
      database.close()
      throw error
    }
  }

  async all(sql: string, values: readonly Value[]): Promise<readonly Row[]> {
    return this.#prepare(sql).all(...values) as Row[]
  }

  async insert(inserts: readonly Insert[]): Promise<void> {
    this.#database.exec('begin immediate')
    try {
      for (const insert of inserts) {
        const statement = this.#prepare(insertText(insert, 1))
        for (const row of insert.rows) statement.run(...row)
      }
      this.#database.exec('commit')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }

  async remove(sql: string, values: readonly Value[]): Promise<Removed> {
    const removed = this.#prepare(`${sql} returning bytes`).all(...values) as { bytes: number }[]
    if (removed.length > 0) this.#database.exec(`pragma incremental_vacuum(${VACUUM_PAGES})`)
    return { rows: removed.length, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  async close(): Promise<void> {
    this.#prepared.clear()
    this.#database.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}

/** Two processes may come to it at the same time. */
function migrate(database: DatabaseSync): void {
  if (versionOf(database) === LATEST) return
  database.exec('begin immediate')
  try {
    const version = versionOf(database)
    if (version > LATEST) throw new Error(tooNew(version))
    for (const step of stepsFrom(version, 'sqlite')) database.exec(step)
    database.exec(`pragma user_version = ${LATEST}`)
    database.exec('commit')
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

function versionOf(database: DatabaseSync): number {
  return database.prepare('pragma user_version').get()?.user_version as number
}
