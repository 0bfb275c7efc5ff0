/** An app dies under load: whoever runs it is told what is wrong and what to do, within seconds and once, and again when it is over. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ALERTS } from '../../src/config/defaults.ts'
import { AlertSchema } from '../../src/control/alert/form/json-form.ts'
import { systemClock } from '../../src/std/clock.ts'
import { controlPlan, RunningControl } from '../control/running.ts'
import { closing } from '../support/closing.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'
import { takeSeen } from '../support/witness.ts'

const QUIET_MS = 121_000

type Told = ReturnType<typeof AlertSchema.parse>

async function listening(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function stop(server: Server): void {
  server.close()
  server.closeAllConnections()
}

test('a webhook is told of an incident within five seconds, once, and when it is over', async () => {
  const told: Told[] = []
  const hook = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    told.push(AlertSchema.parse(JSON.parse(Buffer.concat(pieces).toString())))
    response.end('ok')
  })
  const hookPort = await listening(hook)
  closing({ close: () => stop(hook) })
  const app = createServer((_, response) => response.end('hello'))
  const port = await listening(app)
  closing({ close: () => stop(app) })

  // Quiet takes two minutes; that time passes at once.
  let ahead = 0
  const clock = { ...systemClock, epoch: () => systemClock.epoch() + ahead }
  const target = { kind: 'webhook', url: `http://127.0.0.1:${hookPort}/hook`, token: null } as const
  const plan = controlPlan(port, { workers: 0, alerts: { ...ALERTS, channels: [{ name: 'hook', target }] } })
  const running = await RunningControl.start(plan, { clock })
  closing({ close: () => running.control.kill() })

  const load = new SteadyLoad(running.port, { keeping: 1, connecting: 1 })
  await until('visitors are answered', () => load.answered > 20)
  stop(app)
  const first = await until('the webhook is told', () => told[0])
  expect(first).toMatchObject({ severity: 'critical', isTest: false, gateway: 'gatewell' })
  const [incident] = first.incidents
  expect(Date.parse(first.at) - Date.parse(incident?.opened ?? '')).toBeLessThan(5_000)
  expect(first.subject).toMatch(/^app is down: /)
  expect(first.incidents).toMatchObject([{ event: 'opened', state: 'open', cause: 'connect-refused', upstream: 'app', visitors: 1 }])
  expect(first.incidents[0]?.failures).toBeGreaterThanOrEqual(3)
  expect(first.incidents[0]?.remedies[0]?.command).toMatch(/ss -ltnp/)
  expect(first.text).toContain(`http://127.0.0.1:${running.adminPort}/#/incidents/`)

  const again = createServer((_, response) => response.end('hello'))
  await listening(again, port)
  closing({ close: () => stop(again) })
  const before = load.answered
  await until('visitors are answered again', () => load.answered > before + 20)
  await load.stop()
  // The app is down on purpose: how many were answered is not what is proven.
  takeSeen()
  expect(told).toHaveLength(1)
  ahead = QUIET_MS
  const last = await until('the webhook is told that it is over', () => told[1])
  expect(last.subject).toMatch(/^app is well again: /)
  expect(last.incidents).toMatchObject([{ event: 'resolved', state: 'closed', id: first.incidents[0]?.id }])
})
