import { describe, expect, test } from 'vitest'
import { get, head, post, type Rig, startRig } from './rig.ts'

/** All that the origin sees of a request, the gateway's own fields included. */
async function seenOf(rig: Rig, request: string): Promise<string[]> {
  await rig.ask(request)
  return [...(rig.seen.at(-1)?.fields ?? [])]
}

const named = (fields: readonly string[], name: string): string[] => fields.filter((line) => line.toLowerCase().startsWith(`${name}: `))

describe('Connection and fields of one hop (RFC 9110 §7.6.1)', () => {
  test('fields of one hop go no further in a request', async () => {
    const rig = await startRig()
    const hop = [
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'TE: gzip',
      'Upgrade: websocket',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Proxy-Authorization: Basic YTpi',
      'Proxy: http://evil.example',
    ]
    expect((await rig.upstream(get('A: b', ...hop, 'C: d')))?.fields).toEqual(['Host: example.com', 'A: b', 'C: d'])
  })

  test('fields of one hop go no further in an answer', async () => {
    const hop = ['Connection: keep-alive', 'Keep-Alive: timeout=5', 'Proxy-Connection: close', 'Upgrade: h2c', 'TE: trailers']
    const rig = await startRig({}, () => head('HTTP/1.1 200 OK', 'A: b', ...hop, 'C: d', 'Content-Length: 0'))
    const answer = await rig.ask(get())
    expect([...(answer?.fields.keys() ?? [])]).toEqual(['a', 'c', 'content-length', 'via', 'x-request-id', 'date'])
  })

  test('fields that Connection names go no further in a request', async () => {
    const rig = await startRig()
    for (const nomination of ['Connection: a, B', 'connection: keep-alive ,A,\tb\t', 'Connection: A\r\nConnection: x, b, close']) {
      expect((await rig.upstream(get('A: 1', 'a: 2', 'B: 3', 'AB: 4', nomination)))?.fields).toEqual(['Host: example.com', 'AB: 4'])
    }
  })

  test('fields that Connection names go no further in an answer', async () => {
    const rig = await startRig({}, () => head('HTTP/1.1 200 OK', 'A: b', 'X-Hop: 1', 'Connection: X-HOP', 'Content-Length: 0'))
    const answer = await rig.ask(get())
    expect(answer?.fields.get('a')).toBe('b')
    expect(answer?.fields.has('x-hop')).toBe(false)
  })

  test('naming a field that frames or routes changes nothing', async () => {
    const rig = await startRig()
    const names = 'host, content-length, transfer-encoding, connection, via, forwarded, x-forwarded-for, x-forwarded-proto, x-request-id'
    await rig.ask(post([`Connection: ${names}`, 'Content-Length: 5'], 'hello'))
    await rig.ask(post([`Connection: ${names}`, 'Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'))
    for (const seen of rig.seen) {
      expect(seen.body).toBe('hello')
      expect(seen.fields).toContain('Host: example.com')
      for (const name of ['via', 'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-request-id']) {
        expect(named(seen.fields, name).length, name).toBe(1)
      }
    }
  })

  test('an answer that names its Date still gets one', async () => {
    const rig = await startRig({}, () =>
      head('HTTP/1.1 200 OK', 'Date: Thu, 01 Jan 1970 00:00:00 GMT', 'Connection: date', 'Content-Length: 0'),
    )
    expect((await rig.ask(get()))?.fields.get('date')).toMatch(/^\w{3}, \d\d \w{3} 20\d\d /)
  })

  test('an answer that names its length keeps it', async () => {
    const rig = await startRig({}, () => `${head('HTTP/1.1 200 OK', 'Connection: content-length', 'Content-Length: 2')}ok`)
    expect((await rig.ask(get()))?.fields.get('content-length')).toBe('2')
  })
})

describe('Max-Forwards (RFC 9110 §7.6.2)', () => {
  test('OPTIONS that may go no further is answered here', async () => {
    const rig = await startRig()
    for (const target of ['*', '/']) {
      const answer = await rig.ask(head(`OPTIONS ${target} HTTP/1.1`, 'Host: a', 'Max-Forwards: 0'))
      expect(answer?.status).toBe(204)
      expect(answer?.fields.get('allow')).toContain('GET')
      expect(answer?.fields.has('content-length')).toBe(false)
    }
    expect(rig.seen).toEqual([])
  })

  test('OPTIONS that may go further goes on with one less', async () => {
    const rig = await startRig()
    for (const [sent, passed] of [
      ['1', '0'],
      ['010', '9'],
      ['70', '69'],
    ]) {
      const seen = await rig.upstream(head('OPTIONS * HTTP/1.1', 'Host: a', `Max-Forwards: ${sent}`))
      expect(seen?.fields).toEqual(['Host: a', `Max-Forwards: ${passed}`])
    }
  })

  test('it means nothing to other methods, nor when it is no number', async () => {
    const rig = await startRig()
    expect((await rig.upstream(get('Max-Forwards: 0')))?.fields).toContain('Max-Forwards: 0')
    for (const value of ['', '-1', 'x', '1.5']) {
      const seen = await rig.upstream(head('OPTIONS * HTTP/1.1', 'Host: a', `Max-Forwards: ${value}`))
      expect(seen?.fields).toContain(`Max-Forwards: ${value}`)
    }
  })
})

describe('Via (RFC 9110 §7.6.3)', () => {
  test('a request carries the version it came in and a pseudonym', async () => {
    const rig = await startRig()
    expect(named(await seenOf(rig, get()), 'via')).toEqual(['Via: 1.1 gatewell-test'])
    expect(named(await seenOf(rig, head('GET / HTTP/1.0', 'Host: a')), 'via')).toEqual(['Via: 1.0 gatewell-test'])
  })

  test('it comes behind those of the hops before', async () => {
    const rig = await startRig()
    expect(named(await seenOf(rig, get('Via: 1.0 a', 'Via: 1.1 b (c)')), 'via')).toEqual([
      'Via: 1.0 a',
      'Via: 1.1 b (c)',
      'Via: 1.1 gatewell-test',
    ])
  })

  test('an answer carries it too, behind those of the hops before', async () => {
    const rig = await startRig({}, () => head('HTTP/1.1 200 OK', 'Via: 1.1 inner', 'Content-Length: 0'))
    expect((await rig.ask(get()))?.fields.get('via')).toBe('1.1 inner, 1.1 gatewell-test')
    expect((await rig.ask(head('GET / HTTP/1.1')))?.fields.get('via')).toBe('1.1 gatewell-test')
  })

  test('a request that has been here already is a loop', async () => {
    const rig = await startRig()
    for (const via of ['1.1 gatewell-test', '1.0 a, 1.1 gatewell-test (b), 1.1 c', 'HTTP/1.1 gatewell-test']) {
      const answer = await rig.ask(get(`Via: ${via}`))
      expect(answer?.status).toBe(502)
      expect(answer?.fields.get('proxy-status')).toContain('error=proxy_loop_detected; details="proxy-loop"')
    }
    expect((await rig.ask(get('Via: 1.1 gatewell-tester, 1.1 gatewell, 1.1 x (gatewell-test)')))?.status).toBe(200)
    expect(rig.seen.length).toBe(1)
  })
})

describe('Who asked (RFC 7239 §4, X-Forwarded-*)', () => {
  const claims = [
    'X-Forwarded-For: 1.2.3.4',
    'X-Forwarded-For: 5.6.7.8',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: claimed.example',
    'Forwarded: for=1.2.3.4;proto=https',
    'X-Real-IP: 1.2.3.4',
    'X-Forwarded-Port: 443',
    'X-Request-Id: claimed-id-0123456789',
  ]
  const forwarding = (fields: readonly string[]): string[] => fields.filter((line) => /^(?:x-|forwarded)/i.test(line))

  test("a stranger's word does not count", async () => {
    const rig = await startRig()
    const fields = await seenOf(rig, get(...claims))
    expect(forwarding(fields).slice(0, -1)).toEqual([
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: example.com',
      'Forwarded: for=127.0.0.1;host=example.com;proto=http',
    ])
    expect(named(fields, 'x-request-id')).not.toContain('X-Request-Id: claimed-id-0123456789')
  })

  test("a trusted peer's does, and the peer is added to it", async () => {
    const rig = await startRig({ plan: { trustedProxies: ['127.0.0.0/8'] } })
    const fields = forwarding(await seenOf(rig, get(...claims)))
    expect(fields).toEqual(
      expect.arrayContaining([
        'X-Forwarded-For: 1.2.3.4, 5.6.7.8, 127.0.0.1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: claimed.example',
        'Forwarded: for=1.2.3.4;proto=https, for=127.0.0.1;host=claimed.example;proto=https',
        'X-Real-IP: 1.2.3.4',
        'X-Forwarded-Port: 443',
        'X-Request-Id: claimed-id-0123456789',
      ]),
    )
    expect(fields.length).toBe(7)
  })

  test('a port makes the host quoted in Forwarded', async () => {
    const rig = await startRig()
    const fields = await seenOf(rig, head('GET / HTTP/1.1', 'Host: [::1]:80'))
    expect(fields).toContain('X-Forwarded-Host: [::1]:80')
    expect(fields).toContain('Forwarded: for=127.0.0.1;host="[::1]:80";proto=http')
  })

  test('where no host is known none is named', async () => {
    const rig = await startRig()
    const fields = await seenOf(rig, head('GET / HTTP/1.0'))
    expect(named(fields, 'x-forwarded-host')).toEqual([])
    expect(named(fields, 'forwarded')).toEqual(['Forwarded: for=127.0.0.1;proto=http'])
  })

  test('the host of an absolute-form target is the one that counts', async () => {
    const rig = await startRig()
    const fields = await seenOf(rig, head('GET http://real.example/ HTTP/1.1', 'Host: other.example'))
    expect(named(fields, 'x-forwarded-host')).toEqual(['X-Forwarded-Host: real.example'])
  })

  test('it changes with each request of a connection', async () => {
    const rig = await startRig()
    const client = await rig.client()
    for (const host of ['a', 'b', 'a']) {
      client.send(head('GET / HTTP/1.1', `Host: ${host}`))
      await client.answer()
    }
    expect(rig.seen.map((one) => named(one.fields, 'x-forwarded-host')[0])).toEqual(
      ['a', 'b', 'a'].map((host) => `X-Forwarded-Host: ${host}`),
    )
  })

  test('every request has an id, told to the origin and to the client alike, and none is used twice', async () => {
    const rig = await startRig({}, () => head('HTTP/1.1 200 OK', 'X-Request-Id: of-the-origin', 'Content-Length: 0'))
    const ids = new Set<string | undefined>()
    for (let i = 0; i < 5; i++) {
      const id = (await rig.ask(get()))?.fields.get('x-request-id')
      expect(rig.seen[i]?.fields).toContain(`X-Request-Id: ${id}`)
      ids.add(id)
    }
    expect(ids.size).toBe(5)
  })
})
