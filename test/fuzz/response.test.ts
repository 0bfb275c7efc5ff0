import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAnswer } from './codec.ts'
import { difference } from './compare.ts'
import { isDecided, STRICTER_ANSWERS } from './decision.ts'
import { oracleAnswer } from './oracle.ts'
import { type Asked, bytesOf } from './reading.ts'
import { ANSWERS } from './regression.ts'
import { setting, TIMEOUT_MS } from './setting.ts'
import { answerStream } from './stream.ts'

const asking: fc.Arbitrary<Asked> = fc.record({ method: fc.constantFrom('GET', 'GET', 'HEAD'), isUpgrade: fc.boolean() })

describe("Answers, compared with Node's own parser", { timeout: TIMEOUT_MS }, () => {
  function expectAgreement(stream: string, asked: Asked, isEnded: boolean): void {
    const bytes = bytesOf(stream)
    const ours = readAnswer(bytes, asked, isEnded)
    const theirs = oracleAnswer(bytes, asked, isEnded)
    // The oracle reports persistence before it is told that an answer to HEAD has no body, whose end it takes to be the connection's.
    if (asked.method === 'HEAD') for (const message of theirs.messages) message.isKeepAlive = true
    expect(difference(ours, theirs, stream)).toBe('')
    const refused = theirs.messages[ours.messages.filter((one) => one.isWhole).length]
    if (ours.fault === '' || refused?.isWhole !== true || ours.messages.some((one) => isDecided(one, stream))) return
    expect(STRICTER_ANSWERS, `${ours.fault} is no rule that was decided`).toContain(ours.fault)
  }

  test('what is accepted here is accepted there and means the same; what only is refused here is refused by a decided rule', () => {
    fc.assert(fc.property(answerStream, asking, fc.boolean(), expectAgreement), setting(8_000))
  })

  test.for(ANSWERS)('$name, which once differed', ({ stream, method }) => {
    for (const isEnded of [true, false]) expectAgreement(stream, { method: method ?? 'GET', isUpgrade: false }, isEnded)
  })

  test('each answer is relayed as exactly one, with the same meaning', () => {
    const relays = (stream: string, asked: Asked): void => {
      const { relayed, messages } = readAnswer(bytesOf(stream), asked, true)
      if (relayed === '') return
      const theirs = oracleAnswer(bytesOf(relayed), asked, false)
      expect(theirs.fault).toBe('')
      expect(theirs.messages.length).toBe(1)
      const { status, body, trailers } = messages.at(-1) as (typeof messages)[0]
      expect(theirs.messages[0]).toMatchObject({ status, body, trailers, isWhole: true })
    }
    fc.assert(fc.property(answerStream, asking, relays), setting(4_000))
  })
})
