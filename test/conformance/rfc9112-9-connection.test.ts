import { describe, expect, test } from 'vitest'
import { get, head, post, settle, startRig } from './rig.ts'

const OLD = 'GET / HTTP/1.0'
const NEW = 'GET / HTTP/1.1'

describe('Persistence (RFC 9112 §9.3)', () => {
  test.for([
    ['HTTP/1.1 says nothing', NEW, [], true],
    ['HTTP/1.1 says keep-alive', NEW, ['Connection: keep-alive'], true],
    ['HTTP/1.1 says close', NEW, ['Connection: close'], false],
    ['HTTP/1.1 says Close', NEW, ['Connection: Close'], false],
    ['HTTP/1.1 says close in a list', NEW, ['Connection: x, close ,y'], false],
    ['HTTP/1.1 says close in a second line', NEW, ['Connection: keep-alive', 'Connection: close'], false],
    ['HTTP/1.1 says something that only contains close', NEW, ['Connection: xclose'], true],
    ['HTTP/1.1 says NBSP and close, which is another word', NEW, ['Connection: \xa0close'], true],
    ['HTTP/1.0 says nothing', OLD, [], false],
    ['HTTP/1.0 says keep-alive', OLD, ['Connection: keep-alive'], true],
    ['HTTP/1.0 says Keep-Alive', OLD, ['Connection: Keep-Alive'], true],
    ['HTTP/1.0 says KEEP-ALIVE in a list', OLD, ['Connection: TE, KEEP-ALIVE'], true],
    ['HTTP/1.0 says both', OLD, ['Connection: keep-alive, close'], false],
    ['HTTP/1.0 says Proxy-Connection: keep-alive, which is not for this', OLD, ['Proxy-Connection: keep-alive'], false],
  ] as const)('%s', async ([, line, fields, isKept]) => {
    const rig = await startRig()
    const client = await rig.client()
    client.send(head(line, 'Host: a', ...fields))
    const answer = await client.answer()
    // HTTP/1.0 has to be told that the connection stays, HTTP/1.1 that it does not.
    expect(answer?.fields.get('connection')).toBe(isKept ? (line === OLD ? 'keep-alive' : undefined) : 'close')
    if (isKept) {
      client.send(get())
      expect((await client.answer())?.status).toBe(200)
    } else expect((await client.end()).latin1Slice()).toBe('')
    client.close()
  })

  test("the origin's wish to close is not the client's business", async () => {
    const rig = await startRig({}, () => `${head('HTTP/1.1 200 OK', 'Connection: close', 'Content-Length: 2')}ok`)
    const client = await rig.client()
    for (let i = 0; i < 3; i++) {
      client.send(get())
      const answer = await client.answer()
      expect(answer?.fields.has('connection')).toBe(false)
    }
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 2, 3])
  })

  test("the client's wish to close is not the origin's business", async () => {
    const rig = await startRig()
    for (let i = 0; i < 3; i++) expect((await rig.ask(get('Connection: close')))?.status).toBe(200)
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 1, 1])
    for (const one of rig.seen) expect(one.fields.join()).not.toMatch(/connection:/i)
  })

  test('after as many requests as a connection may have, the last answer says so', async () => {
    const rig = await startRig({ limits: { requestsPerConnectionMax: 3 } })
    const client = await rig.client()
    client.send(get().repeat(5))
    const closes: (string | undefined)[] = []
    for (let i = 0; i < 3; i++) closes.push((await client.answer())?.fields.get('connection'))
    expect(closes).toEqual([undefined, undefined, 'close'])
    expect((await client.end()).length).toBe(0)
    expect(rig.seen.length).toBe(3)
  })

  test('more connections than allowed get 503 and go', async () => {
    const rig = await startRig({ limits: { connectionsMax: 2 } })
    const clients = [await rig.client(), await rig.client(), await rig.client()]
    const turnedAway = await clients[2]?.answer()
    expect(turnedAway?.status).toBe(503)
    expect(turnedAway?.fields.get('proxy-status')).toContain('error=connection_limit_reached')
    expect(turnedAway?.fields.get('retry-after')).toMatch(/^\d+$/)
    expect(turnedAway?.fields.get('connection')).toBe('close')
    await clients[2]?.end()
    clients[0]?.send(get())
    expect((await clients[0]?.answer())?.status).toBe(200)
    clients[1]?.close()
    await settle()
    expect((await rig.ask(get()))?.status).toBe(200)
  })
})

describe('Pipelining (RFC 9112 §9.3.2)', () => {
  test('many requests in one piece are answered in their order', async () => {
    const rig = await startRig({}, ({ line }) => {
      const path = line.split(' ')[1] as string
      return head('HTTP/1.1 200 OK', `Content-Length: ${path.length}`) + path
    })
    const requests = Array.from({ length: 50 }, (_, index) => head(`GET /${index} HTTP/1.1`, 'Host: a')).join('')
    for (const stepBytes of [requests.length, 100, 7]) {
      const client = await rig.client()
      for (let at = 0; at < requests.length; at += stepBytes) client.send(requests.slice(at, at + stepBytes))
      for (let i = 0; i < 50; i++) expect((await client.answer())?.body.latin1Slice()).toBe(`/${i}`)
      client.close()
    }
  })

  test('a slow one holds back those behind it, and nothing is asked of the origin ahead of time', async () => {
    let isHeld = true
    const rig = await startRig({}, undefined, async (connection) => {
      for (let one = await connection.request(); one !== null; one = await connection.request()) {
        while (isHeld) await settle()
        connection.send(`${head('HTTP/1.1 200 OK', 'Content-Length: 1')}${one.head.includes('/a') ? 'a' : 'b'}`)
      }
    })
    const client = await rig.client()
    client.send(head('GET /a HTTP/1.1', 'Host: a') + head('GET /b HTTP/1.1', 'Host: a'))
    await settle()
    expect(rig.origin.connections.length).toBe(1)
    expect(rig.origin.connections[0]?.received.length).toBe(0)
    isHeld = false
    expect((await client.answer())?.body.latin1Slice()).toBe('a')
    expect((await client.answer())?.body.latin1Slice()).toBe('b')
  })

  test('bodies and bodiless requests alternate without touching each other', async () => {
    const rig = await startRig({}, (seen) => `${head('HTTP/1.1 200 OK', `Content-Length: ${seen.body.length}`)}${seen.body}`)
    const bodies = ['one', '', 'three', '', 'x'.repeat(10_000), 'six']
    const requests = bodies.map((body, index) =>
      index % 2 === 0
        ? post([`Content-Length: ${body.length}`], body)
        : post(['Transfer-Encoding: chunked'], body === '' ? '0\r\n\r\n' : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
    )
    const client = await rig.client()
    client.send(requests.join(''))
    for (const body of bodies) expect((await client.answer('POST'))?.body.latin1Slice()).toBe(body)
  })

  test('what follows a request that closes is not looked at', async () => {
    const rig = await startRig()
    const client = await rig.client()
    client.send(get('Connection: close') + get('X: second'))
    expect((await client.answer())?.fields.get('connection')).toBe('close')
    expect((await client.end()).length).toBe(0)
    expect(rig.seen.length).toBe(1)
  })

  test('what follows a refused request is not looked at, and the answers before it arrive', async () => {
    const rig = await startRig()
    const client = await rig.client()
    client.send(get() + get() + head('GET / HTTP/1.1') + get('X: never'))
    const statuses: (number | undefined)[] = []
    for (let i = 0; i < 3; i++) statuses.push((await client.answer())?.status)
    expect(statuses).toEqual([200, 200, 400])
    expect((await client.end()).length).toBe(0)
    expect(rig.seen.length).toBe(2)
  })

  test('a refusal behind a HEAD has a body of its own', async () => {
    const rig = await startRig()
    const client = await rig.client()
    client.send(`${head('HEAD / HTTP/1.1', 'Host: before.example', 'User-Agent: before')}nonsense\r\n\r\n`)
    expect((await client.answer('HEAD'))?.status).toBe(200)
    const refused = await client.answer()
    expect(refused?.status).toBe(400)
    expect(refused?.body.length).toBe(Number(refused?.fields.get('content-length')))
    expect(refused?.body.length).toBeGreaterThan(0)
  })
})

describe('Closing (RFC 9112 §9.6)', () => {
  test('a client that sends far more than it may still gets the whole answer', async () => {
    const rig = await startRig({ limits: { bodyBytesMax: 1_000 } })
    const client = await rig.client()
    client.send(post(['Content-Length: 900000'], 'x'.repeat(900_000)))
    const answer = await client.answer('POST')
    expect(answer?.status).toBe(413)
    expect(answer?.body.length).toBe(Number(answer?.fields.get('content-length')))
    expect((await client.end()).length).toBe(0)
    expect(client.isReset).toBe(false)
  })

  test('it is read from for two seconds at most', async () => {
    const rig = await startRig({ isClockManual: true })
    const client = await rig.client()
    client.send(get('Connection: close'))
    await client.answer()
    await client.end()
    rig.gateway.advance(2_010)
    client.send('x')
    await settle()
    client.send('x')
    await settle()
    expect(client.isReset || client.socket.destroyed).toBe(true)
  })

  test('an answer that comes before the request is whole says that the connection closes when it fails', async () => {
    const rig = await startRig({}, undefined, async (connection) => {
      if ((await connection.head()) !== null) connection.send(`${head('HTTP/1.1 403 No', 'Content-Length: 2')}no`)
    })
    const client = await rig.client()
    client.send(post(['Content-Length: 1000'], 'begin'))
    const answer = await client.answer('POST')
    expect(answer?.status).toBe(403)
    expect(answer?.fields.get('connection')).toBe('close')
    expect((await client.end()).length).toBe(0)
  })

  test('an early answer may flow while the request still does, and both come whole', async () => {
    const rig = await startRig({}, undefined, async (connection) => {
      if ((await connection.head()) === null) return
      connection.send(head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'))
      for (let total = 0; total < 10; await connection.more()) {
        const piece = connection.received
        connection.received = Buffer.alloc(0)
        total += piece.length
        if (piece.length > 0) connection.send(`${piece.length.toString(16)}\r\n${piece.latin1Slice()}\r\n`)
        if (total === 10) break
      }
      connection.send('0\r\n\r\n')
    })
    const client = await rig.client()
    client.send(post(['Content-Length: 10'], 'hello'))
    await client.until((received) => received.includes('hello'))
    client.send('world')
    const answer = await client.answer('POST')
    expect(answer?.body.latin1Slice()).toBe('helloworld')
    expect(answer?.fields.has('connection')).toBe(false)
    client.send(get())
    await settle()
    expect(client.isEnded).toBe(false)
  })

  test("an answer of the gateway's own to a request whose body it does not read closes, and says so", async () => {
    const to = { kind: 'redirect', status: 307, location: '/there' } as const
    const route = { name: 'all', host: '', path: '', to, bodyBytesMax: 1_000, criticality: 'auto' as const, errorPage: null }
    const rig = await startRig({ routes: [route] })
    for (const request of [post(['Content-Length: 5'], 'hello'), post(['Transfer-Encoding: chunked'], '0\r\n\r\n')]) {
      const client = await rig.client()
      client.send(request + get())
      const answer = await client.answer('POST')
      expect(answer?.status).toBe(307)
      if (answer?.fields.get('connection') === 'close') expect((await client.end()).length).toBe(0)
      else expect((await client.answer())?.status).toBe(307)
    }
  })
})

describe('Connections that drain', () => {
  test('an idle one closes at once, a busy one after its answer, which says so', async () => {
    let answer = (): void => {}
    const rig = await startRig({}, undefined, async (connection) => {
      await connection.head()
      answer = () => connection.send(`${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`)
    })
    const [idle, busy] = [await rig.client(), await rig.client()]
    busy.send(get())
    await settle()
    const drained = rig.gateway.gateway.drain(5_000)
    expect((await idle.end()).length).toBe(0)
    answer()
    expect((await busy.answer())?.fields.get('connection')).toBe('close')
    expect((await busy.end()).length).toBe(0)
    idle.close()
    busy.close()
    await drained
  })
})
