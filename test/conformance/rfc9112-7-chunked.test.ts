import { describe, expect, test } from 'vitest'
import { answeredWith } from './malformation.ts'
import { feed, get, head, post, startRig } from './rig.ts'

const CHUNKED = 'Transfer-Encoding: chunked'
const ANSWER = head('HTTP/1.1 200 OK', CHUNKED)

/** Bodies by the content that they hold. */
const VALID: readonly [name: string, body: string, content: string][] = [
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['a chunk a byte', '1\r\nh\r\n1\r\ni\r\n0\r\n\r\n', 'hi'],
  ['hex in either case', 'a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n', '0123456789abcdefghij'],
  ['leading zeros', '00000005\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['a last chunk of many zeros', '5\r\nhello\r\n000\r\n\r\n', 'hello'],
  ['an extension', '5;a\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['an extension with a value', '5;a=b\r\nhello\r\n0;c=d\r\n\r\n', 'hello'],
  ['a quoted value', '5;a="b;c d"\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['several extensions', '5;a=b;c;d="e"\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['blanks before an extension', '5 \t;a\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['blanks all over an extension', '5\t; a = b ; c\t=\t"d" ;e\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['an escaped quote in a quoted value', '5;a="b\\"c\\\\"\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['line ends as content', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n'],
  ['what looks like the end as content', '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n', '\r\n0\r\n\r\n'],
  ['what looks like a request as content', `${get().length.toString(16)}\r\n${get()}\r\n0\r\n\r\n`, get()],
]

/** Bodies that are broken, by what evidence calls the rule. */
const BROKEN: readonly [name: string, body: string, rule: string][] = [
  ['no size', '\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['hex with its prefix', '0x5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a sign', '+5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a negative size', '-5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a blank in front', ' 5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a blank behind', '5 \r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a tab behind', '5\t\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a blank and no semicolon', '5 a\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['no digit', 'g\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['an underscore', '1_0\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a decimal point', '5.0\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a comma', '5,a\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['an extension and no size', ';a\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['LF alone behind the size', '5\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['CR alone behind the size', '5\rhello\r\n0\r\n\r\n', 'chunk-line-end'],
  ['CR twice behind the size', '5\r\r\nhello\r\n0\r\n\r\n', 'chunk-line-end'],
  ['LF alone behind an extension', '5;a\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['LF in a quoted value', '5;a="\n"\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['CR in a quoted value', '5;a="\rb"\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['CR alone in an extension', '5;a\rb\r\nhello\r\n0\r\n\r\n', 'chunk-line-end'],
  ['an extension without a name', '5;\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['an extension without a name before another', '5;;a\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a value without a name', '5;=a\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['an extension without its value', '5;a=\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a value that is no token', '5;a=b/c\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['two values', '5;a=b=c\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a blank behind an extension', '5;a \r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a quoted value without its end', '5;a="b\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['something behind a quoted value', '5;a="b"c\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['NUL in an extension', '5;a\0\r\nhello\r\n0\r\n\r\n', 'chunk-extension'],
  ['a NUL behind the size', '5\0\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['more digits than can be counted', '10000000000000005\r\nhello\r\n0\r\n\r\n', 'chunk-size-overflow'],
  ['all ones', 'ffffffffffffffff\r\nhello\r\n0\r\n\r\n', 'chunk-size-overflow'],
  ['an extension of more than 4 KiB', `5;${'a'.repeat(5_000)}\r\nhello\r\n0\r\n\r\n`, 'chunk-extension-size'],
  ['content longer than its size', '4\r\nhello\r\n0\r\n\r\n', 'chunk-end'],
  ['content shorter than its size', '6\r\nhello\r\n0\r\n\r\n', 'chunk-end'],
  ['LF alone behind the content', '5\r\nhello\n0\r\n\r\n', 'chunk-end'],
  ['CR alone behind the content', '5\r\nhello\r0\r\n\r\n', 'chunk-end'],
  ['nothing behind the content', '5\r\nhello0\r\n\r\n', 'chunk-end'],
  ['LF alone behind the last chunk', '0\n\r\n', 'chunk-size'],
  ['LF alone as the last line', '0\r\n\n', 'trailer'],
  ['CR alone as the last line', '0\r\n\rX: y\r\n\r\n', 'trailer'],
  ['a trailer with a space before its colon', '0\r\nX : y\r\n\r\n', 'trailer'],
  ['a folded trailer', '0\r\nX: y\r\n z\r\n\r\n', 'trailer'],
  ['a trailer that ends with LF alone', '0\r\nX: y\n\r\n', 'trailer'],
  ['a trailer with a NUL', '0\r\nX: \0\r\n\r\n', 'trailer'],
  ['a request where trailers should be', `0\r\n${get()}`, 'trailer'],
  ['trailers of more than 8 KiB', `0\r\nX: ${'y'.repeat(9_000)}\r\n\r\n`, 'trailer-size'],
  ['a trailer that declares a length', '0\r\nContent-Length: 5\r\n\r\n', 'trailer-framing'],
  ['a trailer that declares a coding', '0\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n', 'trailer-framing'],
  ['a trailer that declares one in disguise', '0\r\nContent_Length: 5\r\n\r\n', 'trailer-framing'],
  ['more than 64 trailers', `0\r\n${'X: y\r\n'.repeat(65)}\r\n`, 'trailer'],
]

describe('Chunked request bodies (RFC 9112 §7.1)', () => {
  test.for(VALID)('%s', async ([, body, content]) => {
    const rig = await startRig()
    for (const stepBytes of [1_000, 1, 3]) {
      const seen = await rig.upstream(post([CHUNKED], body), stepBytes)
      expect(seen?.fields).toEqual(['Host: example.com', CHUNKED])
      expect(seen?.body).toBe(content)
    }
  })

  test('the next request on the connection begins right behind the body', async () => {
    const rig = await startRig()
    for (const stepBytes of [1_000, 1]) {
      const client = await rig.client()
      await feed(client, VALID.map(([, body]) => post([CHUNKED], body)).join(''), stepBytes)
      for (const _ of VALID) expect((await client.answer('POST'))?.status).toBe(200)
    }
    expect(rig.seen.map((one) => one.body)).toEqual([...VALID, ...VALID].map(([, , content]) => content))
  })

  test.for(BROKEN)('%s is refused, and never a whole request upstream', async ([, body, rule]) => {
    const rig = await startRig()
    for (const stepBytes of [20_000, body.length > 1_000 ? 61 : 1]) {
      const client = await rig.client()
      // The request behind it shows where a server that read on would begin.
      await feed(client, `${post([CHUNKED], body)}${get()}`, stepBytes)
      const answer = await client.answer('POST')
      expect(answer?.status).toBe(400)
      expect(answer?.fields.get('proxy-status')).toBe('gatewell; error=http_request_error; details="request-framing"')
      expect(answer?.fields.get('connection')).toBe('close')
      expect((await client.end()).latin1Slice()).toBe('')
      client.close()
    }
    expect(rig.gateway.finished.map((one) => one.evidence.rule)).toEqual([rule, rule])
    expect(rig.seen).toEqual([])
    for (const connection of rig.origin.connections) while (!connection.isEnded) await connection.more()
  })
})

describe('Chunked answer bodies (RFC 9112 §7.1)', () => {
  test.for(VALID)('%s', async ([, body, content]) => {
    for (const stepBytes of [1_000, 1, 3]) {
      const { answer, rig } = await answeredWith(ANSWER + body, stepBytes)
      expect(answer?.body.latin1Slice()).toBe(content)
      rig.close()
    }
  })

  test('the connection to the origin is good for more behind each of them', async () => {
    let asked = 0
    const rig = await startRig({}, () => ANSWER + VALID[asked++]?.[1])
    for (const [, , content] of VALID) expect((await rig.ask(get()))?.body.latin1Slice()).toBe(content)
    expect(new Set(rig.seen.map((one) => one.connection))).toEqual(new Set([1]))
  })

  test.for(BROKEN)('%s breaks the answer off, so that nobody takes it for whole', async ([, body, rule]) => {
    for (const stepBytes of [20_000, body.length > 1_000 ? 61 : 1]) {
      const rig = await startRig({ retry: { attempts: 1 } }, undefined, async (connection) => {
        if ((await connection.head()) !== null) await feed(connection, ANSWER + body, stepBytes)
      })
      const client = await rig.client()
      client.send(get('Connection: close'))
      const received = (await client.end()).latin1Slice()
      // An answer that says so, none at all, or one without its last chunk; and nothing of what came behind the fault.
      if (!received.startsWith('HTTP/1.1 502')) expect(received).not.toMatch(/\r\n0+\r\n(?:[^\r\n]+\r\n)*\r\n$/)
      expect(rig.gateway.finished).toMatchObject([{ cause: 'malformed-response', attempts: 1, evidence: { rule } }])
      const [connection] = rig.origin.connections
      while (connection !== undefined && !connection.isEnded) await connection.more()
      rig.close()
    }
  })
})

describe('Trailers (RFC 9112 §7.1.2, RFC 9110 §6.5)', () => {
  const good = ['X-Checksum: abc', 'Server-Timing: db;dur=5', 'x-empty: ', 'X-Twice: 1', 'X-Twice: 2']
  const section = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('')

  test('those of a request go upstream', async () => {
    const rig = await startRig()
    for (const stepBytes of [1_000, 1]) {
      const seen = await rig.upstream(post([CHUNKED, 'Trailer: X-Checksum'], `2\r\nhi\r\n0\r\n${section(good)}\r\n`), stepBytes)
      expect(seen?.fields).toContain('Trailer: X-Checksum')
      expect(seen?.trailers).toBe(section(good))
    }
  })

  test('those of an answer are relayed', async () => {
    for (const stepBytes of [1_000, 1]) {
      const { answer, rig } = await answeredWith(`${ANSWER}2\r\nhi\r\n0\r\n${section(good)}\r\n`, stepBytes)
      expect(answer?.trailers).toBe(section(good))
      rig.close()
    }
  })

  test('they are written in canonical form', async () => {
    const { answer } = await answeredWith(`${ANSWER}0\r\nX:y\r\nZ: \t z \r\n\r\n`)
    expect(answer?.trailers).toBe('X: y\r\nZ: z\r\n')
  })

  const forbidden = [
    'Host: evil.example',
    'Connection: close',
    'Upgrade: h2c',
    'TE: trailers',
    'Trailer: X',
    'Authorization: Basic YTpi',
    'Cookie: a=b',
    'Set-Cookie: a=b',
    'Content-Type: text/html',
    'Content-Encoding: gzip',
    'X-Forwarded-For: 1.2.3.4',
    'X_Forwarded_For: 1.2.3.4',
    'Forwarded: for=1.2.3.4',
    'X-Real-IP: 1.2.3.4',
    'Via: 1.1 x',
    'Cache-Control: public',
    'Expect: 100-continue',
    'Proxy: http://evil.example',
  ]
  test('fields that route, authenticate or describe the body are dropped from them', async () => {
    const rig = await startRig()
    const seen = await rig.upstream(post([CHUNKED], `0\r\n${section([...forbidden, 'X: kept'])}\r\n`))
    expect(seen?.trailers).toBe('X: kept\r\n')
    const { answer } = await answeredWith(`${ANSWER}0\r\n${section([...forbidden, 'X: kept'])}\r\n`)
    expect(answer?.trailers).toBe('X: kept\r\n')
  })
})
