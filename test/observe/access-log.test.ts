import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccessLogPlan } from '../../src/config/plan.ts'
import { AccessLog } from '../../src/gateway/observe/access-log.ts'
import { Observer } from '../../src/gateway/observe/observer.ts'
import { ManualClock, systemClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { attemptOf, endpointOf, exchangeOf } from './exchange.ts'

let folder: string
let log: AccessLog
let notices: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-log-'))
  notices = []
  log = new AccessLog({
    clock: new ManualClock(),
    wheel: new Wheel({ clock: systemClock, tickMs: 1 }),
    onNotice: (text) => notices.push(text),
  })
})

afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true })
})

function planOf(wanted: Partial<AccessLogPlan> = {}): AccessLogPlan {
  return { format: 'json', what: 'all', file: join(folder, 'access.log'), ...wanted }
}

async function written(name = 'access.log'): Promise<string[]> {
  await log.close()
  return readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
}

const success = (): ReturnType<typeof exchangeOf> => exchangeOf({ status: 200 })
const failed = (): ReturnType<typeof exchangeOf> => exchangeOf({ status: 502, cause: 'connect-refused' })
const rescued = (): ReturnType<typeof exchangeOf> =>
  exchangeOf({
    status: 201,
    attempts: [attemptOf({ endpoint: endpointOf(), cause: 'connect-refused' }), attemptOf({ endpoint: endpointOf(), ordinal: 2 })],
  })

describe('the access log', () => {
  test('has all exchanges when all are wanted', async () => {
    await log.apply(planOf())
    for (const exchange of [success(), failed(), rescued()]) log.write(exchange)
    expect((await written()).map((line) => JSON.parse(line).status)).toEqual([200, 502, 201])
  })

  test('has those that failed or took more than one attempt when errors are wanted', async () => {
    await log.apply(planOf({ what: 'errors' }))
    for (const exchange of [success(), failed(), rescued()]) log.write(exchange)
    expect((await written()).map((line) => JSON.parse(line).status)).toEqual([502, 201])
  })

  test('opens nothing when it is off', async () => {
    expect(await log.apply(planOf({ what: 'off', file: join(folder, 'no', 'such', 'folder') }))).toBe(null)
    log.write(failed())
    expect(log.lines).toBe(0)
  })

  test('changes its format and its file with the plan', async () => {
    await log.apply(planOf())
    log.write(success())
    await log.apply(planOf({ format: 'combined' }))
    log.write(success())
    await log.apply(planOf({ format: 'combined', file: join(folder, 'other.log') }))
    log.write(success())
    expect(await written('other.log')).toHaveLength(1)
    const lines = await written()
    expect(lines[0]).toMatch(/^\{/)
    expect(lines[1]).toMatch(/^192/)
    expect(lines).toHaveLength(2)
  })

  test('says in a sentence why a file can never be written, and goes on with the former one', async () => {
    await log.apply(planOf())
    const path = join(folder, 'nowhere', 'access.log')
    expect(await log.apply(planOf({ file: path }))).toBe(`Cannot write the access log ${path}: its folder does not exist.`)
    log.write(success())
    expect(await written()).toHaveLength(1)
  })

  test('tells the metrics how many lines it got', async () => {
    await log.apply(planOf())
    const observer = new Observer({ clock: new ManualClock(), accessLog: log })
    observer.finish(success())
    observer.finish(failed())
    const lines = observer.takeSeries().find(({ metric }) => metric === 'gatewell.access_log.lines')
    expect(lines?.values[0]).toBe(2)
    expect(observer.takeSeries().some(({ metric }) => metric === 'gatewell.access_log.lines')).toBe(false)
  })

  test('counts what it lost on a full disk, and says it in plain words', async () => {
    await log.apply(planOf({ file: '/dev/full' }))
    const observer = new Observer({ clock: new ManualClock(), accessLog: log })
    const long = exchangeOf({ request: { target: '/'.repeat(4_000) } })
    for (let count = 0; count < 2_000; count++) observer.finish(long)
    expect(log.dropped).toBeGreaterThan(0)
    const dropped = observer.takeSeries().find(({ metric }) => metric === 'gatewell.access_log.dropped')
    expect(dropped?.values[0]).toBe(log.dropped)
    await log.apply(planOf({ what: 'off' }))
    expect(notices.join()).toMatch(/^The access log \(\/dev\/full\) falls behind: .*Traffic is not held up\.$/)
  })
})
