/** The gate before an upstream: who gets in, who waits for how long, what those are told who are turned away. */
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/causes/failure.ts'
import { CONCURRENCY } from '../../src/config/defaults.ts'
import type { ConcurrencyPlan } from '../../src/config/plan.ts'
import { Gate, type Waiter } from '../../src/gateway/admit/gate.ts'
import { retryAfterOf } from '../../src/gateway/admit/retry-after.ts'
import { ManualClock } from '../../src/std/clock.ts'
import { Random } from '../../src/std/random.ts'
import { Wheel } from '../../src/std/wheel.ts'
import { exchangeOf } from '../observe/exchange.ts'

class Visitor implements Waiter {
  readonly exchange = exchangeOf()
  admittedAt: number | null = null
  outcome: Failure | null = null
  onAdmitted: () => void = () => {}

  admitted(now: number): void {
    this.admittedAt = now
    this.onAdmitted()
  }

  refused(outcome: Failure): void {
    this.outcome = outcome
  }

  fact(name: string): unknown {
    return this.outcome?.evidence.find((one) => one.name === name)?.value
  }
}

function create(plan: Partial<ConcurrencyPlan> = {}): { gate: Gate; wait(): Visitor; leave(): void; advance(ms: number): void } {
  const clock = new ManualClock()
  const wheel = new Wheel({ clock, tickMs: 20, isDriven: false })
  const fixed = { ...CONCURRENCY, kind: 'fixed', limitMax: 2, queueMax: 10, queueMs: 1_000, ...plan } as const
  const gate = new Gate({ upstream: 'app', plan: fixed, clock, wheel, random: new Random(1) })
  return {
    gate,
    wait: () => {
      const visitor = new Visitor()
      gate.wait(visitor, clock.now())
      return visitor
    },
    leave: () => gate.exit(clock.now(), 5, true),
    advance: (ms) => {
      for (let passed = 0; passed < ms; passed += 20) {
        clock.advance(20)
        wheel.advance()
      }
    },
  }
}

describe('the gate', () => {
  it('lets as many in as the limit says, and the next one when one leaves', () => {
    const { gate, wait, leave } = create()
    expect([gate.tryEnter(), gate.tryEnter(), gate.tryEnter()]).toEqual([true, true, false])
    const visitor = wait()
    expect(gate).toMatchObject({ inflight: 2, waiting: 1 })
    leave()
    expect(visitor.admittedAt).not.toBe(null)
    expect(gate).toMatchObject({ inflight: 2, waiting: 0 })
  })

  it('has no limit when it is off, but for what its endpoints may have', () => {
    const { gate } = create({ kind: 'off' })
    for (let i = 0; i < 10_000; i++) gate.tryEnter()
    expect(gate.inflight).toBe(10_000)
    gate.capacity = 10_000
    expect(gate.tryEnter()).toBe(false)
  })

  it('takes what its endpoints may have for the limit where that is less', () => {
    const { gate } = create({ limitMax: 50 })
    gate.capacity = 1
    expect([gate.tryEnter(), gate.tryEnter()]).toEqual([true, false])
  })

  it('lets those in who wait when the limit is raised', () => {
    const { gate, wait } = create()
    while (gate.tryEnter());
    const visitors = [wait(), wait(), wait()]
    gate.update({ ...CONCURRENCY, kind: 'fixed', limitMax: 4 })
    expect(visitors.filter(({ admittedAt }) => admittedAt !== null)).toHaveLength(2)
    expect(gate.limit).toBe(4)
  })

  it('turns away who has waited too long, with what is known', () => {
    const { gate, wait, advance } = create()
    while (gate.tryEnter());
    const visitor = wait()
    advance(900)
    expect(visitor.outcome).toBe(null)
    advance(300)
    expect(visitor.outcome).toMatchObject({ cause: 'overload-shed', phase: 'admit', replay: 'safe' })
    expect(['upstream', 'limit', 'inflight', 'queue', 'criticality'].map((name) => visitor.fact(name))).toEqual(['app', 2, 2, 0, 'normal'])
    expect(visitor.fact('waited_ms')).toBeGreaterThanOrEqual(1_000)
    expect(gate.waiting).toBe(0)
  })

  it('turns away at once who finds no place', () => {
    const { gate, wait } = create({ queueMax: 0 })
    while (gate.tryEnter());
    expect(wait().fact('waited_ms')).toBe(0)
  })

  it('forgets who leaves while waiting', () => {
    const { gate, wait, leave, advance } = create()
    while (gate.tryEnter());
    const visitor = wait()
    gate.leave(visitor)
    expect(gate.waiting).toBe(0)
    leave()
    advance(2_000)
    expect([visitor.admittedAt, visitor.outcome]).toEqual([null, null])
  })

  it('is not led astray by waiters that fail as soon as they are let in', () => {
    const { gate, wait, leave } = create({ queueMax: 20_000 })
    while (gate.tryEnter());
    const visitors = Array.from({ length: 20_000 }, wait)
    for (const visitor of visitors) visitor.onAdmitted = leave
    leave()
    expect(visitors.every(({ admittedAt }) => admittedAt !== null)).toBe(true)
    expect(gate).toMatchObject({ inflight: 1, waiting: 0 })
  })
})

describe('a queue that stands', () => {
  it('lets the newest in first, and none wait long', () => {
    const { gate, wait, leave, advance } = create({ queueMs: 4_000, queueMax: 1_000 })
    while (gate.tryEnter());
    const visitors: Visitor[] = []
    for (let i = 0; i < 40; i++) {
      visitors.push(wait(), wait(), wait())
      leave()
      advance(100)
    }
    const shed = visitors.filter(({ outcome }) => outcome !== null)
    expect(shed.length).toBeGreaterThan(50)
    expect(Math.min(...shed.map((one) => Number(one.fact('waited_ms'))))).toBeLessThan(1_000)
    leave()
    expect(visitors.slice(-3).filter(({ admittedAt }) => admittedAt !== null)).not.toEqual([])
  })

  it('is told from a burst, which may wait its time', () => {
    const { gate, wait, leave, advance } = create({ queueMs: 4_000, queueMax: 1_000 })
    while (gate.tryEnter());
    const visitors = Array.from({ length: 35 }, wait)
    for (let i = 0; i < 35; i++) {
      advance(100)
      leave()
    }
    expect(visitors.every(({ admittedAt }) => admittedAt !== null)).toBe(true)
    // In the order in which they came.
    const [first, last] = [visitors[0]?.admittedAt ?? 0, visitors.at(-1)?.admittedAt ?? 0]
    expect(first).toBeLessThan(last)
  })

  it('is told from one that waits for a server in a pause', () => {
    const { gate, wait, leave, advance } = create({ queueMs: 4_000, queueMax: 1_000 })
    while (gate.tryEnter());
    const visitors: Visitor[] = []
    for (let i = 0; i < 30; i++) {
      visitors.push(wait())
      advance(100)
    }
    for (const _ of visitors) leave()
    expect(visitors.every(({ admittedAt }) => admittedAt !== null)).toBe(true)
  })

  it('says when to come back: later the longer it has stood, and not to all the same', () => {
    const { gate, wait, leave, advance } = create({ queueMs: 1_000, queueMax: 100 })
    while (gate.tryEnter());
    const visitors: Visitor[] = []
    for (let i = 0; i < 200; i++) {
      visitors.push(wait(), wait(), wait())
      leave()
      advance(100)
    }
    const told = visitors.flatMap(({ outcome }) => (outcome === null ? [] : [retryAfterOf(outcome) ?? 0]))
    expect(told.length).toBeGreaterThan(300)
    expect(Math.min(...told)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...told.slice(0, 20))).toBeLessThan(Math.max(...told.slice(-20)))
    expect(Math.max(...told)).toBeLessThanOrEqual(60)
    expect(new Set(told.slice(-50)).size).toBeGreaterThan(10)
  })
})
