/** What is found out after a failure, about real sockets, processes and servers on this machine. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import { ChangeLog } from '../../src/control/fact/change-log.ts'
import { probeDependency } from '../../src/control/fact/dependency.ts'
import { FactFinder } from '../../src/control/fact/fact-finder.ts'
import { findListening, isOwnAddress, tcpListening, unixListening } from '../../src/control/fact/listening.ts'
import { readDescriptors, readDisk, readMemory, readSocketFile } from '../../src/control/fact/machine.ts'
import { askPhp } from '../../src/control/fact/php-pool.ts'
import { findProcess, nameOf } from '../../src/control/fact/process.ts'
import { askServer, askTls, serverFactOf, tryConnection } from '../../src/control/fact/question.ts'
import type { FailureRecord } from '../../src/gateway/observe/record.ts'
import { planOf, UPSTREAM_NAME } from '../../src/insight/fault/rehearsal-plan.ts'
import { ManualClock, systemClock } from '../../src/std/clock.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { program } from '../setup/program.ts'
import { run } from '../support/child.ts'
import { closing } from '../support/closing.ts'
import { unusedPort } from '../support/raw-origin.ts'

const asking = { clock: systemClock, timeoutMs: 1_000 }

async function opened(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing(server)
  return (server.address() as { port: number }).port
}

function tcp(port: number) {
  return { kind: 'tcp', host: '127.0.0.1', port } as const
}

test('a socket that listens is found, and the process that has it', async () => {
  const port = await opened(createServer())
  const [found, ...others] = (await findListening(tcp(port))) ?? []
  expect(found).toMatchObject({ address: '127.0.0.1', port, queued: 0 })
  expect(others).toEqual([])
  const process_ = await findProcess(found?.inode ?? '', AbortSignal.timeout(5_000))
  expect(process_?.pid).toBe(process.pid)
  expect(Math.abs((process_?.startedAt ?? 0) - (Date.now() - process.uptime() * 1_000))).toBeLessThan(3_000)
})

test('where nothing listens nothing is found', async () => {
  const port = await unusedPort()
  expect(await findListening(tcp(port))).toEqual([])
  expect(await tryConnection(tcp(port), asking)).toMatchObject({ isOpen: false, code: 'ECONNREFUSED' })
  expect(await askServer(tcp(port), asking)).toBeNull()
})

test('the tables of the kernel, IPv6 and unix sockets among them', () => {
  const tcp6 = `  sl  local_address remote_address st tx_queue rx_queue
   0: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 4711 1
   1: B80D0120000000000000000001000000:0BB8 00000000000000000000000000000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 4712 1`
  expect(tcpListening(tcp6, 3_000)).toEqual([{ address: '::1', port: 3_000, queued: 3, inode: '4711' }])
  const unix = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 77 /run/my app.sock
0000000000000000: 00000003 00000000 00000000 0001 03 78 /run/my app.sock`
  expect(unixListening(unix, '/run/my app.sock')).toEqual([{ address: '/run/my app.sock', port: 0, queued: 0, inode: '77' }])
  expect([isOwnAddress('127.0.0.9'), isOwnAddress('192.0.2.1')]).toEqual([true, false])
})

test('a process is known by what it runs, and nothing else of its command line is kept', () => {
  expect(nameOf('python3', 'python3\0-m\0gunicorn\0--env\0PASSWORD=x')).toBe('gunicorn')
  expect(nameOf('python3.11', '/usr/bin/python3\0/usr/bin/uvicorn\0app:app')).toBe('uvicorn')
  expect(nameOf('MainThread', '/usr/bin/node\0server.js')).toBe('node')
  expect(nameOf('nginx', 'nginx: master process')).toBe('nginx')
  expect(nameOf('python3', 'python3\0password=secret value')).toBe('python3')
})

test('a server says what it is when it is asked, without being asked for a page', async () => {
  const asked: string[] = []
  const port = await opened(
    createHttpServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end()
    }),
  )
  expect(await askServer(tcp(port), asking)).toMatchObject({ status: 200, keepAliveS: 5 })
  expect(asked).toEqual(['OPTIONS *'])
  expect(await askTls(tcp(port), asking)).toBe(false)
  const head = 'HTTP/1.1 405 Not Allowed\r\nServer: nginx/1.22.1\r\nKeep-Alive: timeout=5, max=100\r\nSet-Cookie: secret\r\n\r\n'
  expect(serverFactOf(head)).toEqual({ status: 405, server: 'nginx/1.22.1', keepAliveS: 5 })
})

test('a port for TLS shows its certificate, and is not judged by it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewell-certificate-'))
  closing({ close: () => rmSync(folder, { recursive: true }) })
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const names = ['-subj', '/O=Nobody', '-addext', 'subjectAltName=DNS:shop.test,IP:127.0.0.1']
  await run([program('openssl'), 'req', '-x509', ...curve, '-keyout', key, '-out', cert, ...names])
  const port = await opened(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }))
  const shown = await askTls(tcp(port), asking, 'shop.test')
  expect(shown).toMatchObject({ names: ['shop.test', '127.0.0.1'], issuer: 'Nobody' })
  if (shown) expect(shown.validTo - shown.validFrom).toBe(86_400_000)
})

/** PHP-FPM 8.2 of Debian with one worker, which was busy while two requests waited for it. */
const BUSY_POOL =
  '{"pool":"www","process manager":"static","start time":1795330213,"start since":2,"accepted conn":1,"listen queue":2,' +
  '"max listen queue":2,"listen queue len":4096,"idle processes":0,"active processes":1,"total processes":1,"max active processes":1,' +
  '"max children reached":0,"slow requests":0}'

test('a pool of PHP-FPM tells how many workers are busy; whatever else is there does not', async () => {
  const pages: Readonly<Record<string, string>> = { '/fpm-status?json': BUSY_POOL, '/other?json': '{"status":"ok"}' }
  const port = await opened(createHttpServer((request, response) => response.end(pages[request.url ?? ''] ?? 'File not found.')))
  const ask = (path: string) => askPhp(`http://127.0.0.1:${port}${path}`, AbortSignal.timeout(1_000))
  const busy = { pool: 'www', manager: 'static', active: 1, idle: 0, queued: 2, maxReached: 0, slow: 0 }
  expect(await ask('/fpm-status')).toEqual(busy)
  expect(await ask('/other')).toBe(null)
  await expect(ask('/nothing')).rejects.toThrow()
})

test('a server that hangs up or says nothing is told apart', async () => {
  const closes = await opened(createServer((socket) => socket.end()))
  const silent = await opened(createServer((socket) => socket.on('error', () => {})))
  expect(await askServer(tcp(closes), asking)).toEqual({ status: 0 })
  expect(await askServer(tcp(silent), { ...asking, timeoutMs: 50 })).toEqual({ status: -1 })
})

test('of the machine: memory, disk, descriptors, a socket file that is missing', async () => {
  const [memory, disk, descriptors] = await Promise.all([readMemory(), readDisk('/'), readDescriptors([process.pid])])
  for (const [part, whole] of [
    [memory?.availableBytes, memory?.totalBytes],
    [disk?.freeBytes, disk?.totalBytes],
    [descriptors?.used, descriptors?.limit],
  ]) {
    expect(part).toBeGreaterThan(0)
    expect(part).toBeLessThanOrEqual(whole as number)
  }
  expect(await readSocketFile('/nowhere/app.sock')).toMatchObject({ kind: 'missing' })
  expect(await readSocketFile('/etc/passwd')).toMatchObject({ kind: 'other', owner: 'root', mode: '0644' })
})

/** What it says first, and what is concluded. */
const DEPENDENCIES = [
  ['tcp', '', { isUp: true, says: 'it takes connections' }],
  ['postgres', 'N', { isUp: true, says: 'PostgreSQL answers' }],
  ['postgres', 'HTTP/1.1 400', { isUp: false, says: 'what answers there is not PostgreSQL' }],
  ['mysql', 'J\0\0\0\n8.0.36\0', { isUp: true, says: 'MySQL answers' }],
  ['mysql', '\x17\0\0\0\xff\x10\x04Too many connections', { isUp: false, says: 'it has too many connections' }],
  ['redis', '+PONG\r\n', { isUp: true, says: 'Redis answers' }],
  ['redis', '-NOAUTH Authentication required.\r\n', { isUp: true, says: 'Redis answers' }],
  ['redis', '-LOADING Redis is loading the dataset in memory\r\n', { isUp: false, says: 'Redis is still loading its data' }],
] as const

test.for(DEPENDENCIES)('%s that says %j', async ([kind, said, verdict]) => {
  const port = await opened(
    createServer((socket) => {
      socket.on('error', () => {})
      socket.write(Buffer.from(said, 'latin1'))
    }),
  )
  const plan = { url: `${kind}://127.0.0.1:${port}`, kind, host: '127.0.0.1', port }
  expect(await probeDependency(plan, asking)).toMatchObject({ url: plan.url, ...verdict })
})

test('a dependency that is not there', async () => {
  const port = await unusedPort()
  const plan = { url: `postgres://127.0.0.1:${port}`, kind: 'postgres', host: '127.0.0.1', port } as const
  expect(await probeDependency(plan, asking)).toMatchObject({ isUp: false, says: 'connection refused' })
})

test('a storm of failures is looked into once, and again ten seconds later; of many kinds only a few at a time', async () => {
  const asked: string[] = []
  const port = await opened(
    createHttpServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end()
    }),
  )
  const plan = planOf({ endpoints: [tcp(port)] })
  const wheel = closing(new Wheel({ clock: systemClock, tickMs: 5 }))
  const clock = new ManualClock()
  const changes = new ChangeLog({ clock })
  const finder = new FactFinder({ clock, wheel, plan: () => plan, changes, pids: () => [process.pid, null], folder: '/' })
  const all = await Promise.all(Array.from({ length: 100 }, () => finder.find(timedOut(port))))
  expect(new Set(all).size).toBe(1)
  expect(all[0]).toMatchObject({ isLocal: true, server: { status: 200 }, listeners: [{ port, process: { pid: process.pid } }] })
  expect(asked).toEqual(['OPTIONS *'])
  clock.advance(10_000)
  await finder.find(timedOut(port))
  expect(asked).toEqual(['OPTIONS *', 'OPTIONS *'])
  const kinds = await Promise.all(Array.from({ length: 10 }, (_, index) => finder.find(timedOut(port, `other-${index}`))))
  expect(kinds.filter((facts) => 'server' in facts)).toHaveLength(4)
})

function timedOut(port: number, upstream = UPSTREAM_NAME): FailureRecord {
  const times = { ms: 1, beganMs: 0, connectedMs: 0, sentMs: 0, answeredMs: null, idleMs: 0 }
  const failed = { phase: 'await-head', status: 504, cause: 'response-timeout', evidence: [], ms: 1 } as const
  const attempt = { ...failed, ...times, endpoint: `http://127.0.0.1:${port}`, isReused: false, bytesSent: 1, bytesReceived: 0 }
  const request = { id: 'r1', endedAt: 0, client: '', method: 'GET', host: 'a.test', target: '/', route: 'all', upstream, traceId: '' }
  return { ...request, ...failed, attempts: [attempt], error: '', queuedMs: 0, isCrawler: false, userAgent: '', trace: null, usualMs: null }
}
