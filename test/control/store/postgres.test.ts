/** The store on Postgres: Debian's, started for these tests on a free port of loopback, with its data in a folder of its own. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresDatabase } from '../../../src/control/store/postgres-database.ts'
import { SqlStore } from '../../../src/control/store/sql-store.ts'
import { StoreThread } from '../../../src/control/store/store-thread.ts'
import { program } from '../../setup/program.ts'
import { Child, run } from '../../support/child.ts'
import { answerTo } from '../../support/http-request.ts'
import { unusedPort } from '../../support/raw-origin.ts'
import { until } from '../../support/until.ts'
import { failed } from '../incident/record.ts'
import { controlPlan, RunningControl } from '../running.ts'
import { describeStore, incident, RETENTION } from './store-suite.ts'

let folder = ''
let server: Child
let port = 0
let url = ''

beforeAll(async () => {
  program('pg_lsclusters')
  folder = mkdtempSync(join(tmpdir(), 'gatewell-postgres-'))
  chmodSync(folder, 0o777)
  const data = join(folder, 'data')
  await run([...asUser(), program('initdb'), '-D', data, '-A', 'trust', '-U', 'gatewell', '--no-sync'])
  port = await unusedPort()
  url = `postgres://gatewell@127.0.0.1:${port}/postgres`
  await start()
}, 60_000)

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Postgres does not run as root. */
function asUser(): [string, ...string[]] {
  return process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env']
}

async function start(): Promise<void> {
  const addresses = ['-h', '127.0.0.1', '-p', String(port), '-k', folder]
  const settings = ['-c', 'fsync=off', '-c', 'max_connections=10', '-c', 'shared_buffers=16MB']
  server = new Child([...asUser(), program('postgres'), '-D', join(folder, 'data'), ...addresses, ...settings], { limitMs: 300_000 })
  await server.says(/ready to accept connections/)
}

async function empty(): Promise<void> {
  const database = await PostgresDatabase.open(url)
  await database.remove('with gone as (delete from gatewell_incident), past as (delete from gatewell_day) delete from gatewell_record', [])
  await database.close()
}

describeStore('the store on Postgres', async (opening, isAgain) => {
  if (!isAgain) await empty()
  return SqlStore.open({ ...opening, database: await PostgresDatabase.open(url) })
})

describe('the store on Postgres, in its thread', () => {
  test('goes on when the server comes back, and nothing that was acknowledged is lost', async () => {
    await empty()
    const store = new StoreThread({ settings: { place: url, ...RETENTION }, onNotice: () => {} })
    const write = (id: string): Promise<void> =>
      store.write({ records: [{ record: failed('connect-refused', { id }), incident: 'i-1' }], incidents: [incident('i-1')] })
    await write('before')
    server.kill('SIGQUIT')
    await server.ended
    await expect(write('lost')).rejects.toThrow()
    await start()
    await until('it can be written again', () =>
      write('after').then(
        () => true,
        () => false,
      ),
    )
    const ids = (await store.records({ limit: 10 })).map(({ record }) => record.id)
    expect(ids).toContain('before')
    expect(ids).not.toContain('lost')
    await store.close()
  }, 30_000)

  test('says in a sentence why it cannot be used', async () => {
    const place = `postgres://gatewell@127.0.0.1:${port}/nowhere`
    const store = new StoreThread({ settings: { place, ...RETENTION }, onNotice: () => {} })
    await expect(store.incidents({ limit: 1 })).rejects.toThrow('database "nowhere" does not exist')
    await store.close()
  })
})

describe('a gateway whose store is on Postgres', () => {
  test('finds a request there, and does not change the place while it runs', async () => {
    await empty()
    const plan = controlPlan(await unusedPort(), { workers: 0, store: url })
    const running = await RunningControl.start(plan)
    const { headers } = await answerTo(running.port)
    const path = `/api/request?id=${headers['x-request-id']}`
    const { body } = await until('the request is kept', async () => {
      const answer = await running.admin(path)
      return answer.status === 200 ? answer : null
    })
    expect(JSON.parse(body)).toMatchObject({ kind: 'request', cause: 'connect-refused', outcome: 'failed' })
    const refused = await running.control.apply({ ...plan, store: 'sqlite' })
    expect(refused?.error?.message).toBe('`store` can change only by a restart.')
    await running.control.kill()
    const database = await PostgresDatabase.open(url)
    expect(await database.all('select count(*) as count from gatewell_record', [])).toEqual([{ count: 1 }])
    await database.close()
  }, 30_000)
})
