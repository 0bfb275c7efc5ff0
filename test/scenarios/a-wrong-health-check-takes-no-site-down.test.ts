/** The app is well, and its check is not: a wrong path, a redirect to HTTPS, a login. Others answer 503 to everybody then. */
import { afterEach, describe, expect, test } from 'vitest'
import { RunningControl } from '../control/running.ts'
import { answering, CheckedApp, sitePlan } from '../support/checked-app.ts'
import { closing } from '../support/closing.ts'
import { SteadyLoad } from '../support/steady-load.ts'

let running: RunningControl | null = null

afterEach(() => running?.control.kill())

describe.each([1, 3])('of %i endpoints whose probes all fail', (count) => {
  test('every one goes on serving, and the operator is told what the probes see', async () => {
    const apps = await Promise.all(Array.from({ length: count }, async () => closing(await CheckedApp.start())))
    for (const app of apps) app.up = answering(301, { location: 'https://shop.example.com/up' })
    running = await RunningControl.start(sitePlan(apps))
    const load = new SteadyLoad(running.port)
    for (const { port } of apps) await running.hasSaid(new RegExp(`:${port} is unhealthy: 301 to https://shop.example.com/up on /up`))
    await load.flows(300)
    await load.stop()
    expect(load.failed).toEqual([])
    for (const app of apps) expect(app.served).toBeGreaterThan(0)
    const { status, body } = await running.admin('/readyz')
    expect(status).toBe(503)
    for (const { port } of apps)
      expect(body).toContain(`http://127.0.0.1:${port} (301 to https://shop.example.com/up on /up; wanted 200-299)`)
  })
})
