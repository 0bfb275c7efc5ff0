/** A timeout that is set for every request and almost never fires. */
import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../src/std/clock.ts'
import { Deadline } from '../../src/std/deadline.ts'
import { Wheel } from '../../src/std/wheel.ts'

let clock: ManualClock
let wheel: Wheel
let expired: number
let deadline: Deadline

beforeEach(() => {
  clock = new ManualClock()
  wheel = new Wheel({ clock, tickMs: 10, isDriven: false })
  expired = 0
  deadline = new Deadline(wheel, clock, () => expired++)
})

function advance(ms: number): void {
  clock.advance(ms)
  wheel.advance()
}

test('it expires once, when its time has come', () => {
  deadline.set(clock.now(), 100)
  advance(95)
  expect(expired).toBe(0)
  advance(20)
  expect(expired).toBe(1)
  advance(1_000)
  expect(expired).toBe(1)
})

test('setting it again counts from then, later or sooner', () => {
  deadline.set(clock.now(), 100)
  advance(90)
  deadline.set(clock.now(), 100)
  advance(90)
  expect(expired).toBe(0)
  deadline.set(clock.now(), 1_000)
  deadline.set(clock.now(), 20)
  advance(30)
  expect(expired).toBe(1)
})

test('cleared, it does not expire, and can be set again', () => {
  deadline.set(clock.now(), 50)
  deadline.clear()
  advance(100)
  expect(expired).toBe(0)
  deadline.set(clock.now(), 50)
  advance(60)
  expect(expired).toBe(1)
})

test('a timer that looked too early looks again at the right time', () => {
  deadline.set(clock.now(), 50)
  advance(40)
  deadline.set(clock.now(), 200)
  advance(100)
  expect(expired).toBe(0)
  advance(110)
  expect(expired).toBe(1)
})

test('moving it costs no second timer, and cancelling it leaves none', () => {
  for (let i = 0; i < 100; i++) deadline.set(clock.now(), 100)
  expect(wheel.armed).toBe(1)
  deadline.clear()
  expect(wheel.armed).toBe(1)
  deadline.cancel()
  expect(wheel.armed).toBe(0)
})

test('it may be set again as it expires', () => {
  deadline = new Deadline(wheel, clock, () => {
    if (++expired < 3) deadline.set(clock.now(), 50)
  })
  deadline.set(clock.now(), 50)
  for (let i = 0; i < 5; i++) advance(60)
  expect(expired).toBe(3)
})
