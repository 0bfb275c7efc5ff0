import { describe, expect, test } from 'vitest'
import { isSampled, isTraceparent, parentIdOf, traceIdOf, withoutTraceparent } from '../../src/http/trace-context.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT_ID = '00f067aa0ba902b7'
const VALID = `00-${TRACE_ID}-${PARENT_ID}-01`

describe('traceparent (W3C Trace Context §3.2)', () => {
  test('a valid one gives its trace id', () => {
    expect(traceIdOf(VALID)).toBe(TRACE_ID)
  })

  test('a valid one gives the span it came from', () => {
    expect(parentIdOf(VALID)).toBe(PARENT_ID)
    expect(parentIdOf('nonsense')).toBe('')
  })

  test.each(Array.from({ length: 256 }, (_, flags) => flags))('of its flags the last bit says that it is recorded: %d', (flags) => {
    const value = `00-${TRACE_ID}-${PARENT_ID}-${flags.toString(16).padStart(2, '0')}`
    expect(isTraceparent(value)).toBe(true)
    expect(isSampled(value)).toBe(flags % 2 === 1)
  })

  test('is taken out whatever its name is written like, and nothing else is', () => {
    const others = 'X-traceparent: a\r\nCookie: traceparent: b\r\n'
    expect(withoutTraceparent(`TRACEPARENT: x\r\n${others}Tracestate: c\r\ntraceparent: y\r\n`, true)).toBe(`${others}Tracestate: c\r\n`)
    expect(withoutTraceparent(`${others}Tracestate: c\r\n`, false)).toBe(others)
  })

  test('unknown flags are no reason to refuse it', () => {
    expect(traceIdOf(`00-${TRACE_ID}-${PARENT_ID}-ff`)).toBe(TRACE_ID)
  })

  test('a later version may be longer, after another hyphen', () => {
    expect(traceIdOf(`01-${TRACE_ID}-${PARENT_ID}-01-what-comes`)).toBe(TRACE_ID)
    expect(traceIdOf(`01-${TRACE_ID}-${PARENT_ID}-01`)).toBe(TRACE_ID)
  })

  test.each([
    ['absent', ''],
    ['version ff', `ff-${TRACE_ID}-${PARENT_ID}-01`],
    ['version 00 with more behind', `${VALID}-more`],
    ['a later version that goes on without a hyphen', `01-${TRACE_ID}-${PARENT_ID}-01more`],
    ['upper case', `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
    ['no hex', `00-${TRACE_ID.replace('4', 'g')}-${PARENT_ID}-01`],
    ['trace id of zeros', `00-${'0'.repeat(32)}-${PARENT_ID}-01`],
    ['parent id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['short trace id', `00-${TRACE_ID.slice(1)}-${PARENT_ID}-01`],
    ['flags of one digit', VALID.slice(0, -1)],
    ['a space before', ` ${VALID}`],
    ['two values', `${VALID},${VALID}`],
  ])('counts as absent: %s', (_, value) => {
    expect(traceIdOf(value)).toBe('')
  })
})
