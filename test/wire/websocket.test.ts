import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closeFrame, FrameFollower, SERVICE_RESTART } from '../../src/wire/websocket.ts'

/** A frame as RFC 6455 §5.2 draws it, with the shortest length that holds its payload. */
function frame(payload: number, isMasked: boolean): Buffer {
  const lengthBytes = payload < 126 ? 0 : payload < 65_536 ? 2 : 8
  const header = Buffer.alloc(2 + lengthBytes + (isMasked ? 4 : 0))
  header[0] = 0x82
  header[1] = (isMasked ? 0x80 : 0) | (lengthBytes === 0 ? payload : lengthBytes === 2 ? 126 : 127)
  if (lengthBytes === 2) header.writeUInt16BE(payload, 2)
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt(payload), 2)
  // Bytes that would be headers if they were taken for such.
  return Buffer.concat([header, Buffer.alloc(payload, 0x81)])
}

const someFrames = fc.array(fc.tuple(fc.constantFrom(0, 1, 125, 126, 300, 65_535, 65_536), fc.boolean()), { minLength: 1, maxLength: 5 })

describe('following frames', () => {
  test('finds every boundary, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(someFrames, fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 8 }), (list, cuts) => {
        const frames = list.map(([payload, isMasked]) => frame(payload, isMasked))
        const bytes = Buffer.concat(frames)
        const boundaries = new Set(frames.map((_, index) => Buffer.concat(frames.slice(0, index + 1)).length))
        const follower = new FrameFollower()
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = Math.min(bytes.length, at + (cuts[i % cuts.length] as number))
          expect(follower.follow(bytes, at, end, false)).toBe(end)
          expect(follower.isAtBoundary).toBe(boundaries.has(end))
          at = end
        }
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  test('stops behind the frame under way when it is told to', () => {
    const bytes = Buffer.concat([frame(300, false), frame(5, false)])
    const follower = new FrameFollower()
    follower.follow(bytes, 0, 100, false)
    expect(follower.follow(bytes, 100, bytes.length, true)).toBe(304)
    expect(follower.isAtBoundary).toBe(true)
  })
})

test('a Close frame has its code and its reason, and no mask', () => {
  expect(closeFrame(SERVICE_RESTART, 'bye')).toEqual(Buffer.from([0x88, 5, 0x03, 0xf4, 0x62, 0x79, 0x65]))
})
