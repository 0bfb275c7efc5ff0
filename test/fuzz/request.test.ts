import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRequests } from './codec.ts'
import { difference } from './compare.ts'
import { isDecided, STRICTER_REQUESTS } from './decision.ts'
import { oracleRequests } from './oracle.ts'
import { bytesOf } from './reading.ts'
import { REQUESTS } from './regression.ts'
import { setting, TIMEOUT_MS } from './setting.ts'
import { requestStream } from './stream.ts'

describe("Requests, compared with Node's own parser", { timeout: TIMEOUT_MS }, () => {
  function expectAgreement(stream: string): void {
    const bytes = bytesOf(stream)
    const theirs = oracleRequests(bytes)
    const ours = readRequests(bytes)
    expect(difference(ours, theirs, stream)).toBe('')
    const refused = theirs.messages[ours.messages.filter((one) => one.isWhole).length]
    // Only where both read the same up to here is the next one there the one that was refused here.
    if (ours.fault === '' || refused?.isWhole !== true || ours.messages.some((one) => isDecided(one, stream))) return
    expect(STRICTER_REQUESTS, `${ours.fault} is no rule that was decided`).toContain(ours.fault)
  }

  test('what is accepted here is accepted there and means the same; what only is refused here is refused by a decided rule', () => {
    fc.assert(fc.property(requestStream, expectAgreement), setting(8_000))
  })

  test.for(REQUESTS)('$name, which once differed', ({ stream }) => expectAgreement(stream))

  test('each request goes upstream as exactly one, with the same meaning', () => {
    const passes = (stream: string): void => {
      const { passed } = readRequests(bytesOf(stream))
      const known = passed.filter(({ message }) => !isDecided(message, ''))
      const upstream = known.map(({ text }) => text).join('')
      const theirs = oracleRequests(bytesOf(upstream))
      expect(theirs.fault).toBe('')
      expect(theirs.messages.map(({ method, body, trailers, isWhole }) => ({ method, body, trailers, isWhole }))).toEqual(
        known.map(({ message: { method, body, trailers } }) => ({ method, body, trailers, isWhole: true })),
      )
      // And read by this codec again it is the same once more.
      const again = readRequests(bytesOf(passed.map(({ text }) => text).join('')))
      expect(again.fault).toBe('')
      expect(again.passed.map(({ message: { method, body, trailers } }) => ({ method, body, trailers }))).toEqual(
        passed.map(({ message: { method, body, trailers } }) => ({ method, body, trailers })),
      )
    }
    fc.assert(fc.property(requestStream, passes), setting(4_000))
  })
})
