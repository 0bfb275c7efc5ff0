/** The store on SQLite: in its thread, on a broken file, and killed again and again. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { SqlStore } from '../../../src/control/store/sql-store.ts'
import { SqliteDatabase } from '../../../src/control/store/sqlite-database.ts'
import { StoreThread } from '../../../src/control/store/store-thread.ts'
import { Child } from '../../support/child.ts'
import { failed } from '../incident/record.ts'
import { describeStore, incident, RETENTION } from './store-suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewell-store-'))
let file = ''
let number = 0

beforeEach(() => {
  file = join(folder, `${++number}`, 'store.sqlite')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refuse = (path: string): never => {
  throw new Error(`${path} was put aside`)
}

describeStore('the store on SQLite', (opening) => SqlStore.open({ ...opening, database: SqliteDatabase.open(file, refuse) }))

const said: string[] = []
const threaded = (): StoreThread => new StoreThread({ settings: { place: file, ...RETENTION }, onNotice: (text) => said.push(text) })

describe('the store in its thread', () => {
  test('keeps and finds', async () => {
    const store = threaded()
    await store.write({ records: [{ record: failed('connect-refused', { id: 'a-1' }), incident: 'i-1' }], incidents: [incident('i-1')] })
    expect((await store.request('a-1'))[0]?.incident).toBe('i-1')
    expect((await store.unfinished(0))[0]?.sketch).toEqual(incident('i-1').sketch)
    await store.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('says why it cannot keep anything, and goes on as soon as it can', async () => {
    writeFileSync(join(folder, `${number}`), 'in the way')
    const store = threaded()
    const batch = { records: [], incidents: [incident('i-1')] }
    await expect(store.write(batch)).rejects.toThrow(/EEXIST|ENOTDIR/)
    rmSync(join(folder, `${number}`))
    await store.write(batch)
    await store.close()
  })

  test('puts a file aside that is no database, and begins anew', async () => {
    await threaded().close()
    SqliteDatabase.open(file, refuse).close()
    writeFileSync(file, 'x'.repeat(10_000))
    const store = threaded()
    await store.write({ records: [], incidents: [incident('i-1')] })
    await store.close()
    const [aside] = readdirSync(join(folder, `${number}`)).filter((name) => name.includes('.broken-'))
    expect(said.at(-1)).toContain(`could not be read any more and was put aside as ${join(folder, `${number}`, aside as string)}`)
  })

  test('leaves what a later version wrote as it is', async () => {
    SqliteDatabase.open(file, refuse).close()
    const later = new DatabaseSync(file)
    later.exec('pragma user_version = 99')
    later.close()
    const store = threaded()
    await expect(store.write({ records: [], incidents: [incident('i-1')] })).rejects.toThrow('written by a later version of Gatewell')
    await store.close()
  })
})

test('whenever it is killed, nothing that was acknowledged is lost, and the file is whole', async () => {
  const rounds = 8
  let acknowledged = 0
  for (let round = 0; round < rounds; round++) {
    const child = new Child([process.execPath, join(import.meta.dirname, 'writing-main.ts'), file, String(acknowledged)])
    // Somewhere in the middle of one of its first batches, each time somewhere else.
    const wanted = acknowledged + 40 + round * 11
    await child.until(() => (lastOf(child.output) >= wanted ? true : null), `kept ${wanted}`)
    child.kill('SIGKILL')
    await child.ended
    acknowledged = lastOf(child.output)
    const database = new DatabaseSync(file)
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
    const ids = new Set(
      database
        .prepare('select id from gatewell_record')
        .all()
        .map(({ id }) => id),
    )
    database.close()
    expect(Array.from({ length: acknowledged }, (_, index) => `k-${index}`).filter((id) => !ids.has(id))).toEqual([])
  }
  expect(acknowledged).toBeGreaterThan(rounds * 40)
}, 60_000)

function lastOf(output: string): number {
  return Number(/(\d+)\n(?![\s\S]*\n)/.exec(output)?.[1] ?? 0)
}
