/** A deploy adds an app that is not bound yet, then says that it is not ready, and at last is: nobody may see any of it. */
import { afterEach, expect, test } from 'vitest'
import { RunningControl } from '../control/running.ts'
import { answering, CheckedApp, sitePlan } from '../support/checked-app.ts'
import { closing } from '../support/closing.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

let running: RunningControl | null = null

afterEach(() => running?.control.kill())

test('while a new app starts, not one request fails, and once it is ready it gets its part', async () => {
  const former = closing(await CheckedApp.start())
  const fresh = closing(await CheckedApp.start())
  fresh.close()
  running = await RunningControl.start(sitePlan([former]))
  const { control, port } = running
  const healthOf = async (app: CheckedApp) =>
    (await control.status()).upstreams[0]?.endpoints.find(({ address }) => address.endsWith(`:${app.port}`))?.health
  const load = new SteadyLoad(port)
  await load.flows()
  await control.apply(sitePlan([former, fresh], {}, { slowStartMs: 500 }))
  await until('it is seen that nothing listens there', async () => (await healthOf(fresh)) === 'unhealthy')
  await load.flows(200)
  fresh.answer = fresh.up = answering(503)
  await fresh.start()
  const probed = fresh.probed
  await until('it is asked', () => fresh.probed >= probed + 4)
  const servedEarly = fresh.served
  await load.flows(200)
  expect(fresh.served - servedEarly).toBe(0)
  fresh.answer = answering(200, {}, 'hello')
  fresh.up = answering(200)
  await until('it is seen to be ready', async () => (await healthOf(fresh)) === 'healthy')
  await until('it gets visitors', () => fresh.served >= servedEarly + 50)
  await load.stop()
  expect(load.failed).toEqual([])
})
