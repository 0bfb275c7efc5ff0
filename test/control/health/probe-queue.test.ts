import { expect, test } from 'vitest'
import { ProbeQueue } from '../../../src/control/health/probe-queue.ts'

class Entrant {
  begun = 0

  beginProbe(): void {
    this.begun++
  }
}

test('runs so many at a time and the others in their order, and each only once for each time it enters', () => {
  const queue = new ProbeQueue(2)
  const [one, two, three, four] = [new Entrant(), new Entrant(), new Entrant(), new Entrant()] as const
  for (const entrant of [one, two, three, four]) queue.enter(entrant)
  queue.enter(three)
  expect([one, two, three, four].map(({ begun }) => begun)).toEqual([1, 1, 0, 0])
  queue.leave(two)
  expect([one, two, three, four].map(({ begun }) => begun)).toEqual([1, 1, 1, 0])
  queue.leave(three)
  queue.leave(three)
  queue.leave(one)
  expect([one, two, three, four].map(({ begun }) => begun)).toEqual([1, 1, 1, 1])
})

test('forgets one that gives its turn up', () => {
  const queue = new ProbeQueue(1)
  const [one, two, three] = [new Entrant(), new Entrant(), new Entrant()] as const
  for (const entrant of [one, two, three]) queue.enter(entrant)
  queue.leave(two)
  queue.leave(one)
  expect([two.begun, three.begun]).toEqual([0, 1])
})
