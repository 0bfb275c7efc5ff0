import { describe, expect, test } from 'vitest'
import { refusal, refuses } from './refusal.ts'
import { get, head, startRig } from './rig.ts'

describe('HEAD (RFC 9110 §9.3.2)', () => {
  const HEAD = head('HEAD / HTTP/1.1', 'Host: a')

  test.for([
    ['with a declared length', head('HTTP/1.1 200 OK', 'Content-Length: 1000'), '1000'],
    ['in chunks', head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), undefined],
    ['without a length', head('HTTP/1.1 200 OK'), undefined],
  ] as const)('an answer %s has no body, and both connections go on', async ([, answered, length]) => {
    const rig = await startRig({}, ({ line }) => (line.startsWith('HEAD') ? answered : `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok`))
    const client = await rig.client()
    client.send(HEAD + get() + HEAD)
    const answer = await client.answer('HEAD')
    expect(answer?.status).toBe(200)
    expect(answer?.fields.get('content-length')).toBe(length)
    expect(answer?.fields.has('transfer-encoding')).toBe(false)
    expect((await client.answer())?.body.latin1Slice()).toBe('ok')
    expect((await client.answer('HEAD'))?.fields.get('content-length')).toBe(length)
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 1, 1])
  })

  test('a body that an origin sends all the same goes nowhere, and costs that origin the connection', async () => {
    const rig = await startRig({}, () => `${head('HTTP/1.1 200 OK', 'Content-Length: 5')}hello`)
    const client = await rig.client()
    for (let i = 0; i < 3; i++) {
      client.send(HEAD)
      expect((await client.answer('HEAD'))?.status).toBe(200)
      expect(client.received.length).toBe(0)
    }
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 2, 3])
  })

  test("an error of the gateway's own has the length that its body would have, and no body", async () => {
    const rig = await startRig({}, undefined, (connection) => connection.reset())
    const client = await rig.client()
    client.send(HEAD)
    const answer = await client.answer('HEAD')
    expect(answer?.status).toBe(502)
    expect(Number(answer?.fields.get('content-length'))).toBeGreaterThan(0)
    client.send(head('HEAD / HTTP/1.1'))
    expect((await client.answer('HEAD'))?.status).toBe(400)
    expect((await client.end()).length).toBe(0)
  })

  test('a head that is malformed is known to be one by its method', async () => {
    const rig = await startRig()
    const client = await rig.client()
    client.send(head('HEAD / HTTP/1.1', 'Host: a', 'X : y'))
    expect((await client.answer('HEAD'))?.status).toBe(400)
    expect((await client.end()).length).toBe(0)
  })
})

describe('CONNECT and TRACE (RFC 9110 §9.3.6, §9.3.8)', () => {
  const refused = refusal('request-method-refused')
  refuses([
    refused('CONNECT with an authority', head('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443')),
    refused('CONNECT with a path', head('CONNECT / HTTP/1.1', 'Host: a')),
    refused('CONNECT with an address', head('CONNECT [::1]:25 HTTP/1.1', 'Host: a')),
    refused('CONNECT in HTTP/1.0', head('CONNECT example.com:443 HTTP/1.0')),
    refused('TRACE', head('TRACE / HTTP/1.1', 'Host: a', 'Cookie: secret')),
    refused('TRACE with Max-Forwards', head('TRACE / HTTP/1.1', 'Host: a', 'Max-Forwards: 0')),
    refused('TRACE in absolute form', head('TRACE http://a/ HTTP/1.1', 'Host: a')),
  ])

  test('the refusal says which methods there are', async () => {
    const rig = await startRig()
    const answer = await rig.ask(head('TRACE / HTTP/1.1', 'Host: a'))
    expect(answer?.fields.get('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  })

  test('methods are told apart by case: "trace" is one that nobody knows, and the origin may say so', async () => {
    const rig = await startRig()
    expect((await rig.upstream(head('trace / HTTP/1.1', 'Host: a')))?.line).toBe('trace / HTTP/1.1')
  })
})
