/** A request's body on its way: flowing at once, kept for another try up to a limit, held back when it is too fast. */
import { beforeEach, describe, expect, it } from 'vitest'
import { type BodyWriter, ReplayPool, RequestBody } from '../../src/gateway/exchange/request-body.ts'
import type { Fields } from '../../src/http/message.ts'

const REPLAY_MAX = 10

class Writer implements BodyWriter {
  written = ''
  trailers: Fields | null = null
  isTaking = true

  writeContent(bytes: Buffer): boolean {
    this.written += bytes.toString()
    return this.isTaking
  }

  endContent(trailers: Fields): void {
    this.trailers = trailers
  }
}

let isPaused = false
let pool: ReplayPool
let body: RequestBody

beforeEach(() => {
  isPaused = false
  pool = new ReplayPool(100)
  body = new RequestBody({ pauseBody: () => (isPaused = true), resumeBody: () => (isPaused = false) }, pool)
})

function push(text: string, isShared = true): void {
  const bytes = Buffer.from(text)
  body.push(bytes, isShared)
  // The buffer of the socket is written again at once.
  if (isShared) bytes.fill('#')
}

describe('a body within the limit', () => {
  it('is there whole when it came with its head', () => {
    body.begin(REPLAY_MAX)
    push('hello')
    push(' you')
    body.end([])
    expect(body.whole()?.toString()).toBe('hello you')
  })

  it('is not whole before its end, nor with trailers, which need their own framing', () => {
    body.begin(REPLAY_MAX)
    push('hello')
    expect(body.whole()).toBe(null)
    body.end(['X-Sum', '1'])
    expect(body.whole()).toBe(null)
  })

  it('flows to the writer at once, and again to the next one', () => {
    body.begin(REPLAY_MAX)
    push('he')
    const first = new Writer()
    body.attach(first)
    push('llo')
    expect(first.written).toBe('hello')
    body.detach()
    push('!')
    body.end(['X-Sum', '1'])
    expect(first.written).toBe('hello')
    const second = new Writer()
    body.attach(second)
    expect(second.written).toBe('hello!')
    expect(second.trailers).toEqual(['X-Sum', '1'])
    expect(body.isReplayable).toBe(true)
  })

  it('holds back the client while the writer is full', () => {
    body.begin(REPLAY_MAX)
    const writer = new Writer()
    body.attach(writer)
    writer.isTaking = false
    push('hello')
    expect(isPaused).toBe(true)
    body.resume()
    expect(isPaused).toBe(false)
  })
})

describe('a body beyond the limit', () => {
  it('goes on flowing, and cannot be sent again', () => {
    body.begin(REPLAY_MAX)
    const writer = new Writer()
    body.attach(writer)
    push('0123456789')
    expect(body.isReplayable).toBe(true)
    push('!')
    expect(body.isReplayable).toBe(false)
    push(' and more', false)
    expect(writer.written).toBe('0123456789! and more')
    expect(pool.bytes).toBe(0)
  })

  it('waits for its writer with the client held back, and then has no second writer', () => {
    body.begin(REPLAY_MAX)
    push('0123456789')
    push('abc')
    expect(isPaused).toBe(true)
    // No connection could be made, and another one will do as well.
    expect(body.isReplayable).toBe(true)
    const writer = new Writer()
    body.attach(writer)
    expect(writer.written).toBe('0123456789abc')
    expect(isPaused).toBe(false)
    expect(body.isReplayable).toBe(false)
    expect(body.bytes).toBe(13)
  })

  it('is not whole for sending along, though nothing of it is lost', () => {
    body.begin(REPLAY_MAX)
    push('0123456789abc')
    body.end([])
    expect(body.whole()).toBe(null)
    const writer = new Writer()
    body.attach(writer)
    expect(writer.written).toBe('0123456789abc')
    expect(writer.trailers).toEqual([])
  })
})

describe('what all bodies keep together', () => {
  it('is bounded: a body that finds no room only streams', () => {
    pool = new ReplayPool(7)
    const bodies = [1, 2].map(() => new RequestBody({ pauseBody: () => {}, resumeBody: () => {} }, pool)) as [RequestBody, RequestBody]
    for (const one of bodies) {
      one.begin(REPLAY_MAX)
      one.push(Buffer.from('hello'), true)
    }
    expect(pool.bytes).toBe(5)
    for (const one of bodies) one.attach(new Writer())
    expect(bodies.map((one) => one.isReplayable)).toEqual([true, false])
  })

  it('is given back, however a body ends', () => {
    body.begin(REPLAY_MAX)
    push('hello')
    expect(pool.bytes).toBe(5)
    body.release()
    expect(pool.bytes).toBe(0)
    body.begin(REPLAY_MAX)
    push('hello')
    body.begin(REPLAY_MAX)
    expect(pool.bytes).toBe(0)
    push('again')
    body.beginNone()
    expect(pool.bytes).toBe(0)
    expect(body.isEnded).toBe(true)
  })
})

describe('the memory of bodies', () => {
  const small = 'x'.repeat(300)

  function slabOf(text: string, isTaking = true): ArrayBufferLike | undefined {
    body.begin(1_000, text.length)
    push(text)
    body.end([])
    const both = body.wholeWith('POST / HTTP/1.1\r\n\r\n')
    expect(both?.toString()).toBe(`POST / HTTP/1.1\r\n\r\n${text}`)
    if (!isTaking) body.lend()
    body.release()
    return both?.buffer
  }

  beforeEach(() => {
    pool = new ReplayPool(1_000_000)
    body = new RequestBody({ pauseBody: () => {}, resumeBody: () => {} }, pool)
  })

  it('is used again', () => {
    expect(slabOf(small)).toBe(slabOf('y'.repeat(200)))
  })

  it('is not used again while somebody may read from it', () => {
    expect(slabOf(small, false)).not.toBe(slabOf(small))
  })

  it('is not used again when a writer had not taken it all', () => {
    const writer = new Writer()
    body.begin(1_000, small.length)
    writer.isTaking = false
    body.attach(writer)
    push(small)
    body.end([])
    const { buffer } = body.whole() as Buffer
    body.release()
    expect(slabOf(small)).not.toBe(buffer)
  })

  it('holds bodies of any size and in any pieces whole', () => {
    for (const size of [1, 2_000, 2_048, 2_049, 18_000, 40_000, 70_000]) {
      for (const declared of [size, -1]) {
        body.begin(100_000, declared)
        const text = Array.from({ length: size }, (_, index) => String.fromCharCode(97 + (index % 26))).join('')
        for (let at = 0; at < size; at += 7_001) push(text.slice(at, at + 7_001))
        body.end([])
        expect(body.whole()?.toString() === text).toBe(true)
        const both = body.wholeWith('head')
        if (both !== null) expect(both.toString() === `head${text}`).toBe(true)
        body.release()
      }
    }
    expect(pool.bytes).toBe(0)
  })
})
