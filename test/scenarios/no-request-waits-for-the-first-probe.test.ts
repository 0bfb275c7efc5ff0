/** Between the start and the first verdict nothing is known: that must not mean that nothing is served. Nor may a probe that hangs. */
import { afterEach, expect, test } from 'vitest'
import { RunningControl } from '../control/running.ts'
import { CheckedApp, sitePlan } from '../support/checked-app.ts'
import { closing } from '../support/closing.ts'
import { SteadyLoad } from '../support/steady-load.ts'

let running: RunningControl | null = null

afterEach(() => running?.control.kill())

test.each([1, 2])('with %i endpoints whose probes are never answered, all requests are, from the first on', async (count) => {
  const apps = await Promise.all(Array.from({ length: count }, async () => closing(await CheckedApp.start())))
  for (const app of apps) app.up = () => {}
  running = await RunningControl.start(sitePlan(apps, { timeoutMs: 200 }))
  const load = new SteadyLoad(running.port)
  await load.flows(50)
  for (const { port } of apps) await running.hasSaid(new RegExp(`:${port} is unhealthy: no answer within 200ms`))
  await load.flows(100)
  await load.stop()
  expect(load.failed).toEqual([])
})
