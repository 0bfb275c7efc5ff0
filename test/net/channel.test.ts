/** What a channel promises its owner, kept by both kinds: the one on the bare handle and the one on Node's socket. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Accepted, Acceptor } from '../../src/net/acceptor.ts'
import { acceptChannel, type Channel, type ChannelOwner, isBareHandleUsed } from '../../src/net/channel.ts'
import { until } from '../support/until.ts'

const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x')

const open: { close(): unknown }[] = []
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close()
})

/** Notes what it is told. */
class Owner implements ChannelOwner {
  received = ''
  readonly buffers = new Set<Buffer>()
  drained = 0
  isEnded = false
  closes: (string | null)[] = []
  onRead: () => void = () => {}

  onBytes(bytes: Buffer, length: number): void {
    this.buffers.add(bytes)
    this.received += bytes.latin1Slice(0, length)
    this.onRead()
  }

  onDrain(): void {
    this.drained++
  }

  onEnd(): void {
    this.isEnded = true
  }

  onClose(error: NodeJS.ErrnoException | null): void {
    this.closes.push(error?.code ?? null)
  }
}

/** The other side, which reads only when it is told to. */
class Peer {
  readonly socket: Socket
  received = 0
  text = ''
  end: 'none' | 'fin' | string = 'none'

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.end = error.code ?? ''
    })
    socket.on('end', () => {
      this.end = 'fin'
    })
  }

  read(): void {
    this.socket.on('data', (bytes) => {
      this.received += bytes.length
      if (bytes.length < 1_000) this.text += bytes.latin1Slice()
    })
  }
}

type Kind = 'bare handle' | 'socket'

async function openPair(kind: Kind, buffer = Buffer.alloc(1_024)): Promise<{ channel: Channel; owner: Owner; peer: Peer }> {
  const accepted = Promise.withResolvers<Accepted>()
  let port: number
  if (kind === 'bare handle') {
    const acceptor = new Acceptor({ onAccepted: accepted.resolve, onError: accepted.reject })
    await acceptor.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, null)
    open.push(acceptor)
    port = (acceptor.bound as { port: number }).port
  } else {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => accepted.resolve({ socket }))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(server)
    port = (server.address() as { port: number }).port
  }
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  const owner = new Owner()
  const channel = acceptChannel(owner, buffer, await accepted.promise)
  const peer = new Peer(socket)
  open.push({ close: () => socket.destroy() }, { close: () => channel.destroy() })
  return { channel, owner, peer }
}

it('this Node has the handles that the fast kind needs', () => {
  expect(isBareHandleUsed).toBe(true)
})

describe.each(['bare handle', 'socket'] as const)('a channel on a %s', (kind) => {
  it('hands on what it reads', async () => {
    const { owner, peer, channel } = await openPair(kind)
    peer.socket.write('hello')
    await until('it is read', () => owner.received === 'hello')
    expect(channel.remoteAddress).toBe('127.0.0.1')
  })

  it('says of a small write that the kernel took it', async () => {
    const { channel, owner, peer } = await openPair(kind)
    peer.read()
    expect(channel.writeText('café\r\n')).toBe(true)
    expect(channel.write(Buffer.from('two '))).toBe(true)
    expect(channel.writeBoth('three ', Buffer.from('four '))).toBe(true)
    expect(channel.writeFramed('4\r\n', Buffer.from('five'), '\r\n')).toBe(true)
    expect(channel.isFlushed).toBe(true)
    await until('it is there', () => peer.text.endsWith('five\r\n'))
    expect(peer.text).toBe('café\r\ntwo three four 4\r\nfive\r\n')
    expect(owner.drained).toBe(0)
  })

  it('says of a large write that some of it waits, and then that none does', async () => {
    const { channel, owner, peer } = await openPair(kind)
    expect(channel.write(LARGE)).toBe(false)
    expect(channel.writeText('and this')).toBe(false)
    expect(channel.isFlushed).toBe(false)
    expect(owner.drained).toBe(0)
    peer.read()
    await until('it is flushed', () => owner.drained > 0)
    expect(channel.isFlushed).toBe(true)
    await until('all is there', () => peer.received === LARGE.length + 8)
  })

  it('reads nothing while it is paused, and loses nothing by it', async () => {
    const { channel, owner, peer } = await openPair(kind)
    channel.pause()
    peer.socket.write('hello')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(owner.received).toBe('')
    channel.resume()
    await until('it is read', () => owner.received === 'hello')
  })

  it('may be paused from inside a read', async () => {
    const { channel, owner, peer } = await openPair(kind, Buffer.alloc(4))
    owner.onRead = () => channel.pause()
    peer.socket.write('12345678')
    await until('it has read', () => owner.received.length >= 4)
    const before = owner.received
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(owner.received).toBe(before)
    owner.onRead = () => {}
    channel.resume()
    await until('the rest', () => owner.received === '12345678')
  })

  it('can still write when the peer has ended', async () => {
    const { channel, owner, peer } = await openPair(kind)
    peer.read()
    peer.socket.end('bye')
    await until('the end is told', () => owner.isEnded)
    expect(owner.received).toBe('bye')
    expect(owner.closes).toEqual([])
    channel.writeText('and you')
    channel.end()
    await until('the peer has it all', () => peer.end === 'fin')
    expect(peer.text).toBe('and you')
  })

  it('sends its end behind what waits', async () => {
    const { channel, peer } = await openPair(kind)
    channel.write(LARGE)
    channel.end()
    peer.read()
    await until('the end', () => peer.end === 'fin')
    expect(peer.received).toBe(LARGE.length)
  })

  it('can be closed as soon as all is written', async () => {
    const { channel, owner, peer } = await openPair(kind)
    channel.write(LARGE)
    channel.destroySoon()
    expect(owner.closes).toEqual([])
    peer.read()
    await until('it is closed', () => owner.closes.length > 0)
    await until('the end', () => peer.end !== 'none')
    expect(peer).toMatchObject({ end: 'fin', received: LARGE.length })
  })

  it('closes once, and never from inside a call', async () => {
    const { channel, owner } = await openPair(kind)
    channel.destroy()
    channel.destroy()
    channel.reset()
    expect(owner.closes).toEqual([])
    await until('it is closed', () => owner.closes.length > 0)
    expect(owner.closes).toEqual([null])
    expect(channel.writeText('too late')).toBe(true)
    channel.end()
    channel.pause()
    channel.resume()
  })

  it('can be reset, so that the peer knows', async () => {
    const { channel, owner, peer } = await openPair(kind)
    channel.writeText('half of it')
    channel.reset()
    peer.read()
    await until('the peer knows', () => peer.end === 'ECONNRESET')
    expect(owner.closes).toEqual([null])
  })

  it('tells the reset of the peer as an error', async () => {
    const { owner, peer } = await openPair(kind)
    peer.socket.resetAndDestroy()
    await until('it is closed', () => owner.closes.length > 0)
    expect(owner.closes).toEqual(['ECONNRESET'])
    expect(owner.isEnded).toBe(false)
  })

  it('knows the error of a write at once, and closes then', async () => {
    const { channel, owner, peer } = await openPair(kind)
    channel.pause()
    peer.socket.destroy()
    await until('a write fails', () => {
      channel.write(Buffer.alloc(1_024))
      return channel.writeError !== null
    })
    expect(['EPIPE', 'ECONNRESET']).toContain(channel.writeError?.code)
    await until('it is closed', () => owner.closes.length > 0)
    expect(owner.closes).toEqual([channel.writeError?.code])
  })
})

it('a channel on a bare handle reads into the buffer it was given, and into another one when told to', async () => {
  const first = Buffer.alloc(64)
  const second = Buffer.alloc(64)
  const { channel, owner, peer } = await openPair('bare handle', first)
  peer.socket.write('one')
  await until('it is read', () => owner.received === 'one')
  owner.onRead = () => channel.switchBuffer(second)
  peer.socket.write('two')
  await until('it is read', () => owner.received === 'onetwo')
  owner.onRead = () => {}
  peer.socket.write('three')
  await until('it is read', () => owner.received === 'onetwothree')
  expect([...owner.buffers]).toEqual([first, second])
  expect(first.latin1Slice(0, 3)).toBe('two')
})

it('a channel on a bare handle can still be asked what the peer had said before a write failed', async () => {
  const { channel, peer } = await openPair('bare handle')
  channel.pause()
  await new Promise((resolve) => peer.socket.write('413', resolve))
  peer.socket.destroy()
  let last: string | undefined
  await until('a write fails', () => {
    channel.write(Buffer.alloc(1_024))
    if (channel.writeError !== null) last = channel.readLast()?.toString()
    return channel.writeError !== null
  })
  expect(last).toBe('413')
  expect(channel.readLast()).toBe(null)
})
