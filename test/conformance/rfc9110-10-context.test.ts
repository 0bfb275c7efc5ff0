import { describe, expect, test } from 'vitest'
import { refusal, refuses } from './refusal.ts'
import { get, head, post, settle, startRig } from './rig.ts'

describe('Expect (RFC 9110 §10.1.1)', () => {
  const ASK = post(['Expect: 100-continue', 'Content-Length: 5'])

  test('100-continue goes to the origin, its 100 comes back, and the body follows', async () => {
    const heads: string[] = []
    const rig = await startRig({}, undefined, async (connection) => {
      heads.push((await connection.head()) ?? '')
      expect(connection.received.length).toBe(0)
      connection.send(head('HTTP/1.1 100 Continue'))
      while (connection.received.length < 5) await connection.more()
      connection.send(`${head('HTTP/1.1 201 Created', 'Content-Length: 5')}${connection.received.latin1Slice()}`)
    })
    const client = await rig.client()
    client.send(ASK)
    expect((await client.answer('POST'))?.status).toBe(100)
    expect(heads[0]).toContain('\r\nExpect: 100-continue\r\n')
    client.send('hello')
    const answer = await client.answer('POST')
    expect(answer?.status).toBe(201)
    expect(answer?.body.latin1Slice()).toBe('hello')
  })

  test('a client that does not wait is served as well', async () => {
    const rig = await startRig({}, () => head('HTTP/1.1 100 Continue') + head('HTTP/1.1 200 OK', 'Content-Length: 0'))
    const client = await rig.client()
    client.send(`${ASK}hello`)
    expect((await client.answer('POST'))?.status).toBe(100)
    expect((await client.answer('POST'))?.status).toBe(200)
    expect(rig.seen[0]?.body).toBe('hello')
  })

  test('an origin that refuses at once spares the client its body, and the connection ends', async () => {
    const rig = await startRig({}, undefined, async (connection) => {
      if ((await connection.head()) !== null) connection.send(head('HTTP/1.1 403 No', 'Content-Length: 0'))
    })
    const client = await rig.client()
    client.send(ASK)
    const answer = await client.answer('POST')
    expect(answer?.status).toBe(403)
    expect(answer?.fields.get('connection')).toBe('close')
    expect((await client.end()).length).toBe(0)
  })

  test('its name of the expectation may be written in any case', async () => {
    const rig = await startRig()
    const seen = await rig.upstream(post(['Expect: 100-Continue', 'Content-Length: 5'], 'hello'))
    expect(seen?.fields).toContain('Expect: 100-continue')
  })

  test('without a body there is nothing to wait for, and HTTP/1.0 does not know it: it is not passed on', async () => {
    const rig = await startRig()
    for (const request of [
      get('Expect: 100-continue'),
      post(['Expect: 100-continue', 'Content-Length: 0']),
      `${head('POST / HTTP/1.0', 'Host: example.com', 'Expect: 100-continue', 'Content-Length: 5')}hello`,
      head('GET / HTTP/1.0', 'Host: example.com', 'Expect: something'),
    ]) {
      expect((await rig.upstream(request))?.fields.join()).not.toMatch(/expect/i)
    }
  })

  const unknown = refusal('request-expectation-unknown')
  refuses([
    unknown('anything else', get('Expect: 200-ok')),
    unknown('a list', post(['Expect: 100-continue, x', 'Content-Length: 5'])),
    unknown('the same twice', post(['Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 5'])),
    unknown('a parameter', post(['Expect: 100-continue; q=1', 'Content-Length: 5'])),
    unknown('a value', post(['Expect: 100-continue=1', 'Content-Length: 5'])),
  ])

  test('a refusal by the gateway comes without waiting for the body', async () => {
    const rig = await startRig({ limits: { bodyBytesMax: 4 } })
    const client = await rig.client()
    client.send(ASK)
    expect((await client.answer('POST'))?.status).toBe(413)
    expect((await client.end()).length).toBe(0)
    await settle()
    expect(rig.origin.connections.length).toBe(0)
  })
})

describe('TE (RFC 9110 §10.1.4)', () => {
  test.for([
    ['trailers', true],
    ['Trailers', true],
    ['gzip, trailers;q=0.5', true],
    ['gzip', false],
    ['xtrailers', false],
    ['trailersx, gzip', false],
  ] as const)('of "%s" only the wish for trailers is passed on, for this hop', async ([value, isPassed]) => {
    const rig = await startRig()
    const seen = await rig.upstream(get('Connection: TE', `TE: ${value}`))
    expect(seen?.fields).toEqual(['Host: example.com', ...(isPassed ? ['Connection: TE', 'TE: trailers'] : [])])
  })
})
