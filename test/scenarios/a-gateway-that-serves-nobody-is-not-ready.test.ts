/** "Healthy but not serving": the processes live, their ports take connections, and nobody is answered. Readiness must say so. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'

const origin = createServer((_, response) => response.end('hello'))
let gatewell: Gatewell
let pid: number

beforeEach(async () => {
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  gatewell = await Gatewell.start([String((origin.address() as AddressInfo).port), '--workers', '1'])
  pid = (await gatewell.status()).workers[0]?.pid as number
})

afterEach(async () => {
  process.kill(pid, 'SIGCONT')
  await gatewell.stop()
  await new Promise((resolve) => origin.close(resolve))
})

async function ready(): Promise<{ status: number; problems: string[] }> {
  const { status, body } = await answerTo(gatewell.adminPort, { path: '/readyz' })
  return { status, problems: JSON.parse(body.toString()).problems }
}

test('a worker that hangs makes the gateway not ready, until it goes on', async () => {
  expect((await ready()).status).toBe(200)
  process.kill(pid, 'SIGSTOP')
  const { status, problems } = await ready()
  expect([status, problems]).toEqual([503, ['No worker serves.']])
  process.kill(pid, 'SIGCONT')
  await until('it is ready again', async () => (await ready()).status === 200)
  expect((await answerTo(gatewell.port)).body.toString()).toBe('hello')
})
