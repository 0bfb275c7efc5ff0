/** What a whole control process remembers of what went wrong: real workers, a real store, and the admin address to ask. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Incident } from '../../src/control/incident/incident.ts'
import type { IncidentStory, RequestStory } from '../../src/control/incident/story.ts'
import { answerTo } from '../support/http-request.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'
import { controlPlan, HeldOrigin, RunningControl } from './running.ts'

let folder: string
const running: RunningControl[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-chronicle-'))
})

afterEach(async () => {
  for (const one of running.splice(0)) await one.control.kill()
  rmSync(folder, { recursive: true, force: true })
})

async function start(port: number, dataFolder: string | undefined = folder): Promise<RunningControl> {
  const one = await RunningControl.start(controlPlan(port, { workers: 0 }), dataFolder === undefined ? {} : { dataFolder })
  running.push(one)
  return one
}

async function asked<T>(control: RunningControl, path: string): Promise<T> {
  const { status, body } = await control.admin(`/api/${path}`)
  expect([status, body]).toEqual([200, body])
  return JSON.parse(body) as T
}

/** The id that the visitor of an error page reads there. */
async function fail(control: RunningControl, path = '/cart'): Promise<string> {
  const { status, headers } = await answerTo(control.port, { path })
  expect(status).toBe(502)
  return headers['x-request-id'] as string
}

async function openIncident(control: RunningControl): Promise<Incident> {
  const incidents = await until('there is an incident', async () => {
    const found = await asked<Incident[]>(control, 'incidents')
    return found.length > 0 ? found : null
  })
  expect(incidents).toHaveLength(1)
  return incidents[0] as Incident
}

test('a request id from an error page is found, with its attempts, its incident and what to do, also after a restart', async () => {
  const first = await start(await unusedPort())
  const id = await fail(first)
  const incident = await openIncident(first)
  expect(incident).toMatchObject({ cause: 'connect-refused', upstream: 'app', state: 'open', failures: 1, visitors: 1 })
  expect(first.said.find(({ incident: of }) => of === incident.id)?.msg).toBe(
    `Incident ${incident.id} begins: Nothing listens on that port, at app. Visitors see errors.  [gatewell why ${incident.id}]`,
  )
  await first.control.drain()
  const second = await start(await unusedPort())
  const story = await asked<RequestStory>(second, `request?id=${id}`)
  expect(story).toMatchObject({ id, kind: 'request', cause: 'connect-refused', outcome: 'failed', incident: incident.id })
  // 1 by what the gateway saw itself, until its diagnosis is there.
  expect(story.confidence).toBeGreaterThanOrEqual(0.9)
  expect(story.attempts[0]).toMatchObject({ cause: 'connect-refused', phase: 'connect', connectedMs: null })
  expect(story.remedies.length).toBeGreaterThan(0)
  await fail(second)
  const told = await until('it goes on counting', async () => {
    const found = await asked<IncidentStory>(second, `incident?id=${incident.id}`)
    return found.incident.failures === 2 ? found : null
  })
  expect(told.examples.map((record) => record.target)).toEqual(['/cart', '/cart'])
})

test('what is well leaves no trace on the disk', async () => {
  const origin = await HeldOrigin.open()
  const control = await start(origin.port)
  expect(await control.get()).toBe('hello')
  await control.control.drain()
  expect(existsSync(join(folder, 'gatewell.sqlite'))).toBe(false)
  origin.close()
})

test('without a folder it is remembered as long as it runs', async () => {
  const control = await start(await unusedPort(), undefined)
  const id = await fail(control)
  await openIncident(control)
  expect(await asked(control, `request?id=${id}`)).toMatchObject({ cause: 'connect-refused' })
})

test('who asks for what is not known is told so', async () => {
  const control = await start(await unusedPort())
  const request = await control.admin('/api/request?id=nobody')
  expect([request.status, JSON.parse(request.body).error]).toEqual([404, expect.stringContaining('No request "nobody" is known.')])
  const incident = await control.admin('/api/incident?id=i-0')
  expect([incident.status, JSON.parse(incident.body).error]).toEqual([404, expect.stringContaining('There is no incident "i-0";')])
  expect(await asked(control, 'incidents?all=true&limit=5')).toEqual([])
})

test('a worker that dies is an incident', async () => {
  const origin = await HeldOrigin.open()
  const control = await RunningControl.start(controlPlan(origin.port))
  running.push(control)
  const [pid] = await control.pids()
  process.kill(pid as number, 'SIGKILL')
  expect(await openIncident(control)).toMatchObject({ cause: 'gateway-internal', upstream: '', failures: 0 })
  origin.close()
})
