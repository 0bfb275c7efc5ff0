import { describe, expect, test } from 'vitest'
import { attemptSpanOf, type Trace, Tracing, traceLineOf } from '../../src/gateway/observe/tracing.ts'
import { RequestHead } from '../../src/http/message.ts'
import { Random } from '../../src/std/random.ts'

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

function seeded(seed: number): Tracing {
  const random = new Random(seed)
  return new Tracing((bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256)
  })
}

function begin(tracing: Tracing, share: number, fields: Record<string, string> = {}): { trace: Trace | null; request: RequestHead } {
  const fieldText = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const traceparent = Object.entries(fields).find(([name]) => name.toLowerCase() === 'traceparent')?.[1] ?? ''
  const request = Object.assign(new RequestHead(), { traceparent, fieldText: fieldText.join('') })
  return { trace: tracing.begin(request, share, 'http'), request }
}

describe('whoever comes first decides', () => {
  test('a request of a trace that is recorded is traced, whatever the share', () => {
    const { trace } = begin(seeded(1), 0, { Traceparent: PARENT })
    expect(trace).toMatchObject({ id: '4bf92f3577b34da6a3ce929d0e0e4736', parent: '00f067aa0ba902b7' })
    expect(trace?.span).toMatch(/^[0-9a-f]{14}00$/)
  })

  test('a request of a trace that is not recorded is not traced, and goes on as it came', () => {
    const traceparent = PARENT.replace(/1$/, '0')
    const { trace, request } = begin(seeded(1), 1, { traceparent, tracestate: 'a=b' })
    expect(trace).toBeNull()
    expect(request.fieldText).toBe(`traceparent: ${traceparent}\r\ntracestate: a=b\r\n`)
  })

  test.each(['00', '02', '04', 'fe', 'a8'])('flags %s say that it is not recorded', (flags) => {
    expect(begin(seeded(1), 1, { traceparent: PARENT.replace(/01$/, flags) }).trace).toBeNull()
  })

  test.each(['01', '03', '05', 'ff', 'ab'])('flags %s say that it is recorded', (flags) => {
    expect(begin(seeded(1), 0, { traceparent: PARENT.replace(/01$/, flags) }).trace).not.toBeNull()
  })

  test('one that cannot be read counts as none, and what belonged to it goes', () => {
    const { trace, request } = begin(seeded(1), 1, { TraceParent: 'nonsense', TraceState: 'a=b', Accept: '*/*' })
    expect(trace?.parent).toBe('')
    expect(request.fieldText).toBe('Accept: */*\r\n')
  })
})

describe('without traceparent', () => {
  test.each([0, 0.01, 0.1, 0.5, 1])('a share of %d is traced', (share) => {
    const tracing = seeded(7)
    let traced = 0
    for (let i = 0; i < 20_000; i++) if (begin(tracing, share).trace !== null) traced++
    expect(Math.abs(traced - 20_000 * share)).toBeLessThanOrEqual(4 * Math.sqrt(20_000 * share * (1 - share)))
  })

  test('the trace id is what decided, so that others come to the same', () => {
    const tracing = seeded(3)
    for (let i = 0; i < 2_000; i++) {
      const { trace } = begin(tracing, 0.1)
      if (trace !== null) expect(BigInt(`0x${trace.id.slice(-14)}`) >= (2n ** 56n * 9n) / 10n).toBe(true)
    }
  })

  test('no two traces or spans are called alike', () => {
    const tracing = new Tracing()
    const traces = Array.from({ length: 5_000 }, () => begin(tracing, 1).trace as Trace)
    expect(new Set(traces.map(({ id }) => id)).size).toBe(5_000)
    expect(new Set(traces.map(({ span }) => span)).size).toBe(5_000)
    expect(traces.every(({ id, span }) => /^[0-9a-f]{32}$/.test(id) && /^[0-9a-f]{14}00$/.test(span))).toBe(true)
  })
})

test('each attempt has a span of its own, and tells the next hop of it', () => {
  const trace: Trace = { id: 'a'.repeat(32), parent: '', span: `${'b'.repeat(14)}00`, scheme: 'http' }
  expect(traceLineOf(trace, 2)).toBe(`traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(14)}02-01\r\n`)
  expect(new Set(Array.from({ length: 255 }, (_, i) => attemptSpanOf(trace, i + 1))).size).toBe(255)
  expect(attemptSpanOf(trace, 256)).toBe(attemptSpanOf(trace, 1))
})
