/** FastCGI records, written and read, whole and in pieces. What a real php-fpm makes of them is in test/doctor/php-fpm.test.ts. */
import { describe, expect, test } from 'vitest'
import { ResponseHead } from '../../src/http/message.ts'
import { findHeadEnd, httpHeadOf } from '../../src/wire/fastcgi/cgi-head.ts'
import { RecordType, writeHeader } from '../../src/wire/fastcgi/record.ts'
import { RecordReader, type RecordTaker } from '../../src/wire/fastcgi/record-reader.ts'
import { stdinHeader, writeRequestStart } from '../../src/wire/fastcgi/write-request.ts'
import { INCOMPLETE } from '../../src/wire/h1/field-scanner.ts'
import { ResponseHeadParser } from '../../src/wire/h1/response-head.ts'

class Taken implements RecordTaker {
  output = ''
  errors = ''
  end: readonly [number, string] | null = null

  onOutput(bytes: Buffer): void {
    this.output += bytes.latin1Slice()
  }

  onErrorOutput(bytes: Buffer): void {
    this.errors += bytes.latin1Slice()
  }

  onRequestEnd(appStatus: number, protocolStatus: string): void {
    this.end = [appStatus, protocolStatus]
  }
}

function record(type: number, content: string | Buffer, { id = 1, padding = 0 } = {}): Buffer {
  const body = Buffer.from(content as string, 'latin1')
  const bytes = Buffer.alloc(8 + body.length + padding)
  writeHeader(bytes, 0, type, id, body.length)
  bytes[6] = padding
  body.copy(bytes, 8)
  return bytes
}

const END = Buffer.of(0, 0, 0, 3, 0, 0, 0, 0)
const ANSWER = Buffer.concat([
  record(RecordType.stdout, 'Status: 404 Not Found\r\n\r\nab', { padding: 7 }),
  record(RecordType.stderr, 'Primary script unknown'),
  record(RecordType.stdout, 'cd'),
  record(RecordType.stdout, ''),
  record(RecordType.endRequest, END, { padding: 3 }),
])

function read(pieces: readonly Buffer[]): { reader: RecordReader; taken: Taken; consumed: number } {
  const reader = new RecordReader(1)
  const taken = new Taken()
  let consumed = 0
  for (const piece of pieces) consumed += reader.read(piece, 0, piece.length, taken)
  return { reader, taken, consumed }
}

describe('a request', () => {
  test('is written as the specification has it', () => {
    const bytes = writeRequestStart(['A', 'xy', 'LONG', 'v'.repeat(200)], { requestId: 258, isKept: true })
    const begin = [1, 1, 1, 2, 0, 8, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    const pairs = [1, 2, 0x41, 0x78, 0x79, 4, 0x80, 0, 0, 200, ...Buffer.from('LONG'), ...Buffer.alloc(200, 'v')]
    const end = [1, 4, 1, 2, 0, 0, 0, 0]
    expect([...bytes]).toEqual([...begin, 1, 4, 1, 2, 0, pairs.length, 0, 0, ...pairs, ...end])
  })

  test('without parameters, and closing behind the answer, ends its parameters at once', () => {
    const bytes = writeRequestStart([], { requestId: 1, isKept: false })
    expect([...bytes]).toEqual([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0])
  })

  test('with more parameters than one record holds is split, and nothing is lost', () => {
    const bytes = writeRequestStart(['COOKIE', 'c'.repeat(150_000), 'B', 'end'], { requestId: 1, isKept: false })
    const contents: Buffer[] = []
    for (let at = 16; at < bytes.length; at += 8 + bytes.readUInt16BE(at + 4)) {
      expect([bytes[at], bytes[at + 1]]).toEqual([1, RecordType.params])
      contents.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt16BE(at + 4)))
    }
    expect(contents.map(({ length }) => length)).toEqual([65_535, 65_535, 150_017 - 131_070, 0])
    expect(Buffer.concat(contents).latin1Slice(11)).toBe(`${'c'.repeat(150_000)}\u0001\u0003Bend`)
  })

  test('sends its body in records', () => {
    expect([...stdinHeader(1, 300)]).toEqual([1, 5, 0, 1, 1, 44, 0, 0])
    expect([...stdinHeader(1, 0)]).toEqual([1, 5, 0, 1, 0, 0, 0, 0])
  })
})

describe('an answer', () => {
  test('is the same however the network cuts it', () => {
    for (let size = 1; size <= ANSWER.length; size++) {
      const pieces: Buffer[] = []
      for (let at = 0; at < ANSWER.length; at += size) pieces.push(ANSWER.subarray(at, at + size))
      const { reader, taken, consumed } = read(pieces)
      expect(taken).toMatchObject({ output: 'Status: 404 Not Found\r\n\r\nabcd', errors: 'Primary script unknown', end: [3, 'complete'] })
      expect([reader.fault, reader.isDone, reader.isAtBoundary, consumed]).toEqual([null, true, true, ANSWER.length])
    }
  })

  test('ends where its request ends: what follows is of the next one', () => {
    const next = record(RecordType.stdout, 'more')
    const { reader, consumed, taken } = read([Buffer.concat([ANSWER, next])])
    expect(consumed).toBe(ANSWER.length)
    reader.reset()
    expect(reader.read(next, 0, next.length, taken)).toBe(next.length)
    expect(taken.output).toMatch(/abcdmore$/)
  })

  test.each([
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'version'],
    ['a single octet of HTTP', Buffer.from('H'), 'version'],
    ['the record of a request', record(RecordType.params, ''), 'type'],
    ['a record of another request', record(RecordType.stdout, 'x', { id: 2 }), 'request-id'],
    ['an end that is too short', record(RecordType.endRequest, 'abc'), 'end-request-size'],
  ])('that is %s is refused', (_, bytes, fault) => {
    const { reader, taken } = read([bytes])
    expect(reader.fault).toBe(fault)
    expect(taken.end).toBe(null)
  })

  test('may have records about the server in between', () => {
    const { reader, taken } = read([record(RecordType.unknownType, '12345678', { id: 0 }), ANSWER])
    expect([reader.fault, taken.end]).toEqual([null, [3, 'complete']])
  })

  test('says when the server has no room', () => {
    const { taken } = read([record(RecordType.endRequest, Buffer.of(0, 0, 0, 0, 2, 0, 0, 0))])
    expect(taken.end).toEqual([0, 'overloaded'])
  })
})

describe('the head of a CGI answer', () => {
  function parsed(text: string): { status: number; reason: string; fields: string } | null {
    const bytes = Buffer.from(text, 'latin1')
    const end = findHeadEnd(bytes, 0, bytes.length)
    const http = end === INCOMPLETE ? null : httpHeadOf(bytes, 0, end)
    const head = new ResponseHead()
    if (http === null || new ResponseHeadParser().parse(http, 0, http.length, head) <= 0) return null
    return { status: head.status, reason: head.statusText.trim(), fields: head.fieldText }
  }

  test.each([
    ['Content-type: text/html\r\n\r\nbody', 200, 'Content-type: text/html\r\n'],
    ['X-A: 1\nX-B: 2\n\nbody', 200, 'X-A: 1\r\nX-B: 2\r\n'],
    ['X-A: 1\r\nStatus: 404 Not Found\r\n\r\n', 404, 'X-A: 1\r\n'],
    ['status: 500\r\n\r\n', 500, ''],
    ['Location: /there\r\n\r\n', 302, 'Location: /there\r\n'],
    ['Status: 301 Moved\r\nLocation: /there\r\n\r\n', 301, 'Location: /there\r\n'],
    ['\r\nbody', 200, ''],
  ])('%j is read', (text, status, fields) => {
    expect(parsed(text)).toMatchObject({ status, fields })
  })

  test.each(['Status: abc\r\n\r\n', 'Status : 200\r\n\r\n', 'Status: 200\r\nStatus: 404\r\n\r\n', 'no field\r\n\r\n', 'X: 1\r\n'])(
    '%j is not',
    (text) => {
      expect(parsed(text)).toBe(null)
    },
  )

  test('is not taken to end before it does', () => {
    const text = 'X-A: 1\r\nX-B: 2\r\n\r\nbody'
    for (let end = 0; end < text.length; end++) {
      const found = findHeadEnd(Buffer.from(text), 0, end)
      expect(found).toBe(end < 18 ? INCOMPLETE : 18)
    }
  })
})
