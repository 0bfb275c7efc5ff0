/** One of two servers takes connections, passes its probes and breaks every request: only the traffic can tell. */
import { afterEach, expect, test } from 'vitest'
import { EJECTION } from '../../src/config/defaults.ts'
import { RunningControl } from '../control/running.ts'
import { CheckedApp, sitePlan } from '../support/checked-app.ts'
import { closing } from '../support/closing.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

let running: RunningControl | null = null

afterEach(() => running?.control.kill())

test.each([
  ['breaks the connection', (app: CheckedApp) => (app.answer = (response) => response.socket?.resetAndDestroy())],
  ['answers 503', (app: CheckedApp) => (app.answer = (response) => response.writeHead(503).end())],
])('a server that %s is left out after a few requests, and no visitor sees it', async (_, misbehave) => {
  const well = closing(await CheckedApp.start())
  const sick = closing(await CheckedApp.start())
  running = await RunningControl.start(sitePlan([well, sick], {}, { ejection: { ...EJECTION, baseMs: 1_500 }, slowStartMs: 100 }))
  const load = new SteadyLoad(running.port)
  await load.flows(100)
  expect(sick.served).toBeGreaterThan(0)
  misbehave(sick)
  await running.hasSaid(new RegExp(`:${sick.port} is left out for a while after failures in a row`))
  const served = sick.served
  await load.flows(100)
  expect(sick.served - served).toBeLessThanOrEqual(2)
  sick.answer = (response) => response.end('hello')
  await running.hasSaid(new RegExp(`:${sick.port} gets requests again`))
  const back = sick.served
  await until('it has its part again', () => sick.served > back + 50)
  await load.stop()
  expect(load.failed).toEqual([])
})
