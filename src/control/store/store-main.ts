/** The thread that control's store runs in: it opens the database when it is first called, and answers one call after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../std/clock.ts'
import type { Database } from './database.ts'
import { SqlStore } from './sql-store.ts'
import { type Call, isPostgres, type Reply, type StoreSettings } from './store-link.ts'

const settings = workerData as StoreSettings
let opened: Promise<SqlStore> | null = null
let turn: Promise<void> = Promise.resolve()

parentPort?.on('message', (call: Call) => {
  turn = turn.then(async () => reply(await answer(call)))
})

async function answer({ ticket, method, input }: Call): Promise<Reply> {
  try {
    opened ??= open()
    const store = await opened
    const run = store[method] as (input: unknown) => Promise<unknown>
    return { kind: 'done', ticket, value: await run.call(store, input) }
  } catch (error) {
    return { kind: 'failed', ticket, reason: (error as Error).message }
  }
}

async function open(): Promise<SqlStore> {
  try {
    return await SqlStore.open({ database: await connect(settings.place), clock: systemClock, retention: settings })
  } catch (error) {
    // The next call tries again: a disk may have room by then.
    opened = null
    throw error
  }
}

async function connect(place: string): Promise<Database> {
  if (isPostgres(place)) {
    const { PostgresDatabase } = await import('./postgres-database.ts')
    return PostgresDatabase.open(place)
  }
  const { SqliteDatabase } = await import('./sqlite-database.ts')
  return SqliteDatabase.open(place, (aside) =>
    reply({ kind: 'notice', text: `${place} could not be read any more and was put aside as ${aside}. A new one was begun.` }),
  )
}

function reply(message: Reply): void {
  parentPort?.postMessage(message)
}
