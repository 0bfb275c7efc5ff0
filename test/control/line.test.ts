/** The link between control and a worker that is not its child: messages over a unix socket, and listening sockets that are passed on. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { serialize } from 'node:v8'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canPassHandles, passHandles, receiveHandles } from '../../src/worker/handle-pass.ts'
import { Line } from '../../src/worker/line.ts'

function framed(message: unknown): Buffer {
  const body = serialize(message)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(body.length)
  return Buffer.concat([length, body])
}

describe('a line', () => {
  const messages = [{ kind: 'one', values: Float64Array.of(1, 2.5) }, { kind: 'two' }, 'x'.repeat(100_000), 4]

  test.each([1, 3, 7, 1_000, 1_000_000])('reads what comes in pieces of %i bytes', async (size) => {
    const stream = new PassThrough()
    const read: unknown[] = []
    new Line({ socket: stream as unknown as Socket, onMessage: (message) => read.push(message), onClosed: () => {} })
    const bytes = Buffer.concat(messages.slice(0, size < 10 ? 2 : 4).map(framed))
    for (let at = 0; at < bytes.length; at += size) stream.emit('data', bytes.subarray(at, at + size))
    expect(read).toEqual(messages.slice(0, size < 10 ? 2 : 4))
  })

  test('runs what waits for a message to be sent also when nobody is there any more', () => {
    const socket = new Socket()
    const line = new Line({ socket, onMessage: () => {}, onClosed: () => {} })
    socket.destroy()
    let isSent = false
    line.send('hello', () => {
      isSent = true
    })
    expect(isSent).toBe(true)
  })
})

describe('listening sockets', () => {
  let folder: string
  let servers: Server[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatewell-line-'))
    servers = []
  })

  afterEach(() => {
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function listening(server: Server, where: object): Promise<Server> {
    servers.push(server)
    server.listen(where)
    await once(server, 'listening')
    return server
  }

  test('can be passed on by this Node: if not, see decision record 0022', () => {
    expect(canPassHandles()).toBe(true)
  })

  test('are received in the order in which they were passed, and can be listened on', async () => {
    const [one, two] = [
      await listening(createServer(), { host: '127.0.0.1', port: 0 }),
      await listening(createServer(), { path: join(folder, 'two') }),
    ]
    const handles = [one, two].map((server) => (server as unknown as { _handle: unknown })._handle)
    const path = join(folder, 'pass')
    await listening(
      createServer({ pauseOnConnect: true }, (socket) => passHandles(socket, handles)),
      { path },
    )
    const [tcp, unix] = (await receiveHandles(path, 2, 1_000)) ?? []
    const { port } = one.address() as { port: number }
    one.close()
    two.close()
    await listening(
      createServer((socket) => socket.end('tcp')),
      { fd: tcp?.fd },
    )
    const client = connect(port, '127.0.0.1')
    const [said] = await once(client, 'data')
    expect(String(said)).toBe('tcp')
    unix?.close()
  })

  test('are none where fewer are passed than wanted, or nobody is there', async () => {
    const path = join(folder, 'pass')
    await listening(
      createServer({ pauseOnConnect: true }, (socket) => passHandles(socket, [])),
      { path },
    )
    expect(await receiveHandles(path, 1, 1_000)).toBe(null)
    expect(await receiveHandles(join(folder, 'none'), 1, 1_000)).toBe(null)
  })
})
