import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Plan } from '../../src/config/plan.ts'
import type { Started } from '../../src/control/control.ts'
import { Child } from '../support/child.ts'
import { answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'
import { controlPlan, HeldOrigin } from './running.ts'

let folder: string
let origin: HeldOrigin
let child: Child
let port: number
let adminPort: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-signal-'))
  origin = await HeldOrigin.open()
})

afterEach(async () => {
  await child.stop()
  origin.close()
  rmSync(folder, { recursive: true })
})

function writePlan(changes: Partial<Plan>): string {
  const path = join(folder, 'plan.json')
  writeFileSync(path, JSON.stringify(controlPlan(origin.port, changes)))
  return path
}

/** `wrap`: a command that runs the given shell command. */
async function start(
  changes: Partial<Plan> = {},
  wrap = (command: string): [string, ...string[]] => ['sh', '-c', `exec ${command}`],
): Promise<void> {
  child = new Child(wrap(`${process.execPath} ${join(import.meta.dirname, 'process.ts')} ${writePlan(changes)}`), { limitMs: 20_000 })
  const [text] = await child.says(/\{"kind":"started".*\}(?=\r?\n)/)
  const { listeners, admin } = JSON.parse(text) as Started
  const address = listeners[0]?.address
  if (address?.kind !== 'tcp' || admin?.kind !== 'tcp') throw new Error(text)
  port = address.port
  adminPort = admin.port
}

function atTerminal(command: string): [string, ...string[]] {
  return ['script', '-qec', command, '/dev/null']
}

async function get(path = '/'): Promise<string> {
  return (await answerTo(port, { path })).body.toString()
}

async function workerPid(): Promise<number> {
  const { workers } = JSON.parse((await answerTo(adminPort, { path: '/api/status' })).body.toString())
  return workers[0].pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function isRefused(): Promise<boolean> {
  return answerTo(port).then(
    () => false,
    ({ code }) => code === 'ECONNREFUSED',
  )
}

describe.each([0, 1])('with %s worker processes', (workers) => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s fails readiness, takes nothing new, finishes what is in flight, and ends well',
    async (signal) => {
      await start({ workers })
      const held = get('/held')
      await origin.hasHeld(1)
      child.kill(signal)
      await until('it is not ready', async () => (await answerTo(adminPort, { path: '/readyz' })).status === 503)
      await until('it accepts no more', isRefused)
      origin.release()
      expect(await held).toBe('released')
      expect(await child.ended).toMatchObject({ code: 0, signal: null })
    },
  )

  test('a second signal ends it at once, and says by its exit code that something was cut off', async () => {
    await start({ workers })
    const held = get('/held').catch(({ code }) => code)
    await origin.hasHeld(1)
    child.kill('SIGTERM')
    await child.says(/finishing what is in flight/)
    child.kill('SIGTERM')
    expect(await child.ended).toMatchObject({ code: 1, signal: null })
    expect(await held).toBe('ECONNRESET')
  })

  test('SIGHUP reloads, and a configuration that cannot be read changes nothing', async () => {
    await start({ workers })
    writePlan({ workers, upstreams: [], routes: [] })
    child.kill('SIGHUP')
    await child.says(/The new configuration is in force/)
    expect((await answerTo(port)).status).toBe(404)
    writeFileSync(join(folder, 'plan.json'), '{')
    child.kill('SIGHUP')
    await child.says(/The configuration was not reloaded, the former one goes on/)
    expect((await answerTo(port)).status).toBe(404)
  })

  test('an access log on a standard output that nobody reads holds up neither traffic nor the end', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    await start({ workers, accessLog: { format: 'json', what: 'all', file: null } }, (command) => ['sh', '-c', `exec ${command} > ${pipe}`])
    // More than the pipe takes.
    for (let count = 0; count < 300; count++) expect(await get()).toBe('hello')
    child.kill('SIGTERM')
    expect(await child.ended).toMatchObject({ code: 0, signal: null })
    closeSync(reader)
  })

  test('SIGUSR1 after a rename loses no line of the access log, under load', async () => {
    const file = join(folder, 'access.log')
    await start({ workers, accessLog: { format: 'json', what: 'all', file } })
    let asked = 0
    let isOver = false
    const loads = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        await get()
        asked++
      }
    })
    const files = [file]
    for (let round = 0; round < 3; round++) {
      await until('lines are written', () => readFileSync(file, 'utf8').length > 2_000)
      const aside = `${file}.${round}`
      renameSync(file, aside)
      files.push(aside)
      child.kill('SIGUSR1')
      await until('the new file is there', () => readFileSync(file, { encoding: 'utf8', flag: 'a+' }).length > 0)
    }
    isOver = true
    await Promise.all(loads)
    await child.stop()
    const lines = files.flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1))
    expect(lines).toHaveLength(asked)
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(asked)
  })
})

test('a signal to the whole group, as from a terminal or systemd, is one drain and nothing is started anew', async () => {
  await start({ workers: 2 })
  const pid = await workerPid()
  const held = get('/held')
  await origin.hasHeld(1)
  process.kill(pid, 'SIGTERM')
  child.kill('SIGTERM')
  await until('it accepts no more', isRefused)
  origin.release()
  expect(await held).toBe('released')
  const { code, stderr } = await child.ended
  expect(code).toBe(0)
  expect(stderr).not.toMatch(/replaced/)
})

test('workers go on with the plan they have when control dies, until a signal tells them to end', async () => {
  await start({ workers: 1 })
  const pid = await workerPid()
  child.kill('SIGKILL')
  await until('control is gone', () => child.process.signalCode !== null)
  for (let count = 0; count < 3; count++) expect(await get()).toBe('hello')
  const held = get('/held')
  await origin.hasHeld(1)
  process.kill(pid, 'SIGTERM')
  await until('it accepts no more', isRefused)
  origin.release()
  expect(await held).toBe('released')
  await until('the worker is gone', () => !isAlive(pid))
})

test('at a terminal a failure is one readable line, told once', async () => {
  const plan = controlPlan(1)
  await start({ workers: 1, upstreams: plan.upstreams, accessLog: { format: 'json', what: 'errors', file: null } }, atTerminal)
  expect((await answerTo(port, { path: '/cart' })).status).toBe(502)
  await child.says(/ {2}GET \/cart → 502 {2}Nothing listens on that port .*\[gatewell why connect-refused\]/)
  await child.stop()
  expect(child.output).not.toContain('"target"')
})

test('closing the terminal it was started in ends it: nobody would be left to stop it', async () => {
  await start({ workers: 1 }, atTerminal)
  const pid = await workerPid()
  child.kill('SIGKILL')
  await until('it accepts no more', isRefused)
  await until('control is gone', () =>
    answerTo(adminPort).then(
      () => false,
      () => true,
    ),
  )
  await until('the worker is gone', () => !isAlive(pid))
})
