/** Control is killed, as by the kernel when memory is short. Whoever visits does not notice, and the next control takes over. */
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Gatewell } from '../support/gatewell.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

const origin = createServer((_, response) => response.end('hello'))
let folder: string
let running: Gatewell[]
let seen: Set<number>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-scenario-'))
  running = []
  seen = new Set()
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL')
  for (const pid of seen) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<Gatewell> {
  const { port } = origin.address() as AddressInfo
  const gatewell = await Gatewell.start([String(port), '--workers', '2'], { cwd: folder })
  running.push(gatewell)
  return gatewell
}

async function pids(gatewell: Gatewell): Promise<number[]> {
  const found = (await gatewell.status()).workers.map(({ pid }) => pid)
  for (const pid of found) seen.add(pid)
  return found.toSorted()
}

/** Its workers keep its standard error open, so its end is that of the process alone. */
async function killControl({ child }: Gatewell): Promise<void> {
  child.kill('SIGKILL')
  await once(child.process, 'exit')
}

/** One that nobody has waited for yet is dead all the same. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return false
  }
}

test('nobody notices that control is killed; the next one takes its workers over, replaces them when they die, and ends them', async () => {
  const first = await start()
  const workers = await pids(first)
  const load = new SteadyLoad(first.port)
  await load.flows()

  await killControl(first)
  await load.flows()
  expect(workers.every(isAlive)).toBe(true)

  const second = await start()
  await second.child.says(/Found 2 workers that a former control process left/)
  expect(second.port).toBe(first.port)
  expect(await pids(second)).toEqual(workers)
  await load.flows()

  // One that is idle while it is killed: requests under way die with their worker.
  await load.stop()
  expect(load.failed).toEqual([])
  process.kill(workers[0] as number, 'SIGKILL')
  await until('another one is in its place', async () => {
    const now = await pids(second)
    return now.length === 2 && !now.includes(workers[0] as number)
  })

  const again = new SteadyLoad(second.port)
  await again.flows()
  await again.stop()
  expect(again.failed).toEqual([])
  second.child.kill()
  expect((await second.child.ended).code).toBe(0)
  expect([...seen].filter(isAlive)).toEqual([])
  expect(readdirSync(join(folder, '.gatewell/workers'))).toEqual([])
})

test('control may die again and again', async () => {
  let latest = await start()
  const load = new SteadyLoad(latest.port)
  for (let times = 0; times < 2; times++) {
    await pids(latest)
    await killControl(latest)
    latest = await start()
    await load.flows(20)
  }
  await load.stop()
  expect(load.failed).toEqual([])
  expect(seen.size).toBe(2)
})
