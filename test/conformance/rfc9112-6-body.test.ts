import { describe, expect, test } from 'vitest'
import { answeredWith, malformation, rejects, SECRET } from './malformation.ts'
import { refusal, refuses } from './refusal.ts'
import { get, head, post, startRig } from './rig.ts'

const framing = refusal('request-framing')
const unknownCoding = refusal('request-coding-unknown')
const CHUNKED = 'Transfer-Encoding: chunked'

describe('Length of a request body (RFC 9112 §6, RFC 9110 §8.6)', () => {
  test.for([
    ['a declared length', post(['Content-Length: 5'], 'hello'), ['Content-Length: 5'], 'hello'],
    ['a length of nothing', post(['Content-Length: 0']), ['Content-Length: 0'], ''],
    ['leading zeros, which are digits', post(['Content-Length: 0005'], 'hello'), ['Content-Length: 5'], 'hello'],
    ['no length at all, which is no body', post([]), [], ''],
    ['chunks', post([CHUNKED], '3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'), [CHUNKED], 'hello'],
    ['chunks, the coding in any case', post(['transfer-ENCODING: \tChUnKeD '], '5\r\nhello\r\n0\r\n\r\n'), [CHUNKED], 'hello'],
    ['no chunk but the last', post([CHUNKED], '0\r\n\r\n'), [CHUNKED], ''],
    ['a body of GET', `${head('GET / HTTP/1.1', 'Host: example.com', 'Content-Length: 2')}hi`, ['Content-Length: 2'], 'hi'],
  ] as const)('%s', async ([, sent, framed, body]) => {
    const rig = await startRig()
    for (const stepBytes of [1_000, 1, 7]) {
      const seen = await rig.upstream(sent, stepBytes)
      expect(seen?.fields).toEqual(['Host: example.com', ...framed])
      expect(seen?.body).toBe(body)
    }
  })

  test('a body of all bytes there are comes through unchanged', async () => {
    const rig = await startRig()
    const bytes = Buffer.from(Array.from({ length: 1_024 }, (_, index) => index & 0xff)).latin1Slice()
    expect((await rig.upstream(post(['Content-Length: 1024'], bytes)))?.body).toBe(bytes)
    expect((await rig.upstream(post([CHUNKED], `400\r\n${bytes}\r\n0\r\n\r\n`)))?.body).toBe(bytes)
  })

  test('what looks like a request within a body is body', async () => {
    const rig = await startRig()
    const body = get('X: smuggled')
    expect((await rig.upstream(post([`Content-Length: ${body.length}`], body)))?.body).toBe(body)
    expect((await rig.upstream(post([CHUNKED], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`)))?.body).toBe(body)
    expect(rig.seen.length).toBe(2)
  })

  describe('a Content-Length that is no plain number of bytes', () => {
    const value = refusal('request-framing', 'content-length-value')
    const bad = ['', '+5', '-5', '-0', '5 5', '5,5', '5, 5', '5,6', '0x5', '5x', '5.0', '5e0', ' 5;', '"5"', '\xb2', 'five', 'NaN']
    const huge = ['9007199254740992', '99999999999999999', '18446744073709551621', '4294967296000000000000005', `${'0'.repeat(16)}5`]
    refuses([...bad, ...huge].map((length) => value(`"${length}"`, post([`Content-Length: ${length}`], 'hello'))))
  })

  describe('a Content-Length more than once', () => {
    const twice = refusal('request-framing', 'content-length-twice')
    refuses([
      twice('differing', post(['Content-Length: 5', 'Content-Length: 6'], 'hello!')),
      twice('alike', post(['Content-Length: 5', 'Content-Length: 5'], 'hello')),
      twice('in two cases', post(['Content-Length: 5', 'CONTENT-LENGTH: 5'], 'hello')),
    ])
  })
})

describe('Transfer-Encoding of a request (RFC 9112 §6.1)', () => {
  describe('together with Content-Length', () => {
    const both = refusal('request-framing', 'content-length-and-transfer-encoding')
    refuses([
      both('CL.TE', post(['Content-Length: 5', CHUNKED], '0\r\n\r\n')),
      both('TE.CL', post([CHUNKED, 'Content-Length: 5'], '0\r\n\r\n')),
      both('with a length of nothing', post([CHUNKED, 'Content-Length: 0'], '0\r\n\r\n')),
      both('in lower case', post(['content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n')),
      both('nominated by Connection', post(['Connection: content-length', CHUNKED, 'Content-Length: 5'], '0\r\n\r\n')),
    ])
  })

  describe('chunked twice', () => {
    const twice = refusal('request-framing', 'chunked-twice')
    refuses([
      twice('in one line', post(['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n')),
      twice('in two lines', post([CHUNKED, CHUNKED], '0\r\n\r\n')),
      twice('in two lines, hidden by case', post([CHUNKED, 'TRANSFER-ENCODING: CHUNKED'], '0\r\n\r\n')),
    ])
  })

  describe('an empty coding', () => {
    const empty = refusal('request-framing', 'transfer-encoding-empty')
    refuses(
      ['', ',', 'chunked,', ',chunked', 'chunked,,chunked', ' , '].map((value) =>
        empty(`"${value}"`, post([`Transfer-Encoding: ${value}`], '0\r\n\r\n')),
      ),
    )
  })

  describe('an unknown coding is refused with 501', () => {
    const codings = ['gzip', 'identity', 'xchunked', 'chunkedx', 'chunk', 'cow', '"chunked"', 'chunked;q=1', 'chunked chunked', 'x']
    const mixed = ['gzip, chunked', 'chunked, gzip', 'chunked, identity', 'identity, chunked', 'identity,,chunked', '\xa0chunked']
    const disguised = ['chunked\x85', '\xffchunked', "'chunked'", 'chunked; ', 'ch\xfcnked']
    refuses([...codings, ...mixed, ...disguised].map((value) => unknownCoding(`"${value}"`, post([`Transfer-Encoding: ${value}`]))))
    refuses([
      unknownCoding('in a second line', post(['Transfer-Encoding: gzip', CHUNKED])),
      unknownCoding('with a Content-Length', post(['Transfer-Encoding: gzip', 'Content-Length: 5'], 'hello')),
    ])
  })

  describe('disguises of the field', () => {
    const malformed = refusal('request-malformed')
    refuses([
      malformed('a space before the colon', post(['Transfer-Encoding : chunked'], '0\r\n\r\n')),
      malformed('a tab before the colon', post(['Transfer-Encoding\t: chunked'], '0\r\n\r\n')),
      malformed('a vertical tab before the value', post(['Transfer-Encoding:\x0bchunked'], '0\r\n\r\n')),
      malformed('a folded value', post(['Transfer-Encoding:\r\n chunked'], '0\r\n\r\n')),
      malformed('a folded name', post(['Content-Length: 5', ' Transfer-Encoding: chunked'], '0\r\n\r\n')),
      malformed('a NUL in the value', post(['Transfer-Encoding: chunked\0'], '0\r\n\r\n')),
      malformed('a CR within the value', post(['Transfer-Encoding: chu\rnked'], '0\r\n\r\n')),
      malformed('a LF before the field', post(['X: y\nTransfer-Encoding: chunked'], '0\r\n\r\n')),
      malformed('a CR before the field', post(['X: y\rTransfer-Encoding: chunked'], '0\r\n\r\n')),
    ])

    test('a field that only looks alike goes upstream as what it is, and frames nothing', async () => {
      const rig = await startRig()
      for (const field of ['Transfer-Encodings: chunked', 'X-Transfer-Encoding: chunked', 'Content-Lengths: 5']) {
        const seen = await rig.upstream(post([field]))
        expect(seen?.fields).toEqual(['Host: example.com', field])
        expect(seen?.body).toBe('')
      }
    })

    test('an underscore is no hyphen: programs that take it for one never see such a field', async () => {
      const rig = await startRig()
      const seen = await rig.upstream(
        post(['Content_Length: 5', 'Transfer_Encoding: chunked', 'X_Forwarded_For: 1.2.3.4', 'X_Real_IP: 1.2.3.4', 'Own_Field: kept']),
      )
      expect(seen?.fields).toEqual(['Host: example.com', 'Own_Field: kept'])
    })
  })

  const inOld = refusal('request-framing', 'transfer-encoding-in-1.0')
  describe('in HTTP/1.0, which does not know it', () => {
    refuses([
      inOld('alone', `${head('POST / HTTP/1.0', 'Host: a', CHUNKED)}0\r\n\r\n`),
      inOld('with keep-alive', `${head('POST / HTTP/1.0', 'Host: a', 'Connection: keep-alive', CHUNKED)}0\r\n\r\n`),
      framing('with a length', `${head('POST / HTTP/1.0', 'Host: a', 'Content-Length: 3', CHUNKED)}0\r\n\r\n`),
    ])
  })
})

describe('Length of an answer body (RFC 9112 §6.3)', () => {
  test.for([
    ['a declared length', `${head('HTTP/1.1 200 OK', 'Content-Length: 5')}hello`, 'hello', 'content-length', '5'],
    ['leading zeros', `${head('HTTP/1.1 200 OK', 'Content-Length: 005')}hello`, 'hello', 'content-length', '5'],
    ['a length of nothing', head('HTTP/1.1 200 OK', 'Content-Length: 0'), '', 'content-length', '0'],
    ['chunks', `${head('HTTP/1.1 200 OK', CHUNKED)}3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`, 'hello', 'transfer-encoding', 'chunked'],
    ['HTTP/1.0 with a length', `${head('HTTP/1.0 200 OK', 'Content-Length: 5')}hello`, 'hello', 'content-length', '5'],
  ] as const)('%s', async ([, answered, body, name, value]) => {
    for (const stepBytes of [1_000, 1, 7]) {
      const { answer, rig } = await answeredWith(answered, stepBytes)
      expect(answer?.body.latin1Slice()).toBe(body)
      expect(answer?.fields.get(name)).toBe(value)
      rig.close()
    }
  })

  test.for(['HTTP/1.1', 'HTTP/1.0'])('an answer in %s without a length lasts until the origin closes', async (version) => {
    for (const stepBytes of [1_000, 1]) {
      const { answer, client, rig } = await answeredWith(`${head(`${version} 200 OK`)}hello`, stepBytes, get(), true)
      expect(answer?.fields.get('transfer-encoding')).toBe('chunked')
      expect(answer?.body.latin1Slice()).toBe('hello')
      client.send(get())
      await rig.gateway.finishedCount(1)
      expect(client.isEnded).toBe(false)
      rig.close()
    }
  })

  test('an HTTP/1.0 client gets it as it is, and the end of the connection as its end', async () => {
    const request = head('GET / HTTP/1.0', 'Host: a', 'Connection: keep-alive')
    for (const answered of [`${head('HTTP/1.1 200 OK')}hello`, `${head('HTTP/1.1 200 OK', CHUNKED)}5\r\nhello\r\n0\r\nT: u\r\n\r\n`]) {
      const { answer, rig } = await answeredWith(answered, 1, request, true)
      expect(answer?.fields.has('transfer-encoding')).toBe(false)
      expect(answer?.fields.get('connection')).toBe('close')
      expect(answer?.body.latin1Slice()).toBe('hello')
      rig.close()
    }
  })

  describe('an answer whose length is ambiguous is never relayed', () => {
    const malformed = malformation('malformed-response')
    const row = (name: string, ...fields: string[]) => malformed(name, head('HTTP/1.1 200 OK', ...fields) + SECRET)
    rejects([
      row('both lengths', 'Content-Length: 14', CHUNKED),
      row('both lengths, the other way round', CHUNKED, 'Content-Length: 14'),
      row('two that differ', 'Content-Length: 14', 'Content-Length: 15'),
      row('two alike', 'Content-Length: 14', 'Content-Length: 14'),
      row('a list', 'Content-Length: 14, 14'),
      row('a sign', 'Content-Length: +14'),
      row('a negative one', 'Content-Length: -1'),
      row('none where one is named', 'Content-Length:'),
      row('hex', 'Content-Length: 0xe'),
      row('words behind it', 'Content-Length: 14 bytes'),
      row('more than can be counted', 'Content-Length: 18446744073709551630'),
      row('another coding', 'Transfer-Encoding: gzip'),
      row('another coding before chunked', 'Transfer-Encoding: gzip, chunked'),
      row('identity', 'Transfer-Encoding: identity'),
      row('chunked twice', 'Transfer-Encoding: chunked, chunked'),
      row('chunked in two lines', CHUNKED, CHUNKED),
      row('NBSP before chunked', 'Transfer-Encoding: \xa0chunked'),
      row('an empty coding', 'Transfer-Encoding: '),
      malformed('Transfer-Encoding in HTTP/1.0', `${head('HTTP/1.0 200 OK', CHUNKED)}e\r\n${SECRET}\r\n0\r\n\r\n`),
    ])
  })

  test('what follows a whole answer belongs to nothing and costs the connection', async () => {
    const rig = await startRig({}, () => `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok${head('HTTP/1.1 200 OK', `X: ${SECRET}`)}`)
    for (let i = 0; i < 3; i++) expect((await rig.ask(get()))?.body.latin1Slice()).toBe('ok')
    expect(rig.seen.map((one) => one.connection)).toEqual([1, 2, 3])
  })
})
