import { describe, expect, test } from 'vitest'
import { fieldsOf, RequestHead } from '../../src/http/message.ts'
import { INCOMPLETE, REFUSED } from '../../src/wire/h1/field-scanner.ts'
import { RequestHeadParser } from '../../src/wire/h1/request-head.ts'
import { writeRequestHead } from '../../src/wire/h1/write-head.ts'

const LIMITS = { requestLineBytesMax: 8_192, headBytesMax: 32_768, fieldsMax: 100 }

function parse(
  text: string,
  head = new RequestHead(),
  parser = new RequestHeadParser(LIMITS),
): { next: number; head: RequestHead; cause: string } {
  const bytes = Buffer.from(text, 'latin1')
  const next = parser.parse(bytes, 0, bytes.length, head)
  return { next, head, cause: next === REFUSED ? `${parser.failure?.cause}` : '' }
}

const FULL = [
  'POST http://h.example:81/p/q?r=s HTTP/1.1',
  'Host: other',
  'User-Agent: ua',
  'Referer: re',
  'Accept: a',
  'Accept: b',
  'Accept-Language: de',
  'Accept-Language: fr',
  'Content-Type: text/plain',
  'traceparent: 00-x',
  'Via: 1.0 a',
  'Via: 1.1 b',
  'X-Request-Id: id',
  'X-Forwarded-For: 1.1.1.1',
  'X-Forwarded-For: 2.2.2.2',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: fh',
  'Forwarded: for=a',
  'Forwarded: for=b',
  'TE: trailers',
  'Expect: 100-continue',
  'Content-Length: 5',
  'Connection: keep-alive, x-own',
  'X-Own: 1',
  '',
  '',
].join('\r\n')

describe('RequestHeadParser', () => {
  test('fills in what the gateway reads and leaves the rest as text', () => {
    const { next, head } = parse(`${FULL}hello`)
    expect(next).toBe(FULL.length)
    expect({ ...head, fieldText: fieldsOf(head.fieldText).length }).toMatchObject({
      method: 'POST',
      target: '/p/q?r=s',
      path: '/p/q',
      host: 'h.example:81',
      minor: 1,
      length: 5,
      isChunked: false,
      isKeepAlive: true,
      isExpectingContinue: true,
      isAcceptingTrailers: true,
      upgrade: '',
      forwardedFor: '1.1.1.1, 2.2.2.2',
      forwardedProto: 'https',
      forwardedHost: 'fh',
      forwarded: 'for=a, for=b',
      requestId: 'id',
      via: '1.0 a, 1.1 b',
      userAgent: 'ua',
      referer: 're',
      accept: 'a, b',
      acceptLanguage: 'de, fr',
      traceparent: '00-x',
      contentType: 'text/plain',
    })
    expect(fieldsOf(head.fieldText).filter((_, index) => index % 2 === 0)).toEqual([
      'User-Agent',
      'Referer',
      'Accept',
      'Accept',
      'Accept-Language',
      'Accept-Language',
      'Content-Type',
      'traceparent',
      'Via',
      'Via',
    ])
  })

  test('a head takes nothing over from the one that was in the same object', () => {
    const head = new RequestHead()
    parse(FULL, head)
    parse('GET / HTTP/1.0\r\n\r\n', head)
    const fresh = parse('GET / HTTP/1.0\r\n\r\n').head
    expect({ ...head }).toEqual({ ...fresh })
  })

  test('nor does a refused one', () => {
    for (const refused of ['GET / HTTP/1.1\r\nX : y\r\n\r\n', 'GET / HTTP/9.9\r\n', '\0']) {
      const head = new RequestHead()
      parse(FULL, head)
      expect(parse(refused, head).next).toBe(REFUSED)
      expect({ ...head, method: '' }).toEqual({ ...new RequestHead() })
      expect(head.method).toBe(refused.startsWith('GET') ? 'GET' : '')
    }
  })

  test('more is wanted at every cut of a head', () => {
    for (let length = 1; length < FULL.length; length++) expect(parse(FULL.slice(0, length)).next, `${length}`).toBe(INCOMPLETE)
  })

  test('X-Real-IP and X-Forwarded-Port pass from a trusted peer only', () => {
    const text = 'GET / HTTP/1.1\r\nHost: a\r\nX-Real-IP: 1.1.1.1\r\nX-Forwarded-Port: 1\r\n\r\n'
    expect(parse(text).head.fieldText).toBe('')
    const parser = new RequestHeadParser(LIMITS)
    parser.isPeerTrusted = true
    expect(parse(text, new RequestHead(), parser).head.fieldText).toBe('X-Real-IP: 1.1.1.1\r\nX-Forwarded-Port: 1\r\n')
  })

  test('lines in canonical form are taken over as they are, others are rewritten, taken ones leave no gap', () => {
    const { head } = parse('GET / HTTP/1.1\r\nA: b\r\nHost: h\r\nC:d\r\nE: f \r\nG: h\r\nI: j\r\nKeep-Alive: x\r\nK:\r\nL: \r\n\r\n')
    expect(head.fieldText).toBe('A: b\r\nC: d\r\nE: f\r\nG: h\r\nI: j\r\nK: \r\nL: \r\n')
  })

  test('a head that begins later in the bytes is read from there', () => {
    const bytes = Buffer.from('junkGET /x HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\nrest')
    const head = new RequestHead()
    const parser = new RequestHeadParser(LIMITS)
    expect(parser.parse(bytes, 4, bytes.length, head)).toBe(bytes.length - 4)
    expect([head.method, head.target, head.host, head.fieldText]).toEqual(['GET', '/x', 'a', 'B: c\r\n'])
  })

  test.for([
    ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', 'websocket'],
    ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a\r\nUpgrade: b/1\r\n\r\n', 'a, b/1'],
    ['GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n', ''],
    ['GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', ''],
    ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', ''],
    ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, H2C\r\n\r\n', ''],
    ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\n', ''],
    ['GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n', 'websocket'],
  ])('of %j the upgrade "%s" is kept', ([text, upgrade]) => {
    expect(parse(text as string).head.upgrade).toBe(upgrade)
  })

  test('a second pass over what was written gives the same head', () => {
    const first = parse(FULL).head
    const written = writeRequestHead(first, ` HTTP/1.1\r\nHost: ${first.host}\r\n`, 'Via: 1.1 own\r\n\r\n')
    const second = parse(written).head
    const essence = ({
      method,
      target,
      host,
      length,
      isChunked,
      isExpectingContinue,
      isAcceptingTrailers,
      fieldText,
    }: RequestHead): object => ({
      ...{ method, target, host, length, isChunked, isExpectingContinue, isAcceptingTrailers, fieldText },
    })
    expect(essence(second)).toEqual({ ...essence(first), fieldText: `${first.fieldText}Via: 1.1 own\r\n` })
  })
})
