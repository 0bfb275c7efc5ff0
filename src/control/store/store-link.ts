/** What goes between control and the thread that its store runs in: calls of the store's methods, and how they ended. */
import type { Store } from './store.ts'

export type StoreMethod = keyof Store

export type Call = { readonly ticket: number; readonly method: StoreMethod; readonly input: unknown }

/** A `notice` is a sentence for the operator, and answers nothing. */
export type Reply =
  | { readonly kind: 'done'; readonly ticket: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly ticket: number; readonly reason: string }
  | { readonly kind: 'notice'; readonly text: string }

export type StoreSettings = {
  /** A file of SQLite, ':memory:', or the URL of a Postgres database. */
  readonly place: string
  readonly bytesMax: number
  readonly ageMs: number
  readonly incidentsMax: number
}

export function isPostgres(place: string): boolean {
  return /^postgres(?:ql)?:/.test(place)
}
