import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestHead, ResponseHead } from '../../src/http/message.ts'
import { BodyReader } from '../../src/wire/h1/body-reader.ts'
import { INCOMPLETE, REFUSED } from '../../src/wire/h1/field-scanner.ts'
import { RequestHeadParser } from '../../src/wire/h1/request-head.ts'
import { ResponseHeadParser } from '../../src/wire/h1/response-head.ts'
import { bytesOf } from './reading.ts'
import { setting, TIMEOUT_MS } from './setting.ts'
import { answerStream, cuts, piecesOf, requestStream } from './stream.ts'

const LIMITS = { requestLineBytesMax: 8_192, headBytesMax: 32_768, fieldsMax: 100 }

/** What is said about a part of a head is either "more", or exactly what is said about the whole. */
function expectSteadyVerdict(bytes: Buffer, judge: (end: number) => string): void {
  const whole = judge(bytes.length)
  for (let end = 1; end < bytes.length; end++) {
    const part = judge(end)
    if (part === 'more') continue
    expect(part, `of the first ${end} bytes`).toBe(whole)
    return
  }
}

describe('The verdict on a stream does not depend on where it is cut', { timeout: TIMEOUT_MS }, () => {
  test('heads of requests', () => {
    const head = new RequestHead()
    const isSteady = (stream: string): void => {
      const bytes = bytesOf(stream)
      const parser = new RequestHeadParser(LIMITS)
      expectSteadyVerdict(bytes, (end) => {
        const next = parser.parse(bytes, 0, end, head)
        if (next === INCOMPLETE) return 'more'
        return next === REFUSED ? JSON.stringify(parser.failure) : JSON.stringify([next, head])
      })
    }
    fc.assert(fc.property(requestStream, isSteady), setting(400))
  })

  test('heads of answers', () => {
    const head = new ResponseHead()
    const isSteady = (stream: string): void => {
      const bytes = bytesOf(stream)
      const parser = new ResponseHeadParser()
      expectSteadyVerdict(bytes, (end) => {
        const next = parser.parse(bytes, 0, end, head)
        if (next === INCOMPLETE) return 'more'
        return next === REFUSED ? JSON.stringify(parser.fault) : JSON.stringify([next, head])
      })
    }
    fc.assert(fc.property(answerStream, isSteady), setting(400))
  })

  test('bodies in chunks', () => {
    const read = (pieces: readonly string[]): object => {
      const reader = new BodyReader()
      reader.beginChunked()
      let content = ''
      let used = 0
      for (const piece of pieces) {
        const bytes = bytesOf(piece)
        used += reader.read(bytes, 0, bytes.length, { onContent: (some) => (content += some.latin1Slice()) })
        if (reader.isDone || reader.isBroken) break
      }
      const { isDone, isBroken, fault, trailers } = reader
      return { content, isDone, isBroken, fault, trailers, used: isBroken ? 0 : used }
    }
    const isSteady = (stream: string, shares: number[]): void => {
      const body = stream.slice(stream.indexOf('\r\n\r\n') + 4)
      const whole = read([body])
      expect(read(piecesOf(body, shares))).toEqual(whole)
      expect(read([...body])).toEqual(whole)
    }
    fc.assert(fc.property(requestStream, cuts, isSteady), setting(4_000))
  })
})
