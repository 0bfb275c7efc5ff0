import { describe, expect, test } from 'vitest'
import { BodyReader } from '../../src/wire/h1/body-reader.ts'

/** Feeds pieces and says what came out. */
function feed(reader: BodyReader, ...pieces: string[]): { content: string; used: number } {
  let content = ''
  let used = 0
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1')
    used += reader.read(bytes, 0, bytes.length, { onContent: (some) => (content += some.latin1Slice()) })
  }
  return { content, used }
}

describe('BodyReader', () => {
  test('nothing is content when there is no body', () => {
    const reader = new BodyReader()
    reader.beginNone()
    expect(reader.isDone).toBe(true)
    expect(feed(reader, 'GET /')).toEqual({ content: '', used: 0 })
  })

  test('a declared length ends it at the byte', () => {
    const reader = new BodyReader()
    reader.beginLength(5)
    expect(feed(reader, 'he')).toEqual({ content: 'he', used: 2 })
    expect(reader.left).toBe(3)
    expect(feed(reader, 'lloGET')).toEqual({ content: 'llo', used: 3 })
    expect(reader.isDone).toBe(true)
  })

  test('a length of nothing is done at once', () => {
    const reader = new BodyReader()
    reader.beginLength(0)
    expect(reader.isDone).toBe(true)
  })

  test('a declared length may be more than 32 bits can count', () => {
    const reader = new BodyReader()
    reader.beginLength(2 ** 40)
    feed(reader, 'x')
    expect(reader.left).toBe(2 ** 40 - 1)
  })

  test('until the connection closes everything is content', () => {
    const reader = new BodyReader()
    reader.beginUntilClose()
    expect(feed(reader, 'a', '', '0\r\n\r\n')).toEqual({ content: 'a0\r\n\r\n', used: 6 })
    expect([reader.isDone, reader.isUntilClose]).toEqual([false, true])
  })

  test('chunks are taken out of their framing, and what is behind the last one is left', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    expect(feed(reader, '3\r\nabc\r\n0\r\n\r\nGET')).toEqual({ content: 'abc', used: 13 })
    expect(reader.isDone).toBe(true)
  })

  test('a chunk may be larger than 32 bits can count', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    feed(reader, 'ffffffffffff\r\nx')
    expect(reader.left).toBe(2 ** 48 - 2)
  })

  test('it reads from an offset and tells offsets of the same bytes', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    const bytes = Buffer.from('head1\r\nx\r\n0\r\nT: u\r\n\r\nnext')
    let content = ''
    const next = reader.read(bytes, 4, bytes.length, { onContent: (some) => (content += some) })
    expect([content, bytes.toString('latin1', next)]).toEqual(['x', 'next'])
    expect(reader.trailers).toEqual(['T', 'u'])
  })

  test('trailers in pieces end where they end', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    expect(feed(reader, '0\r\nA: b\r', '\nC', ': d\r\n', '\r', '\nGET').used).toBe(17)
    expect(reader.trailers).toEqual(['A', 'b', 'C', 'd'])
  })

  test('trailers of one body do not show in the next', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    feed(reader, '0\r\nA: b\r\n\r\n')
    reader.beginChunked()
    feed(reader, '0\r\n\r\n')
    expect(reader.trailers).toEqual([])
  })

  test('once broken it takes nothing more', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    feed(reader, 'x')
    expect([reader.isBroken, reader.fault]).toEqual([true, 'chunk-size'])
    expect(feed(reader, '5\r\nhello\r\n')).toEqual({ content: '', used: 0 })
  })

  test('it can be begun again behind a broken body', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    feed(reader, '5;\0')
    reader.beginChunked()
    expect(feed(reader, '1;a=b\r\nx\r\n0\r\n\r\n').content).toBe('x')
    expect([reader.isDone, reader.isBroken]).toEqual([true, false])
  })

  test('endless trailers are refused however small their pieces', () => {
    const reader = new BodyReader()
    reader.beginChunked()
    feed(reader, '0\r\n')
    for (let i = 0; i < 9_000 && !reader.isBroken; i += 100) feed(reader, 'x'.repeat(100))
    expect(reader.fault).toBe('trailer-size')
  })
})
