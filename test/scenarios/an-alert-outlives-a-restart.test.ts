/** The channel is down when the app goes, and Gatewell is started anew before it is back: whoever is to be told is told all the same. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ALERTS } from '../../src/config/defaults.ts'
import { AlertSchema } from '../../src/control/alert/form/json-form.ts'
import { controlPlan, RunningControl } from '../control/running.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { until } from '../support/until.ts'

test('an alert that could not be delivered is delivered after a restart, once', async () => {
  const told: ReturnType<typeof AlertSchema.parse>[] = []
  const hook = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    told.push(AlertSchema.parse(JSON.parse(Buffer.concat(pieces).toString())))
    response.end('ok')
  })
  closing({ close: () => hook.close() })
  const hookPort = await unusedPort()
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-alert-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const target = { kind: 'webhook', url: `http://127.0.0.1:${hookPort}/hook`, token: null } as const
  const alerts = { ...ALERTS, groupMs: 100, channels: [{ name: 'hook', target }] }
  const plan = controlPlan(await unusedPort(), { workers: 0, alerts, worth: { ...controlPlan(1).worth, otherwise: WORTH } })

  const first = await RunningControl.start(plan, { dataFolder: folder })
  for (let count = 0; count < 5; count++) await first.get()
  await first.hasSaid(/^Alerts do not get through to hook/)
  await first.control.kill()
  expect(told).toEqual([])

  await new Promise<void>((resolve) => hook.listen(hookPort, '127.0.0.1', resolve))
  const second = await RunningControl.start(plan, { dataFolder: folder })
  closing({ close: () => second.control.kill() })
  const [message] = await until('the webhook is told', () => (told.length > 0 ? told : undefined))
  expect(message).toMatchObject({ delay: 'This could not be told before Gatewell was started anew.' })
  expect(message?.incidents).toMatchObject([{ event: 'opened', state: 'open', cause: 'connect-refused' }])
  expect(message?.incidents[0]?.worth).toEqual({ amount: 10, currency: 'EUR' })
  const state = JSON.parse((await second.admin('/api/alerts')).body)
  expect(state.channels).toMatchObject([{ name: 'hook', state: 'working', waiting: 0, sent: 1 }])
  expect((hook.address() as AddressInfo).port).toBe(hookPort)
})

const WORTH = { amount: 2, currency: 'EUR', per: 'request', orderShare: null } as const
