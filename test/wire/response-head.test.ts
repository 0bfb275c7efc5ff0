import { describe, expect, test } from 'vitest'
import { ResponseHead } from '../../src/http/message.ts'
import { INCOMPLETE, REFUSED } from '../../src/wire/h1/field-scanner.ts'
import { ResponseHeadParser } from '../../src/wire/h1/response-head.ts'
import { lengthText, writeResponseHead } from '../../src/wire/h1/write-head.ts'

function parse(text: string, head = new ResponseHead()): { next: number; head: ResponseHead; rule: string } {
  const bytes = Buffer.from(text, 'latin1')
  const parser = new ResponseHeadParser()
  const next = parser.parse(bytes, 0, bytes.length, head)
  return { next, head, rule: next === REFUSED ? parser.fault.rule : '' }
}

const FULL = [
  'HTTP/1.1 503 Try Later',
  'Date: d',
  'Server: s',
  'Content-Type: c',
  'Retry-After: 9',
  'Content-Length: 5',
  'Connection: keep-alive, x-own',
  'Keep-Alive: timeout=7, max=100',
  'Upgrade: h2c',
  'TE: x',
  'X-Request-Id: theirs',
  'X-Own: 1',
  'Set-Cookie: a',
  '',
  '',
].join('\r\n')

describe('ResponseHeadParser', () => {
  test('fills in what the gateway reads and leaves the rest as text', () => {
    const { next, head } = parse(`${FULL}hello`)
    expect(next).toBe(FULL.length)
    expect({ ...head }).toEqual({
      status: 503,
      statusText: '503 Try Later\r\n',
      minor: 1,
      fieldText: 'Date: d\r\nServer: s\r\nContent-Type: c\r\nRetry-After: 9\r\nContent-Length: 5\r\nSet-Cookie: a\r\n',
      length: 5,
      isLengthPassed: true,
      isChunked: false,
      isKeepAlive: true,
      keepAliveMs: 7_000,
      upgrade: '',
      hasDate: true,
      contentType: 'c',
      server: 's',
      retryAfter: '9',
    })
  })

  test('a head takes nothing over from the one that was in the same object', () => {
    const head = new ResponseHead()
    parse(FULL, head)
    parse('HTTP/1.0 200\r\n\r\n', head)
    expect({ ...head }).toEqual({ ...parse('HTTP/1.0 200\r\n\r\n').head })
    expect([head.statusText, head.fieldText, head.hasDate]).toEqual(['200 \r\n', '', false])
  })

  test('more is wanted at every cut of a head', () => {
    for (let length = 0; length < FULL.length; length++) expect(parse(FULL.slice(0, length)).next, `${length}`).toBe(INCOMPLETE)
  })

  test.for([
    ['HTTP/1.1 200 OK\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n', true],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n\r\n', false],
  ] as const)('after %j the connection may go on: %s', ([text, isKept]) => expect(parse(text).head.isKeepAlive).toBe(isKept))

  test.for([
    ['timeout=5', 5_000],
    ['max=3, timeout=15', 15_000],
    ['Timeout = "20"', 20_000],
    ['max=100', 0],
    ['xtimeout=5', 0],
    ['timeout=', 0],
  ] as const)('Keep-Alive: %s announces %i ms', ([value, ms]) => {
    expect(parse(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\n\r\n`).head.keepAliveMs).toBe(ms)
  })

  test('only a switch of protocols has an upgrade', () => {
    expect(parse('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n').head.upgrade).toBe('websocket')
    expect(parse('HTTP/1.1 426 No\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n').head.upgrade).toBe('')
  })

  test('what is written of it reads the same', () => {
    const { head } = parse(FULL)
    const text = writeResponseHead(head, lengthText(head), 'Via: 1.1 own\r\n\r\n')
    expect(text).toBe(
      'HTTP/1.1 503 Try Later\r\nDate: d\r\nServer: s\r\nContent-Type: c\r\nRetry-After: 9\r\nContent-Length: 5\r\nSet-Cookie: a\r\nVia: 1.1 own\r\n\r\n',
    )
    expect(parse(text).head.status).toBe(503)
  })
})
