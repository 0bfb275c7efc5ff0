import { describe, expect, test } from 'vitest'
import { excessOf } from '../../src/control/share.ts'

describe('a worker gives up', () => {
  test('nothing while the shares are even, or it has the smaller one', () => {
    expect(excessOf(32, [32, 32])).toBe(0)
    expect(excessOf(37, [37, 27])).toBe(0)
    expect(excessOf(12, [52, 12])).toBe(0)
  })

  test('a fifth of its connections at a time, while it has many too many', () => {
    expect(excessOf(52, [52, 12])).toBe(11)
    expect(excessOf(1_000, [1_000, 0, 0, 0])).toBe(200)
  })

  test('no more than brings it to the mean', () => {
    expect(excessOf(600, [600, 510, 390])).toBe(100)
    expect(excessOf(120, [120, 95, 92, 93])).toBe(20)
    expect(excessOf(5, [5, 1])).toBe(1)
  })

  test('nothing of a few, which cannot be shared better', () => {
    expect(excessOf(1, [1, 0])).toBe(0)
    expect(excessOf(2, [2, 0])).toBe(0)
    expect(excessOf(3, [3, 1])).toBe(0)
  })

  test('nothing when it is alone', () => {
    expect(excessOf(64, [64])).toBe(0)
  })

  test('what it has too many until the shares are within 58 to 42', () => {
    let [more, fewer] = [63, 1]
    let seconds = 0
    for (; excessOf(more, [more, fewer]) > 0; seconds++) {
      const moved = excessOf(more, [more, fewer])
      more -= moved
      fewer += moved
    }
    expect(more / 64).toBeLessThan(0.6)
    expect(seconds).toBeLessThan(5)
  })
})
