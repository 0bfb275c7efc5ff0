/** What the page computes by itself. */
import { describe, expect, test } from 'vitest'
import type { Status } from '../../src/control/admin/status.ts'
import { NO_TOTALS, sampleOf } from '../../src/control/admin/traffic.ts'
import { diffLines } from '../../src/dashboard/diff.ts'
import { latencyText, shareText } from '../../src/dashboard/format.ts'
import { mergeStatus } from '../../src/dashboard/merge-status.ts'
import { together } from '../../src/dashboard/traffic-sum.ts'

describe('the difference of two configurations', () => {
  const text = (before: string, after: string): string[] =>
    diffLines(before, after).map(({ kind, line, text: own }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${line} ${own}`)

  test('shows what went and what came, each with its line', () => {
    expect(text('a\nb\nc\nd', 'a\nx\nc\ny\nd')).toEqual([' 1 a', '-2 b', '+2 x', ' 3 c', '+4 y', ' 5 d'])
  })

  test('of the same text is none', () => {
    expect(text('a\nb', 'a\nb')).toEqual([' 1 a', ' 2 b'])
  })

  test('of an empty text is all of the other', () => {
    expect(text('', 'a')).toEqual(['-1 ', '+1 a'])
  })
})

test('probes that were told once stay, and none is there twice', () => {
  const probe = (at: number) => ({ at, ok: true, ms: 1, saw: '' })
  const status = (...times: number[]): Status =>
    ({ upstreams: [{ name: 'shop', endpoints: [{ address: 'http://one', probe: { history: times.map(probe) } }] }] }) as unknown as Status
  const times = (one: Status): number[] => one.upstreams[0]?.endpoints[0]?.probe?.history.map(({ at }) => at) ?? []
  expect(times(mergeStatus(status(1, 2), status(2, 3)))).toEqual([1, 2, 3])
  const many = Array.from({ length: 70 }, (_, index) => index + 1)
  expect(times(mergeStatus(status(...many), status(71)))).toEqual(many.slice(-63).concat(71))
})

test('seconds of traffic add up', () => {
  const one = { ...sampleOf(NO_TOTALS, NO_TOTALS, 1_000, 1), requests: 10, p50Ms: 10, errors: { 'connect-refused': 2 }, seen: 2 }
  const other = { ...one, at: 2_000, requests: 30, p50Ms: 50, errors: { 'truncated-body': 1 }, seen: 1 }
  const sum = together([one, other])
  expect(sum).toMatchObject({ at: 2_000, seconds: 2, requests: 40, p50Ms: 40, seen: 3 })
  expect(sum.errors).toEqual({ 'connect-refused': 2, 'truncated-body': 1 })
})

test('latencies and shares read well', () => {
  expect([0.42, 12.4, 1_234, 0, null].map(latencyText)).toEqual(['0.4 ms', '12 ms', '1.2 s', '0', '–'])
  expect([1, 0.999_999, 0.5, 0].map(shareText)).toEqual(['100 %', '> 99.99 %', '50.0 %', '0 %'])
})
