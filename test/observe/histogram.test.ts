import { expect, test } from 'vitest'
import { countOf, createHistogram, record, sumOf } from '../../src/std/histogram.ts'

const BOUNDS = [1, 10, 100]

test('a value counts into the first bucket whose bound is not below it', () => {
  const histogram = createHistogram(BOUNDS)
  for (const value of [0, 1, 1.5, 10, 99, 100]) record(histogram, BOUNDS, value)
  expect([...histogram.subarray(0, 4)]).toEqual([2, 2, 2, 0])
})

test('what is above the last bound counts into a bucket of its own', () => {
  const histogram = createHistogram(BOUNDS)
  record(histogram, BOUNDS, 101)
  expect([...histogram.subarray(0, 4)]).toEqual([0, 0, 0, 1])
})

test('count and sum take every value in', () => {
  const histogram = createHistogram(BOUNDS)
  for (const value of [0.5, 20, 1000]) record(histogram, BOUNDS, value)
  expect(countOf(histogram)).toBe(3)
  expect(sumOf(histogram)).toBe(1020.5)
})
