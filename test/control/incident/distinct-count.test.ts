import { expect, test } from 'vitest'
import { DistinctCount } from '../../../src/control/incident/distinct-count.ts'

function countOf(clients: number): number {
  const distinct = new DistinctCount()
  for (let i = 0; i < clients; i++) {
    const client = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
    distinct.add(client)
    distinct.add(client)
  }
  return distinct.count
}

test('a few are counted exactly', () => {
  for (const clients of [0, 1, 2, 7, 20]) expect(countOf(clients)).toBe(clients)
})

test.each([200, 2_000, 20_000, 200_000])('%i are counted within five percent', (clients) => {
  expect(Math.abs(countOf(clients) - clients) / clients).toBeLessThan(0.05)
})

test('it goes on with what was kept, and begins anew with what is not its own', () => {
  const distinct = new DistinctCount()
  distinct.add('a')
  const again = new DistinctCount(distinct.registers)
  again.add('a')
  again.add('b')
  expect([again.count, distinct.count, new DistinctCount(Uint8Array.of(1, 2)).count]).toEqual([2, 1, 0])
})
