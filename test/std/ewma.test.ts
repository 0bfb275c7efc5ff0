/** Up at once, down slowly. */
import { expect, test } from 'vitest'
import { PeakEwma } from '../../src/std/ewma.ts'

test('a peak counts at once and in full', () => {
  const average = new PeakEwma(1_000)
  average.observe(1, 10)
  average.observe(2, 500)
  expect(average.at(2)).toBe(500)
})

test('lower samples bring it down by the time that has passed', () => {
  const average = new PeakEwma(1_000)
  average.observe(1, 100)
  average.observe(1_001, 0)
  expect(average.at(1_001)).toBeCloseTo(100 / Math.E, 6)
})

test('without samples it decays towards nothing', () => {
  const average = new PeakEwma(1_000)
  average.observe(1, 100)
  expect(average.at(2_001)).toBeCloseTo(100 / Math.E ** 2, 6)
  expect(average.at(100_001)).toBeCloseTo(0, 6)
})

test('it knows whether it has seen anything', () => {
  const average = new PeakEwma(1_000)
  expect(average.hasHistory).toBe(false)
  expect(average.at(5)).toBe(0)
  average.observe(5, 0)
  expect(average.hasHistory).toBe(true)
})
