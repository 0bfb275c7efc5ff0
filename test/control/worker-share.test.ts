/** What two workers make of one accept queue. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RawClient } from '../support/raw-client.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'
import { controlPlan, HeldOrigin, RunningControl } from './running.ts'

const CLIENTS = 40

let origin: HeldOrigin
let running: RunningControl

beforeEach(async () => {
  origin = await HeldOrigin.open()
  running = await RunningControl.start(controlPlan(origin.port, { workers: 2 }))
})

afterEach(async () => {
  origin.close()
  await running.control.kill()
})

async function openConnections(): Promise<number[]> {
  const { body } = await running.admin('/metrics')
  return [...body.matchAll(/^gatewell_connections_open\{worker="\d"\} (\d+)$/gm)].map(([, count]) => Number(count))
}

test('what one has too many of comes to the others while traffic flows, and nobody notices', async () => {
  const [stopped] = (await running.pids()) as [number]
  process.kill(stopped, 'SIGSTOP')
  const load = new SteadyLoad(running.port, { keeping: CLIENTS, connecting: 0 })
  try {
    await load.flows(2 * CLIENTS)
  } finally {
    process.kill(stopped, 'SIGCONT')
  }
  await until('each has its share', async () => {
    const counts = await openConnections()
    return counts.length === 2 && Math.min(...counts) >= 0.35 * CLIENTS
  })
  await load.stop()
  expect(load.failed).toEqual([])
})

test('what one is too busy to take the other takes', async () => {
  const [stuck] = (await running.pids()) as [number]
  process.kill(stuck, 'SIGSTOP')
  try {
    const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.open(running.port)))
    for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')
    const answers = await Promise.all(clients.map((client) => client.answer()))
    expect(answers.map((answer) => answer?.body.toString())).toEqual(clients.map(() => 'hello'))
    for (const client of clients) client.close()
  } finally {
    process.kill(stuck, 'SIGCONT')
  }
})
