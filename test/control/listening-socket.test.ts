import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Address } from '../../src/net/address.ts'
import { type ListeningSocket, listenFailure, openListeningSocket } from '../../src/net/listening-socket.ts'

const LOOPBACK: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 }

let folder: string
let closing: (() => void)[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-socket-'))
  closing = []
})

afterEach(() => {
  for (const close of closing) close()
  rmSync(folder, { recursive: true })
})

async function opened(address: Address): Promise<ListeningSocket> {
  const socket = await openListeningSocket(address)
  if (socket.kind === 'failure') throw socket.error
  closing.push(() => socket.close())
  return socket
}

async function refused(address: Address): Promise<string> {
  const failure = await openListeningSocket(address)
  if (failure.kind !== 'failure') {
    failure.close()
    throw new Error('it was opened')
  }
  return failure.error?.message ?? ''
}

function portOf({ address }: ListeningSocket): number {
  return address.kind === 'tcp' ? address.port : 0
}

/** A server that listens, on a port of its own or on `where`. */
async function listening(where: { path: string } | { fd: number } | null = null): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).end('hello'))
  await new Promise<void>((resolve) => server.listen(where ?? { host: '127.0.0.1', port: 0 }, resolve))
  return server
}

/** What a server says to who connects, or the code of the error. */
function greeting(where: { path: string } | { port: number; host: string }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(where)
    socket.on('data', (data) => resolve(data.toString()))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
  })
}

describe('a held socket', () => {
  test('still comes from this Node: if not, see decision record 0020', async () => {
    const socket = await opened(LOOPBACK)
    expect(socket.fd).toBeGreaterThan(2)
    expect(portOf(socket)).toBeGreaterThan(0)
  })

  test('listens once somebody takes its descriptor', async () => {
    const socket = await opened(LOOPBACK)
    const where = { host: '127.0.0.1', port: portOf(socket) }
    expect(await greeting(where)).toBe('ECONNREFUSED')
    const server = await listening({ fd: socket.fd as number })
    expect(await greeting(where)).toBe('hello')
    server.close()
  })

  test('takes IPv4 when it is bound to every interface', async () => {
    const socket = await opened({ kind: 'tcp', host: '', port: 0 })
    const server = await listening({ fd: socket.fd as number })
    expect(await greeting({ host: '127.0.0.1', port: portOf(socket) })).toBe('hello')
    server.close()
  })

  test('without what Node does not document is none: who listens binds for himself', async () => {
    const socket = await openListeningSocket(LOOPBACK, null)
    expect(socket).toMatchObject({ kind: 'socket', fd: null, address: LOOPBACK })
  })
})

describe('an address that cannot be had is a sentence', () => {
  test('when another program listens there', async () => {
    const server = await listening()
    const { port } = server.address() as { port: number }
    expect(await refused({ kind: 'tcp', host: '127.0.0.1', port })).toBe(
      `Cannot listen on 127.0.0.1:${port}: another program already listens there. ` +
        'Stop it (`ss -ltnp` shows which one it is), or listen elsewhere with --listen.',
    )
    server.close()
  })

  test('when this machine does not have it', async () => {
    const message = await refused({ kind: 'tcp', host: '192.0.2.1', port: 8080 })
    expect(message).toMatch(/^Cannot listen on 192\.0\.2\.1:8080: this machine has no such address/)
  })

  test('when it needs root', () => {
    const { cause, error, evidence } = listenFailure({ kind: 'tcp', host: '', port: 80 }, 'EACCES')
    expect(error?.message).toMatch(/^Cannot listen on :80: only root may use ports below 1024\./)
    expect(cause).toBe('gateway-config')
    expect(evidence).toContainEqual({ name: 'code', value: 'EACCES' })
  })

  test('when the folder of a socket does not exist', async () => {
    expect(await refused({ kind: 'unix', path: join(folder, 'none', 'gateway.sock') })).toMatch(/the folder does not exist/)
  })
})

describe('a unix socket', () => {
  test('is taken over from a process that died, whose file is still there', async () => {
    const path = join(folder, 'gateway.sock')
    const dead = await opened({ kind: 'unix', path })
    // Bound, but nobody listens: what a killed process leaves.
    expect(await greeting({ path })).toBe('ECONNREFUSED')
    const socket = await opened({ kind: 'unix', path })
    const server = await listening({ fd: socket.fd as number })
    expect(await greeting({ path })).toBe('hello')
    server.close()
    expect(dead.fd).not.toBe(socket.fd)
  })

  test('is left to the program that answers on it', async () => {
    const path = join(folder, 'gateway.sock')
    const server = await listening({ path })
    expect(await refused({ kind: 'unix', path })).toBe(
      `Cannot listen on ${path}: another program already listens there. Stop it, or choose another path.`,
    )
    expect(await greeting({ path })).toBe('hello')
    server.close()
  })

  test('never replaces a file that is not a socket', async () => {
    const path = join(folder, 'precious.txt')
    writeFileSync(path, 'data')
    expect(await refused({ kind: 'unix', path })).toMatch(/a file that is not a socket is in its place\. It was left alone/)
    expect(statSync(path).size).toBe(4)
  })

  test('is removed when it is closed', async () => {
    const path = join(folder, 'gateway.sock')
    const socket = await openListeningSocket({ kind: 'unix', path })
    expect(statSync(path).isSocket()).toBe(true)
    if (socket.kind === 'socket') socket.close()
    expect(() => statSync(path)).toThrow('ENOENT')
  })
})
