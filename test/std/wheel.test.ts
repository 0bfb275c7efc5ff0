/** Timers that are cheap to move, and never early. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock, systemClock } from '../../src/std/clock.ts'
import { Timer, Wheel } from '../../src/std/wheel.ts'

const TICK_MS = 10

function create(): { clock: ManualClock; wheel: Wheel; advance(ms: number): void } {
  const clock = new ManualClock()
  const wheel = new Wheel({ clock, tickMs: TICK_MS, isDriven: false })
  return {
    clock,
    wheel,
    advance: (ms) => {
      clock.advance(ms)
      wheel.advance()
    },
  }
}

describe('a timer on the wheel', () => {
  it('fires once, not before its time and at most a tick after it', () => {
    const { wheel, advance } = create()
    let fired = 0
    wheel.arm(new Timer(() => fired++), 25)
    advance(24)
    expect(fired).toBe(0)
    advance(TICK_MS + 1)
    expect(fired).toBe(1)
    advance(20_000)
    expect(fired).toBe(1)
    expect(wheel.armed).toBe(0)
  })

  it('is moved by arming it again', () => {
    const { wheel, advance } = create()
    let fired = 0
    const timer = new Timer(() => fired++)
    wheel.arm(timer, 50)
    advance(40)
    wheel.arm(timer, 50)
    expect(wheel.armed).toBe(1)
    advance(40)
    expect(fired).toBe(0)
    advance(20)
    expect(fired).toBe(1)
  })

  it('does not fire when it is disarmed, not even by another one that is due with it', () => {
    const { wheel, advance } = create()
    const fired: string[] = []
    const two = new Timer(() => fired.push('two'))
    const one = new Timer(() => {
      fired.push('one')
      wheel.disarm(two)
    })
    wheel.arm(two, 30)
    wheel.arm(one, 20)
    advance(100)
    expect(fired).toEqual(['one'])
    wheel.disarm(one)
    expect(wheel.armed).toBe(0)
  })

  it('may arm itself and others while it fires', () => {
    const { wheel, advance } = create()
    let fired = 0
    const other = new Timer(() => fired++)
    const timer: Timer = new Timer(() => {
      fired++
      wheel.arm(timer, 10)
      wheel.arm(other, 10)
    })
    wheel.arm(timer, 10)
    advance(20)
    expect(fired).toBe(1)
    advance(20)
    expect(fired).toBeGreaterThanOrEqual(3)
    expect(timer.isArmed).toBe(true)
  })

  it('waits for more than a turn of the wheel', () => {
    const { wheel, advance } = create()
    let fired = 0
    wheel.arm(new Timer(() => fired++), 60_000)
    for (let i = 0; i < 59; i++) advance(1_000)
    expect(fired).toBe(0)
    advance(1_020)
    expect(fired).toBe(1)
  })

  it('fires after the process slept for longer than a turn', () => {
    const { wheel, advance } = create()
    let fired = 0
    for (const ms of [10, 5_000, 50_000]) wheel.arm(new Timer(() => fired++), ms)
    advance(1_000_000)
    expect(fired).toBe(3)
  })

  it('is never early and never more than a tick late, whatever is armed, moved and disarmed between', () => {
    const step = fc.record({ timer: fc.nat(5), act: fc.constantFrom('arm', 'disarm', 'wait'), ms: fc.nat(15_000) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, wheel, advance } = create()
        const dueAt: (number | null)[] = Array(6).fill(null)
        const timers = dueAt.map(
          (_, index) =>
            new Timer(() => {
              expect(dueAt[index]).not.toBe(null)
              expect(clock.now()).toBeGreaterThanOrEqual(dueAt[index] as number)
              dueAt[index] = null
            }),
        )
        for (const { timer, act, ms } of steps) {
          if (act === 'arm') {
            wheel.arm(timers[timer] as Timer, ms)
            dueAt[timer] = clock.now() + ms
          } else if (act === 'disarm') {
            wheel.disarm(timers[timer] as Timer)
            dueAt[timer] = null
          } else advance(ms)
          for (const due of dueAt) if (due !== null) expect(clock.now() - due).toBeLessThan(2 * TICK_MS)
        }
        expect(wheel.armed).toBe(dueAt.filter((due) => due !== null).length)
      }),
      { seed: 3, numRuns: 200 },
    )
  })
})

describe('a driven wheel', () => {
  let wheel: Wheel
  afterEach(() => wheel.close())

  it('fires by itself', async () => {
    wheel = new Wheel({ clock: systemClock, tickMs: 1 })
    await new Promise<void>((resolve) => wheel.arm(new Timer(resolve), 3))
    expect(wheel.armed).toBe(0)
  })

  it('starts again after it slept for lack of timers', async () => {
    wheel = new Wheel({ clock: systemClock, tickMs: 1 })
    for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => wheel.arm(new Timer(resolve), 1))
    expect(wheel.armed).toBe(0)
  })
})
