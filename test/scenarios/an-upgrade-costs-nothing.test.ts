/** A new version is put in place of the running one, under load: nobody's request fails, and a version that is broken changes nothing. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Child } from '../support/child.ts'
import { answerTo } from '../support/http-request.ts'
import { SteadyLoad } from '../support/steady-load.ts'
import { until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '../..')
const origin = createServer((_, response) => response.end('hello'))
new WebSocketServer({ server: origin }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))

let home: string
let child: Child
let port: number
let adminPort: number
let pids: Set<number>

/** A launcher that can be broken, in front of the sources as they are. */
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'gatewell-upgrade-'))
  symlinkSync(join(ROOT, 'src'), join(home, 'src'))
  install(`exec ${process.execPath} ${join(home, 'src/cli/main.ts')} "$@"`)
  pids = new Set()
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  const target = String((origin.address() as AddressInfo).port)
  const places = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--workers', '1']
  child = new Child([join(home, 'gatewell'), target, ...places], { cwd: home })
  port = Number((await child.says(/listens on +http:\/\/127\.0\.0\.1:(\d+)/))[1])
  adminPort = Number((await child.says(/admin +http:\/\/127\.0\.0\.1:(\d+)/))[1])
})

afterEach(async () => {
  for (const pid of pids) attempt(() => process.kill(pid, 'SIGKILL'))
  child.kill('SIGKILL')
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
  rmSync(home, { recursive: true, force: true })
})

function install(command: string): void {
  rmSync(join(home, 'gatewell'), { force: true })
  writeFileSync(join(home, 'gatewell'), `#!/bin/sh\n${command}\n`, { mode: 0o755 })
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {}
}

type Reply = { status: number; body: { ok?: boolean; error?: string; pid: number; version: string } }

async function upgrade(): Promise<Reply> {
  const { status, body } = await answerTo(adminPort, { path: '/api/upgrade', method: 'POST', body: '{}', headers: JSON_TYPE })
  const reply = { status, body: JSON.parse(String(body)) }
  if (status === 200) pids.add(reply.body.pid)
  return reply
}

const JSON_TYPE = { 'content-type': 'application/json' }

async function workerPid(): Promise<number> {
  const { workers } = JSON.parse(String((await answerTo(adminPort, { path: '/api/status' })).body))
  const { pid } = workers.find(({ state }: { state: string }) => state === 'serving')
  pids.add(pid)
  return pid
}

test('an upgrade fails nobody, and moves the admin address too; the old process ends', async () => {
  const before = await workerPid()
  const load = new SteadyLoad(port)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  await new Promise((resolve) => socket.on('open', resolve))
  await load.flows()

  const { status, body } = await upgrade()
  expect(status).toBe(200)
  expect(body.pid).not.toBe(child.process.pid)
  await load.flows()
  expect(await workerPid()).not.toBe(before)
  expect((await answerTo(adminPort, { path: '/readyz' })).status).toBe(200)

  // "Service restart", said by a close frame: the client knows that it may come back at once.
  expect(await closed).toBe(1012)
  await until('the old process has ended', () => child.process.exitCode !== null)
  expect(child.process.exitCode).toBe(0)
  await load.flows()
  await load.stop()
  expect(load.failed).toEqual([])
  process.kill(body.pid, 'SIGTERM')
  await child.ended
})

test('a broken version changes nothing, and says why', async () => {
  const before = await workerPid()
  const load = new SteadyLoad(port)
  await load.flows()
  install('exit 3')
  const { status, body } = await upgrade()
  expect(status).toBe(422)
  expect(body.error).toBe('Not upgraded, this version goes on: it ended at once, with exit code 3; what it said is above.')
  await load.flows()
  await load.stop()
  expect(load.failed).toEqual([])
  expect(await workerPid()).toBe(before)
  child.kill()
  expect((await child.ended).code).toBe(0)
})

test('a version that dies as soon as its workers serve changes nothing either: they finish what they have, and end', async () => {
  const before = await workerPid()
  const load = new SteadyLoad(port)
  const crash = join(home, 'crash.mjs')
  writeFileSync(crash, `if (process.argv[1]?.endsWith('cli/main.ts')) process.send = () => process.exit(4)`)
  install(`NODE_OPTIONS=--import=${crash} exec ${process.execPath} ${join(home, 'src/cli/main.ts')} "$@"`)
  const { status, body } = await upgrade()
  expect(status).toBe(422)
  expect(body.error).toMatch(/exit code 4/)
  await child.says(/"msg":"Worker 1 has lost its control process/)
  await until('the stray worker is gone', () => readdirSync(join(home, '.gatewell/workers')).length === 0)
  await load.flows()
  await load.stop()
  expect(load.failed).toEqual([])
  expect(await workerPid()).toBe(before)
  child.kill()
  expect((await child.ended).code).toBe(0)
})
