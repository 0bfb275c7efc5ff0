import { describe, expect, test } from 'vitest'
import { refusal, refuses } from './refusal.ts'
import { get, head, type Rig, startRig } from './rig.ts'

const malformed = refusal('request-malformed')
const invalidHost = refusal('request-host-invalid')

describe('Request line (RFC 9112 §3, RFC 9110 §9.1)', () => {
  test.for(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY', 'get', 'X!#$%&*+-.^_`|~', 'M'.repeat(32)])(
    'the method %s goes upstream as it is',
    async (method) => {
      const rig = await startRig()
      const seen = await rig.upstream(head(`${method} / HTTP/1.1`, 'Host: a'))
      expect(seen?.line).toBe(`${method} / HTTP/1.1`)
    },
  )

  describe('methods that are no token', () => {
    refuses([
      malformed('an empty one', head(' / HTTP/1.1', 'Host: a')),
      malformed('with a slash', head('GE/T / HTTP/1.1', 'Host: a')),
      malformed('with a colon', head('GET: / HTTP/1.1', 'Host: a')),
      malformed('with a parenthesis', head('G(T / HTTP/1.1', 'Host: a')),
      malformed('with a quote', head('"GET" / HTTP/1.1', 'Host: a')),
      malformed('with a byte beyond ASCII', head('G\xcbT / HTTP/1.1', 'Host: a')),
      malformed('with a NUL', head('GET\0 / HTTP/1.1', 'Host: a')),
      refusal('request-malformed', 'method-too-long')('longer than any', head(`${'M'.repeat(33)} / HTTP/1.1`, 'Host: a')),
    ])
  })

  describe('exactly one space stands between the three parts', () => {
    refuses([
      malformed('two behind the method', head('GET  / HTTP/1.1', 'Host: a')),
      malformed('two before the version', head('GET /  HTTP/1.1', 'Host: a')),
      malformed('a tab behind the method', head('GET\t/ HTTP/1.1', 'Host: a')),
      malformed('a tab before the version', head('GET /\tHTTP/1.1', 'Host: a')),
      malformed('a vertical tab before the version', head('GET /\vHTTP/1.1', 'Host: a')),
      malformed('a form feed before the version', head('GET /\fHTTP/1.1', 'Host: a')),
      malformed('a space in front', head(' GET / HTTP/1.1', 'Host: a')),
      malformed('no target', head('GET HTTP/1.1', 'Host: a')),
      malformed('an empty target', head('GET  HTTP/1.1', 'Host: a')),
      malformed('four parts', head('GET / /x HTTP/1.1', 'Host: a')),
    ])
  })

  describe('bytes that may not stand in a target', () => {
    refuses(
      ['\0', '\x01', '\x1f', '\x7f', '\x80', '\xff', '#', '\x1b'].map((byte) =>
        malformed(`0x${byte.charCodeAt(0).toString(16)}`, head(`GET /a${byte}b HTTP/1.1`, 'Host: a')),
      ),
    )
  })

  const limits = { requestLineBytesMax: 64 }
  test('a request line within the limit passes', async () => {
    const rig = await startRig({ limits })
    expect((await rig.ask(head(`GET /${'a'.repeat(59)} HTTP/1.1`, 'Host: a')))?.status).toBe(200)
  })

  describe('a longer one is refused with 414', () => {
    const tooLong = refusal('request-line-too-long')
    refuses(
      [
        tooLong('by one byte', head(`GET /${'a'.repeat(60)} HTTP/1.1`, 'Host: a')),
        tooLong('by much', head(`GET /${'a'.repeat(4000)} HTTP/1.1`, 'Host: a')),
        tooLong('in absolute form', head(`GET http://a/${'a'.repeat(60)} HTTP/1.1`, 'Host: a')),
      ],
      () => startRig({ limits }),
    )
  })

  test('the limit is 8 KiB by default, and holds before the line is complete', async () => {
    const rig = await startRig()
    expect((await rig.ask(head(`GET /${'a'.repeat(8_000)} HTTP/1.1`, 'Host: a')))?.status).toBe(200)
    expect((await rig.ask(`GET /${'a'.repeat(8_200)}`))?.status).toBe(414)
    // The pieces of a line are looked at when it is complete, or when they are more than a whole head may be.
    expect((await rig.ask(`GET /${'a'.repeat(33_000)}`, { stepBytes: 4_000 }))?.status).toBe(414)
  })
})

describe('Request target (RFC 9112 §3.2)', () => {
  async function lineOf(rig: Rig, line: string): Promise<string | undefined> {
    return (await rig.upstream(head(line, 'Host: example.com')))?.line
  }

  describe('origin-form (§3.2.1)', () => {
    test.for(['/', '/a/b?c=d&e', '/?', '/a?b?c', '/%00%0d%0a', '/a;b=c', '//double', '/../up', '/."<>\\^`{|}~', "/!$&'()*+,:@[]", '/*'])(
      '%s goes upstream untouched',
      async (target) => {
        expect(await lineOf(await startRig(), `GET ${target} HTTP/1.1`)).toBe(`GET ${target} HTTP/1.1`)
      },
    )
  })

  describe('absolute-form (§3.2.2) is split: the path goes upstream, the authority into Host', () => {
    test.for([
      ['http://other.example/a?b', '/a?b', 'other.example'],
      ['http://other.example', '/', 'other.example'],
      ['http://other.example?b=/c', '/?b=/c', 'other.example'],
      ['http://other.example:8080/', '/', 'other.example:8080'],
      ['HTTP://Other.Example/', '/', 'Other.Example'],
      ['https://other.example/', '/', 'other.example'],
      ['http://[2001:db8::1]:80/a', '/a', '[2001:db8::1]:80'],
    ])('%s', async ([target, path, host]) => {
      const rig = await startRig()
      const seen = await rig.upstream(head(`GET ${target} HTTP/1.1`, 'Host: example.com'))
      expect(seen?.line).toBe(`GET ${path} HTTP/1.1`)
      expect(seen?.fields.filter((line) => line.startsWith('Host'))).toEqual([`Host: ${host}`])
    })

    test('Host is still demanded of HTTP/1.1, valid and once, though it is not used', async () => {
      const rig = await startRig()
      for (const fields of [[], ['Host: a b'], ['Host: a', 'Host: a']]) {
        expect((await rig.ask(head('GET http://a/ HTTP/1.1', ...fields)))?.status).toBe(400)
      }
      expect(rig.seen).toEqual([])
    })

    refuses([
      invalidHost('user and password', head('GET http://user:pass@a/ HTTP/1.1', 'Host: a')),
      invalidHost('a user alone', head('GET http://a@b/ HTTP/1.1', 'Host: a')),
      invalidHost('no host', head('GET http:/// HTTP/1.1', 'Host: a')),
      invalidHost('a port and no host', head('GET http://:80/ HTTP/1.1', 'Host: a')),
      invalidHost('a port that is no number', head('GET http://a:b/ HTTP/1.1', 'Host: a')),
      invalidHost('a backslash behind the host', head('GET http://a\\b/ HTTP/1.1', 'Host: a')),
      malformed('another scheme', head('GET ftp://a/ HTTP/1.1', 'Host: a')),
      malformed('one slash', head('GET http:/a HTTP/1.1', 'Host: a')),
      malformed('a fragment', head('GET http://a/#b HTTP/1.1', 'Host: a')),
      malformed('a path without a slash', head('GET a HTTP/1.1', 'Host: a')),
      malformed('a query alone', head('GET ?a HTTP/1.1', 'Host: a')),
      malformed('a backslash', head('GET \\a HTTP/1.1', 'Host: a')),
    ])
  })

  describe('authority-form (§3.2.3) belongs to CONNECT alone', () => {
    refuses([
      malformed('with GET', head('GET example.com:80 HTTP/1.1', 'Host: example.com')),
      malformed('with OPTIONS', head('OPTIONS example.com HTTP/1.1', 'Host: example.com')),
    ])
  })

  describe('asterisk-form (§3.2.4) belongs to OPTIONS alone', () => {
    test('OPTIONS * goes upstream', async () => {
      expect(await lineOf(await startRig(), 'OPTIONS * HTTP/1.1')).toBe('OPTIONS * HTTP/1.1')
    })

    test('OPTIONS of an absolute form without a path becomes OPTIONS *', async () => {
      expect(await lineOf(await startRig(), 'OPTIONS http://example.com HTTP/1.1')).toBe('OPTIONS * HTTP/1.1')
      expect(await lineOf(await startRig(), 'OPTIONS http://example.com/ HTTP/1.1')).toBe('OPTIONS / HTTP/1.1')
      expect(await lineOf(await startRig(), 'OPTIONS http://example.com?a HTTP/1.1')).toBe('OPTIONS /?a HTTP/1.1')
    })

    const asterisk = refusal('request-malformed', 'asterisk-form')
    refuses([
      asterisk('with GET', head('GET * HTTP/1.1', 'Host: a')),
      asterisk('with POST', head('POST * HTTP/1.1', 'Host: a')),
      malformed('with more behind it', head('OPTIONS *a HTTP/1.1', 'Host: a')),
      malformed('with a query', head('OPTIONS *?a HTTP/1.1', 'Host: a')),
    ])
  })
})

describe('Host (RFC 9112 §3.2, RFC 9110 §7.2)', () => {
  const valid = [
    'example.com',
    'EXAMPLE.com.',
    'a:80',
    'a:',
    '127.0.0.1:8080',
    '[::1]',
    '[2001:db8::1]:443',
    'under_score',
    'xn--jrgen-kva.example',
    'a%41',
    '[::ffff:1.2.3.4]',
  ]
  test.for(valid)('%s is valid and goes upstream as it is', async (host) => {
    const rig = await startRig()
    const seen = await rig.upstream(head('GET / HTTP/1.1', `Host: ${host}`))
    expect(seen?.fields).toEqual([`Host: ${host}`])
  })

  test('HTTP/1.0 may leave it out; the endpoint then gets its own name', async () => {
    const rig = await startRig()
    const seen = await rig.upstream(head('GET / HTTP/1.0'))
    expect(seen?.fields).toEqual([`Host: 127.0.0.1:${rig.origin.port}`])
  })

  test('the endpoint gets its own name where the upstream is told so', async () => {
    const rig = await startRig({ upstream: { isHostKept: false } })
    const seen = await rig.upstream(get())
    expect(seen?.fields).toEqual([`Host: 127.0.0.1:${rig.origin.port}`])
  })

  test('its name may be written in any case, and blanks around its value do not count', async () => {
    const rig = await startRig()
    const seen = await rig.upstream(head('GET / HTTP/1.1', 'hOsT:\t  a \t'))
    expect(seen?.fields).toEqual(['Host: a'])
  })

  describe('none, several, or an invalid one is refused', () => {
    const missing = refusal('request-host-invalid', 'host-missing')
    const twice = refusal('request-host-invalid', 'host-twice')
    const grammar = refusal('request-host-invalid', 'host-grammar')
    const bad = [
      '',
      'a b',
      'a@b',
      'a/b',
      'a?b',
      'a#b',
      'a\\b',
      'a,b:1,c',
      '"a"',
      '<a>',
      'a\xe4',
      ':80',
      'a:b',
      'a:-1',
      'a:+1',
      'a:99999999',
    ]
    const badAddresses = [
      '[::1',
      '::1',
      '[::1]a',
      '[::1]:a',
      '[]',
      '[:]',
      '[g::1]',
      '[::1%25eth0]',
      '[v1.a]',
      'a]',
      '[[::1]]',
      '[1234]',
      '[1.2.3.4]',
    ]
    refuses([
      missing('none', head('GET / HTTP/1.1', 'Accept: */*')),
      missing('one in the name of another field only', head('GET / HTTP/1.1', 'X-Host: a')),
      twice('two that differ', head('GET / HTTP/1.1', 'Host: a', 'Host: b')),
      twice('two alike', head('GET / HTTP/1.1', 'Host: a', 'host: a')),
      grammar('two in HTTP/1.0, and the first is bad', head('GET / HTTP/1.0', 'Host: a b', 'Host: b')),
      twice('two in HTTP/1.0', head('GET / HTTP/1.0', 'Host: a', 'Host: b')),
      ...[...bad, ...badAddresses].map((host) => grammar(`"${host}"`, head('GET / HTTP/1.1', `Host: ${host}`))),
    ])
  })
})
