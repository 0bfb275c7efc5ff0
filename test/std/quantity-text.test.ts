import { expect, test } from 'vitest'
import { agoText, countText, latencyText, sizeText, spanText } from '../../src/std/quantity-text.ts'

test.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [7_860_000, '2 h 11 min'],
  [90_000_000, '1 d 1 h'],
])('%i ms is a span of %s', (ms, text) => {
  expect(spanText(ms)).toBe(text)
})

test('what was a moment ago was just now', () => {
  expect([agoText(999), agoText(42_000)]).toEqual(['just now', '42 s ago'])
})

test('latencies show no more digits than matter', () => {
  expect([0.42, 12.4, 999, 1_234].map(latencyText)).toEqual(['0.4 ms', '12 ms', '999 ms', '1.2 s'])
})

test('sizes and counts are told in the unit that fits', () => {
  expect([0, 512, 1_536, 16_384, 5 * 2 ** 20].map(sizeText)).toEqual(['0 bytes', '512 bytes', '1.5 KiB', '16 KiB', '5 MiB'])
  expect([countText(1, 'visitor'), countText(1_203, 'visitor')]).toEqual(['1 visitor', '1,203 visitors'])
})
