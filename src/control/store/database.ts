/** What the store asks of a database: as little as SQLite and Postgres both do the same way. SQL with `?` for values. */

export type Value = string | number | Uint8Array
export type Row = Readonly<Record<string, Value>>

/** Rows to add, each in the order of `columns`. `key`: a row with the same one (columns, with commas) is replaced. */
export type Insert = {
  readonly table: string
  readonly columns: readonly string[]
  readonly key?: string
  readonly rows: readonly (readonly Value[])[]
}

export interface Database {
  all(sql: string, values: readonly Value[]): Promise<readonly Row[]>
  /** All or nothing; they are on the disk when it resolves. */
  insert(inserts: readonly Insert[]): Promise<void>
  /** How many rows, and the sum of their `bytes`. */
  remove(sql: string, values: readonly Value[]): Promise<Removed>
  close(): Promise<void>
}

export type Removed = { readonly rows: number; readonly bytes: number }

/** `insert into … values …`, for so many rows at once. */
export function insertText({ table, columns, key }: Insert, rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  const replaced = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`)
  const conflict = key === undefined ? '' : ` on conflict (${key}) do update set ${replaced.join(', ')}`
  return `insert into ${table} (${columns.join(', ')}) values ${Array(rows).fill(row).join(', ')}${conflict}`
}
