/** `gatewell alerts` and `gatewell alerts test`, against a whole control process with channels that work and channels that do not. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { AlertChannelPlan } from '../../src/config/alert-plan.ts'
import { ALERTS } from '../../src/config/defaults.ts'
import { controlPlan, RunningControl } from '../control/running.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'
import { gatewell } from './recording-terminal.ts'

async function gatewayWith(channels: readonly AlertChannelPlan[]): Promise<{ admin: string; running: RunningControl }> {
  const running = await RunningControl.start(controlPlan(await unusedPort(), { workers: 0, alerts: { ...ALERTS, channels } }))
  closing({ close: () => running.control.kill() })
  return { admin: `127.0.0.1:${running.adminPort}`, running }
}

async function channels(): Promise<{ good: AlertChannelPlan; bad: AlertChannelPlan }> {
  const hook = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  closing(hook)
  const { port } = hook.address() as AddressInfo
  return {
    good: { name: 'team', target: { kind: 'slack', url: `http://127.0.0.1:${port}/services/very-secret` } },
    bad: { name: 'pager', target: { kind: 'webhook', url: `http://127.0.0.1:${await unusedPort()}/very-secret`, token: 'very-secret' } },
  }
}

test('a test says of each channel what came back, and fails where one failed', async () => {
  const { good, bad } = await channels()
  const { admin, running } = await gatewayWith([good, bad])
  const both = await gatewell('alerts', 'test', '--admin', admin)
  expect(both.code).toBe(1)
  expect(both.printed).toMatch(/^team {2}127\.0\.0\.1:\d+ {2}delivered in \d+ ms: 200 ok\n/)
  expect(both.printed).toMatch(/\npager {2}127\.0\.0\.1:\d+ {2}not delivered in \d+ ms: nothing listens there \(ECONNREFUSED\)$/)
  expect((await gatewell('alerts', 'test', 'team', '--admin', admin)).code).toBe(0)
  const json = JSON.parse((await gatewell('alerts', 'test', 'team', '--json', '--admin', admin)).printed)
  expect(json.channels).toMatchObject([{ name: 'team', kind: 'slack', isDelivered: true, says: '200 ok' }])
  expect(await gatewell('alerts', 'test', 'nobody', '--admin', admin)).toMatchObject({
    code: 2,
    said: 'gatewell: There is no channel "nobody"; `gatewell alerts` lists them.',
  })
  const list = await gatewell('alerts', '--admin', admin)
  expect(list.printed).toMatch(/team {2}\S+ {2}working {2}3 sent\n {2}last message {2}\S+ \S+ {2}Test message of gatewell$/m)
  const state = (await running.admin('/api/alerts')).body
  expect([both.printed, list.printed, state, JSON.stringify(running.said)].join()).not.toContain('very-secret')
})

test('without channels it says how to have some', async () => {
  const { admin } = await gatewayWith([])
  const { code, said } = await gatewell('alerts', '--admin', admin)
  expect([code, said.split('\n')[0]]).toEqual([0, 'Nobody is told of incidents. Add channels to gatewell.yaml, for example:'])
  expect((await gatewell('alerts', 'test', '--admin', admin)).code).toBe(1)
})
