/** How many retries an upstream may cost: a share of its requests and a floor, in a sliding window of ten seconds. */
import { describe, expect, it } from 'vitest'
import { RetryBudget } from '../../src/gateway/upstream/budget.ts'
import { ManualClock } from '../../src/std/clock.ts'

function create(share = 0.2, minPerSecond = 10): { budget: RetryBudget; clock: ManualClock; takeAll(): number } {
  const clock = new ManualClock()
  const budget = new RetryBudget({ clock, share, minPerSecond })
  const takeAll = (): number => {
    let taken = 0
    while (budget.take()) taken++
    return taken
  }
  return { budget, clock, takeAll }
}

describe('the retry budget', () => {
  it('has its floor before there are requests', () => {
    expect(create().takeAll()).toBe(100)
  })

  it('grows by a share of the requests', () => {
    const { budget, clock, takeAll } = create()
    for (let i = 0; i < 1_000; i++) budget.deposit(clock.now())
    expect(takeAll()).toBe(100 + 200)
  })

  it('is nothing without floor and requests', () => {
    expect(create(0.2, 0).takeAll()).toBe(0)
  })

  it('forgets requests and retries alike after ten seconds', () => {
    const { budget, clock, takeAll } = create()
    for (let i = 0; i < 1_000; i++) budget.deposit(clock.now())
    takeAll()
    clock.advance(9_000)
    expect(budget.take()).toBe(false)
    clock.advance(1_000)
    expect(takeAll()).toBe(100)
  })

  it('slides: a second leaves the window at a time', () => {
    const { budget, clock } = create(1, 0)
    for (let second = 0; second < 10; second++) {
      budget.deposit(clock.now())
      clock.advance(1_000)
    }
    budget.deposit(clock.now())
    expect(budget.balance).toBe(10)
    clock.advance(5_000)
    budget.deposit(clock.now())
    expect(budget.balance).toBe(6)
  })

  it('starts anew after a pause of any length', () => {
    const { clock, takeAll } = create()
    takeAll()
    clock.advance(3_600_000)
    expect(takeAll()).toBe(100)
  })
})
