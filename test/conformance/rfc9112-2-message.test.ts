import { describe, expect, test } from 'vitest'
import { refusal, refuses } from './refusal.ts'
import { get, head, settle, startRig } from './rig.ts'

const malformed = refusal('request-malformed')

describe('Message parsing (RFC 9112 §2.2)', () => {
  test('empty lines before the request line are ignored, however the bytes are split', async () => {
    const rig = await startRig()
    for (const stepBytes of [1000, 1, 2, 3]) {
      const answer = await rig.ask(`\r\n\r\n${get()}`, { method: 'GET', stepBytes })
      expect(answer?.status, `in steps of ${stepBytes}`).toBe(200)
    }
  })

  test('an empty line behind a body, as old clients send it, does not spoil the next request', async () => {
    const rig = await startRig()
    const client = await rig.client()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi')
    expect((await client.answer())?.status).toBe(200)
    client.send('\r')
    await settle()
    client.send('\n')
    await settle()
    client.send(get())
    expect((await client.answer())?.status).toBe(200)
    expect(rig.seen.map((one) => one.line)).toEqual(['POST / HTTP/1.1', 'GET / HTTP/1.1'])
    client.close()
  })

  test('only a few empty lines are ignored: a stream of them is no request', async () => {
    const rig = await startRig()
    const answer = await rig.ask('\r\n'.repeat(100) + get(), { method: 'GET' })
    expect(answer?.status).toBe(400)
    expect(rig.gateway.finished[0]).toMatchObject({ cause: 'request-malformed', evidence: { rule: 'method' } })
  })

  test('bytes beyond ASCII in a field value come through as they were', async () => {
    const rig = await startRig()
    const seen = await rig.upstream(get('X-Name: J\xc3\xbcrgen \xff\x80'))
    expect(seen?.fields).toContain('X-Name: J\xc3\xbcrgen \xff\x80')
  })

  describe('a line ends with CR LF and nothing else', () => {
    refuses([
      malformed('LF alone behind the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n'),
      malformed('LF alone behind a field', 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n'),
      malformed('LF alone as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n'),
      malformed('LF alone everywhere', 'GET / HTTP/1.1\nHost: a\n\n'),
      malformed('LF alone before the request line', '\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      malformed('CR alone behind a field', 'GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n'),
      malformed('CR alone behind the request line', 'GET / HTTP/1.1\rHost: a\r\n\r\n'),
      malformed('CR alone as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n'),
      malformed('CR twice', 'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n'),
      malformed('CR twice behind a field', 'GET / HTTP/1.1\r\nHost: a\r\r\n\r\n'),
      malformed('CR alone before the request line', '\rGET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    ])
  })

  describe('nothing may stand between the start line and the first field', () => {
    refuses([
      malformed('a space', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'),
      malformed('a tab', 'GET / HTTP/1.1\r\n\tHost: a\r\n\r\n'),
      malformed('a line of spaces', 'GET / HTTP/1.1\r\n  \r\nHost: a\r\n\r\n'),
    ])
  })

  describe('what is not HTTP at all is refused', () => {
    refuses([
      malformed('the beginning of a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
      malformed('the binary PROXY protocol', '\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c'),
      malformed('NUL bytes', '\0\0\0\0\r\n\r\n'),
      malformed('an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      malformed('a line of JSON', '{"method":"GET"}\r\n\r\n'),
      malformed('a UTF-8 byte order mark', '\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    ])
  })
})

describe('HTTP version (RFC 9112 §2.3, RFC 9110 §2.5)', () => {
  test('HTTP/1.0 is answered with HTTP/1.1, and goes upstream as HTTP/1.1', async () => {
    const rig = await startRig()
    const answer = await rig.ask(head('GET / HTTP/1.0', 'Host: a'))
    expect(answer?.version).toBe('HTTP/1.1')
    expect(rig.seen[0]?.line).toBe('GET / HTTP/1.1')
  })

  const unsupported = refusal('request-version-unsupported')
  describe('versions that this port does not speak', () => {
    refuses([
      unsupported('HTTP/2.0', head('GET / HTTP/2.0', 'Host: a')),
      unsupported('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      unsupported('HTTP/0.9 in so many words', head('GET / HTTP/0.9', 'Host: a')),
      unsupported('HTTP/1.2', head('GET / HTTP/1.2', 'Host: a')),
      unsupported('HTTP/3.7', head('GET / HTTP/3.7', 'Host: a')),
    ])
  })

  describe('versions that are none', () => {
    refuses([
      malformed('HTTP/0.9 without a version', 'GET /\r\n\r\n'),
      malformed('lower case', head('GET / http/1.1', 'Host: a')),
      malformed('another name', head('GET / HTTQ/1.1', 'Host: a')),
      malformed('two digits in front', head('GET / HTTP/11.1', 'Host: a')),
      malformed('two digits behind', head('GET / HTTP/1.10', 'Host: a')),
      malformed('no minor version', head('GET / HTTP/1', 'Host: a')),
      malformed('a comma', head('GET / HTTP/1,1', 'Host: a')),
      malformed('a space within', head('GET / HTTP/1. 1', 'Host: a')),
      malformed('a space behind', head('GET / HTTP/1.1 ', 'Host: a')),
      malformed('a tab behind', head('GET / HTTP/1.1\t', 'Host: a')),
      malformed('a plus', head('GET / HTTP/+1.1', 'Host: a')),
      malformed('a letter', head('GET / HTTP/1.x', 'Host: a')),
    ])
  })
})
