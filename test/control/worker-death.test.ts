import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RawClient } from '../support/raw-client.ts'
import { until } from '../support/until.ts'
import { controlPlan, HeldOrigin, RunningControl } from './running.ts'

let origin: HeldOrigin
let running: RunningControl

beforeEach(async () => {
  process.env.NODE_OPTIONS = `--import=${import.meta.dirname}/worker-bug.ts --max-old-space-size=48`
  origin = await HeldOrigin.open()
  running = await RunningControl.start(controlPlan(origin.port))
})

afterEach(async () => {
  delete process.env.NODE_OPTIONS
  origin.close()
  await running.control.kill()
})

describe('a worker that is killed', () => {
  test('is replaced, and the log says what happened', async () => {
    const [pid] = (await running.pids()) as [number]
    process.kill(pid, 'SIGKILL')
    await running.successor(pid)
    expect(await running.get()).toBe('hello')
    expect(await running.hasSaid(/^Worker 1 ended unasked/)).toMatchObject({ level: 'error', worker: 1, pid, signal: 'SIGKILL' })
    await running.hasSaid(/^Worker 1 was replaced and serves/)
  })

  test('leaves what waits in its accept queue to its successor', async () => {
    const [pid] = (await running.pids()) as [number]
    // A stopped process accepts nothing, so these connections are the kernel's alone when it dies.
    process.kill(pid, 'SIGSTOP')
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(running.port)))
    for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')
    process.kill(pid, 'SIGKILL')
    const answers = await Promise.all(clients.map((client) => client.answer()))
    expect(answers.map((answer) => answer?.body.toString())).toEqual(clients.map(() => 'hello'))
    expect(clients.some(({ isReset }) => isReset)).toBe(false)
    for (const client of clients) client.close()
  })

  test('takes nothing back of what it had reported: counters only grow', async () => {
    const [pid] = (await running.pids()) as [number]
    for (let count = 0; count < 3; count++) await running.get()
    expect(await requestsCounted()).toBe(3)
    process.kill(pid, 'SIGKILL')
    await running.successor(pid)
    expect(await requestsCounted()).toBe(3)
    await running.get()
    expect(await requestsCounted()).toBe(4)
    expect((await running.admin('/metrics')).body).toContain('gatewell_worker_crashes_total 1\n')
  })

  test('fails nobody but who it was serving, under load', async () => {
    const [pid] = (await running.pids()) as [number]
    let isOver = false
    let answered = 0
    let broken = 0
    const loads = Array.from({ length: 4 }, async () => {
      while (!isOver)
        await running.get().then(
          () => answered++,
          () => broken++,
        )
    })
    await until('traffic flows', () => answered > 20)
    process.kill(pid, 'SIGKILL')
    await running.successor(pid)
    const before = answered
    await until('traffic flows again', () => answered > before + 20)
    isOver = true
    await Promise.all(loads)
    // Each client has one request at a time: only those under way can have been lost.
    expect(broken).toBeLessThanOrEqual(4)
  })
})

test('a worker that runs out of memory leaves its last words', async () => {
  const [pid] = (await running.pids()) as [number]
  process.kill(pid, 'SIGWINCH')
  const said = await running.hasSaid(/^Worker 1 ended unasked \(signal SIG\w+\): FATAL ERROR: .*heap out of memory\. What it was doing/)
  expect(said).toMatchObject({ level: 'error', worker: 1, pid, code: null })
  expect(said.said).toContain('FATAL ERROR: ')
  await running.successor(pid)
})

describe('a bug in a worker', () => {
  test('ends it in good order: it tells, its successor serves at once, and what it had begun is finished', async () => {
    const [pid] = (await running.pids()) as [number]
    const held = running.get('/held')
    await origin.hasHeld(1)
    process.kill(pid, 'SIGUSR2')
    const successor = await running.successor(pid)
    expect(await running.get()).toBe('hello')
    const { workers } = await running.control.status()
    expect(workers.map(({ pid: one, state }) => [one, state])).toEqual([
      [pid, 'draining'],
      [successor, 'serving'],
    ])
    origin.release()
    expect(await held).toBe('released')
    await until('it has ended', async () => (await running.control.status()).workers.length === 1)
  })

  test('is in the log with its stack and the request that had begun last', async () => {
    const [pid] = (await running.pids()) as [number]
    await running.get()
    process.kill(pid, 'SIGUSR2')
    const said = await running.hasSaid(/^Worker 1 met a bug in Gatewell, please report it: a bug on purpose\. Request \S+ had begun last\./)
    expect(said.stack).toMatch(/^TypeError: a bug on purpose\n {4}at .*worker-bug\.ts/)
    expect(said.exchange).toMatch(/\S+/)
    await running.successor(pid)
  })
})

async function requestsCounted(): Promise<number> {
  const { body } = await running.admin('/metrics')
  return Number(/^http_server_request_duration_seconds_count\{.*\} (\d+)$/m.exec(body)?.[1] ?? 0)
}
