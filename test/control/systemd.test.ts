/** As a service of systemd: what it is told, and sockets that it brings. A program stands in for systemd, with a real notify socket. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ActivatedSockets } from '../../src/control/systemd/activation.ts'
import { boundAddress, parseTcpAddress } from '../../src/control/systemd/bound-address.ts'
import { program } from '../setup/program.ts'
import { Child } from '../support/child.ts'
import { Gatewell } from '../support/gatewell.ts'
import { answerTo } from '../support/http-request.ts'
import { until } from '../support/until.ts'

const LAUNCHER = join(import.meta.dirname, '../../gatewell')
const origin = createHttpServer((_, response) => response.end('hello'))
let folder: string
let originPort: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-systemd-'))
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  originPort = String((origin.address() as AddressInfo).port)
})

afterEach(async () => {
  origin.closeAllConnections()
  await new Promise((resolve) => origin.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

describe('systemd is told', () => {
  let systemd: Child
  let gatewell: Gatewell
  let successor: number | null

  beforeEach(async () => {
    const path = join(folder, 'notify')
    successor = null
    systemd = new Child([program('python3'), join(import.meta.dirname, 'fake-systemd.py'), path])
    await systemd.says(/^listening/)
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' }
    gatewell = await Gatewell.start([originPort, '--workers', '1'], { cwd: folder, env })
  })

  afterEach(async () => {
    if (successor !== null) attempt(() => process.kill(successor as number))
    await gatewell.stop()
    await systemd.stop()
  })

  test('when it is ready, alive, reloading and stopping', async () => {
    const { pid } = gatewell.child.process
    await systemd.says(new RegExp(`^READY=1\nMAINPID=${pid}\nSTATUS=Serving on 127\\.0\\.0\\.1:0 with 1 worker\\.\n\\.$`, 'm'))
    await systemd.says(/^WATCHDOG=1\n\.$/m)
    gatewell.child.kill('SIGHUP')
    const [, usec] = await systemd.says(/^RELOADING=1\nMONOTONIC_USEC=(\d+)\nSTATUS=.*\n\.$/m)
    const nowUsec = process.hrtime.bigint() / 1_000n
    expect(nowUsec - BigInt(usec as string)).toBeLessThan(10_000_000n)
    expect(nowUsec - BigInt(usec as string)).toBeGreaterThan(0n)
    await systemd.says(/RELOADING=1[\s\S]*^READY=1\n/m)
    gatewell.child.kill()
    await systemd.says(/^STOPPING=1\nSTATUS=Finishing what is in flight\.\n\.$/m)
  })

  test('which process is the main one after an upgrade, before the old one ends', async () => {
    const { process: old } = gatewell.child
    gatewell.child.kill('SIGUSR2')
    const [, pid] = await systemd.says(new RegExp(`^READY=1\nMAINPID=(?!${old.pid}\n)(\\d+)$`, 'm'))
    successor = Number(pid)
    expect(old.exitCode).toBe(null)
    await until('the old process has ended', () => old.exitCode !== null)
    const said = systemd.output.length
    await systemd.until(() => /^WATCHDOG=1$/m.exec(systemd.output.slice(said)), 'that the new one is alive')
    expect((await answerTo(gatewell.port)).body.toString()).toBe('hello')
  })
})

describe('sockets that systemd has opened', () => {
  let sockets: Server[]

  beforeEach(() => {
    sockets = []
  })

  afterEach(() => {
    for (const socket of sockets) socket.close()
  })

  async function listening(where: object): Promise<Server> {
    const server = createServer()
    sockets.push(server)
    await new Promise<void>((resolve) => server.listen(where, resolve))
    return server
  }

  test('are served from, and the admin address too, and what came before it had started is answered', async () => {
    const holder = new Child([program('python3'), '-c', HOLDER, LAUNCHER, originPort], { cwd: folder })
    const [, port = '', admin = ''] = await holder.says(/^bound (\d+) (\d+)$/m)
    const early = answerTo(Number(port))
    await holder.says(/listens on/)
    expect((await early).body.toString()).toBe('hello')
    expect((await answerTo(Number(admin), { path: '/readyz' })).status).toBe(200)
    holder.kill()
    expect((await holder.ended).code).toBe(0)
  })

  test('are told apart by where they are bound', async () => {
    const tcp = await listening({ host: '127.0.0.1', port: 0 })
    const six = await listening({ host: '::1', port: 0 })
    const path = join(folder, 'gateway.sock')
    const unix = await listening({ path })
    const fdOf = (server: Server): number => (server as unknown as { _handle: { fd: number } })._handle.fd
    expect(boundAddress(fdOf(tcp))).toEqual({ kind: 'tcp', host: '127.0.0.1', port: (tcp.address() as AddressInfo).port })
    expect(boundAddress(fdOf(six))).toEqual({ kind: 'tcp', host: '::1', port: (six.address() as AddressInfo).port })
    expect(boundAddress(fdOf(unix))).toEqual({ kind: 'unix', path })
    expect(boundAddress(99_999)).toBe(null)
    expect(parseTcpAddress('00000000:0050')).toEqual({ kind: 'tcp', host: '0.0.0.0', port: 80 })
  })

  test('for another process are none of ours, and no child is told of them', () => {
    const environment = { LISTEN_PID: '41', LISTEN_FDS: '1', PATH: '/bin' }
    expect(ActivatedSockets.find(environment, 42)).toBe(null)
    expect(environment).toEqual({ PATH: '/bin' })
  })

  test('that no listener wants are named', () => {
    const environment = { LISTEN_PID: '42', LISTEN_FDS: '3', LISTEN_FDNAMES: 'web:admin:old' }
    const found = ActivatedSockets.find(environment, 42, (fd) => ({ kind: 'tcp', host: '0.0.0.0', port: fd }))
    expect(found?.takeListener({ name: ':3', address: { kind: 'tcp', host: '', port: 3 } })?.fd).toBe(3)
    expect(found?.takeListener({ name: ':3', address: { kind: 'tcp', host: '', port: 3 } })).toBe(null)
    expect(found?.takeListener({ name: ':4', address: { kind: 'tcp', host: '', port: 4 } })).toBe(null)
    expect(found?.takeAdmin({ kind: 'tcp', host: '127.0.0.1', port: 8502 })?.fd).toBe(4)
    expect(found?.unused).toEqual([{ kind: 'tcp', host: '0.0.0.0', port: 5 }])
  })
})

/** Binds two sockets as 3 and 4, and becomes the gateway with them, as systemd does. */
const HOLDER = `
import os, socket, sys
sockets = [socket.socket() for _ in range(2)]
for one in sockets:
    one.bind(("127.0.0.1", 0))
    one.listen(128)
web, admin = [one.getsockname()[1] for one in sockets]
print("bound", web, admin, flush=True)
held = [os.dup2(one.fileno(), 100 + n) for n, one in enumerate(sockets)]
for n, fd in enumerate(held):
    os.dup2(fd, 3 + n, inheritable=True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="web:admin")
os.execv(sys.argv[1], [sys.argv[1], sys.argv[2], "--workers", "1", "--listen", f"127.0.0.1:{web}", "--admin", f"127.0.0.1:{admin}"])
`

function attempt(act: () => void): void {
  try {
    act()
  } catch {}
}
