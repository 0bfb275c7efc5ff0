import { describe, expect, test } from 'vitest'
import { answeredWith, malformation, rejects, SECRET } from './malformation.ts'
import { get, head, startRig } from './rig.ts'

const malformed = malformation('malformed-response')

describe('Status line (RFC 9112 §4)', () => {
  test.for([
    ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.1 200 ', 'HTTP/1.1 200 '],
    ['HTTP/1.1 200', 'HTTP/1.1 200 '],
    ['HTTP/1.0 200 OK', 'HTTP/1.1 200 OK'],
    ['HTTP/1.1 200 F\xfcr Dich: "ja"\t', 'HTTP/1.1 200 F\xfcr Dich: "ja"\t'],
    ['HTTP/1.1 404 Nothing Here', 'HTTP/1.1 404 Nothing Here'],
    ['HTTP/1.1 299 Own', 'HTTP/1.1 299 Own'],
    ['HTTP/1.1 599 Own', 'HTTP/1.1 599 Own'],
  ])('"%s" is relayed as "%s"', async ([line, relayed]) => {
    for (const stepBytes of [100, 1]) {
      const { answer, rig } = await answeredWith(head(line as string, 'Content-Length: 0'), stepBytes)
      expect(answer?.head.split('\r\n')[0]).toBe(relayed)
      rig.close()
    }
  })

  describe('what is no status line is never relayed', () => {
    const rest = `Content-Length: 0\r\nX: ${SECRET}\r\n\r\n`
    rejects(
      [
        'HTTP/1.1  200 OK',
        'HTTP/1.1\t200 OK',
        'HTTP/1.1 20 OK',
        'HTTP/1.1 2000 OK',
        'HTTP/1.1 2xx OK',
        'HTTP/1.1 +20 OK',
        'HTTP/1.1 200OK',
        'HTTP/1.1 200-OK',
        'HTTP/1.1 200\tOK',
        'HTTP/1.1 099 OK',
        'HTTP/1.1 000 OK',
        'HTTP/1.1 600 OK',
        'HTTP/1.1 999 OK',
        'HTTP/1.1 -200 OK',
        'HTTP/1.1 OK',
        'HTTP/1.1 200 O\0K',
        'HTTP/1.1 200 O\rK',
        'HTTP/1.1 200 O\x7fK',
        'HTTP/1.2 200 OK',
        'HTTP/1.10 200 OK',
        'HTTP/1 200 OK',
        'http/1.1 200 OK',
        'HTTP 200 OK',
        ' HTTP/1.1 200 OK',
        'ICY 200 OK',
        '200 OK',
        '\r\nHTTP/1.1 200 OK',
        'GET / HTTP/1.1',
        '<html>hello</html>',
        'Warning: mysql_connect() in /srv/www/index.php',
      ].map((line) => malformed(JSON.stringify(line), `${line}\r\n${rest}`)),
    )
  })

  describe('a line ends with CR LF and nothing else', () => {
    rejects([
      malformed('LF alone behind the status line', `HTTP/1.1 200 OK\nX: ${SECRET}\r\nContent-Length: 0\r\n\r\n`),
      malformed('CR alone behind the status line', `HTTP/1.1 200 OK\rX: ${SECRET}\r\nContent-Length: 0\r\n\r\n`),
      malformed('LF alone behind a field', `HTTP/1.1 200 OK\r\nX: ${SECRET}\nContent-Length: 0\r\n\r\n`),
      malformed('LF alone as the empty line', `HTTP/1.1 200 OK\r\nX: ${SECRET}\r\nContent-Length: 0\r\n\n`),
      malformed('LF alone everywhere', `HTTP/1.1 200 OK\nX: ${SECRET}\n\n`),
      malformed('CR twice', `HTTP/1.1 200 OK\r\nX: ${SECRET}\r\r\nContent-Length: 0\r\n\r\n`),
    ])
  })

  test('another protocol on that port has a cause of its own', async () => {
    for (const [answered, cause] of [
      ['SSH-2.0-OpenSSH_9.2\r\n', 'http-protocol-mismatch'],
      ['HTTP/2.0 200 OK\r\n\r\n', 'http-protocol-mismatch'],
      ['\x15\x03\x01\x00\x02\x02\x46', 'plaintext-to-tls-port'],
    ] as const) {
      const { answer, rig } = await answeredWith(answered)
      expect(answer?.status).toBe(502)
      expect(answer?.fields.get('proxy-status')).toContain(`details="${cause}"`)
      rig.close()
    }
  })

  test('the client learns in HTTP/1.1 what an HTTP/1.0 origin said, and the origin is not asked on that connection again', async () => {
    const rig = await startRig({}, () => head('HTTP/1.0 200 OK', 'Content-Length: 0'))
    for (let i = 0; i < 2; i++) expect((await rig.ask(get()))?.version).toBe('HTTP/1.1')
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 2])
  })

  test('an HTTP/1.0 origin that keeps connections alive says so, and is asked again', async () => {
    const rig = await startRig({}, () => head('HTTP/1.0 200 OK', 'Connection: keep-alive', 'Content-Length: 0'))
    for (let i = 0; i < 2; i++) expect((await rig.ask(get()))?.status).toBe(200)
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 1])
  })
})
