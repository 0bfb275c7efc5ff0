import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '../../src/control/log.ts'
import { type Deployment, WorkerGroup } from '../../src/control/worker-group.ts'
import type { Connect, WorkerEnd } from '../../src/control/worker-handle.ts'
import { ManualClock } from '../../src/std/clock.ts'
import type { ToControl, ToWorker } from '../../src/worker/link.ts'
import { controlPlan } from './running.ts'

/** A worker as control sees it, told by a test what to do. */
type Puppet = {
  readonly place: number
  readonly received: ToWorker[]
  isKilled: boolean
  say(message: ToControl): void
  end(end?: Partial<WorkerEnd>): void
}

let clock: ManualClock
let puppets: Puppet[]
let crashes: number
let said: string[]
let group: WorkerGroup

const connect: Connect = ({ place, onMessage, onEnd }) => {
  const received: ToWorker[] = []
  const end = (how: Partial<WorkerEnd> = {}): void => onEnd({ code: null, signal: null, ...how })
  const puppet: Puppet = { place, received, isKilled: false, say: onMessage, end }
  puppets.push(puppet)
  return {
    pid: 1_000 + puppets.length,
    send: (message) => received.push(message),
    kill: () => {
      puppet.isKilled = true
      end({ signal: 'SIGKILL' })
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  clock = new ManualClock()
  puppets = []
  crashes = 0
  said = []
  const log = createLog({ isTerminal: false, destination: { write: (line) => said.push(JSON.parse(line).msg) } })
  group = new WorkerGroup({
    log,
    clock,
    watcher: {
      onReport: () => {},
      onEndpoints: () => {},
      verdicts: () => [],
      onStart: () => {},
      onCrash: () => crashes++,
      onEnd: () => {},
    },
  })
})

afterEach(() => {
  vi.useRealTimers()
})

function deployment(count: number, isBindingItself = false): Deployment {
  return { plan: controlPlan(1), count, connect, descriptors: { web: 4 }, isBindingItself }
}

function listen(...which: Puppet[]): void {
  for (const puppet of which) puppet.say({ kind: 'listening', listeners: [] })
}

async function deployed(count = 1): Promise<void> {
  const done = group.deploy(deployment(count))
  listen(...puppets)
  expect(await done).toEqual([])
}

function pass(ms: number): void {
  clock.advance(ms)
  vi.advanceTimersByTime(ms)
}

function latest(): Puppet {
  return puppets.at(-1) as Puppet
}

describe('starting', () => {
  test('gives each worker its place, the plan and its sockets, and is done when all listen', async () => {
    const done = group.deploy(deployment(2))
    listen(puppets[0] as Puppet)
    let isDone = false
    void done.then(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(isDone).toBe(false)
    listen(puppets[1] as Puppet)
    await done
    expect(puppets.map(({ place }) => place)).toEqual([1, 2])
    expect(puppets[0]?.received).toEqual([{ kind: 'start', plan: controlPlan(1), descriptors: { web: 4 } }])
  })

  test('that one worker cannot do ends the others and says why', async () => {
    const done = group.deploy(deployment(2))
    listen(puppets[0] as Puppet)
    puppets[1]?.say({ kind: 'unable', reason: 'Cannot write the access log.' })
    expect(await done).toBe('Cannot write the access log.')
    for (const { received } of puppets) expect(received.at(-1)).toEqual({ kind: 'drain', graceMs: 0 })
    for (const puppet of puppets) puppet.end({ code: 0 })
    expect(puppets).toHaveLength(2)
  })

  test('of a worker that dies before it listens fails, and says how it died', async () => {
    const done = group.deploy(deployment(1))
    latest().end({ code: 1 })
    expect(await done).toBe('the worker ended before it listened (exit code 1)')
    pass(60_000)
    expect(puppets).toHaveLength(1)
  })
})

describe('a worker that dies', () => {
  test('is replaced at once, in its place', async () => {
    await deployed(2)
    puppets[1]?.end({ signal: 'SIGKILL' })
    expect(latest().place).toBe(2)
    expect(latest().received[0]?.kind).toBe('start')
    expect(crashes).toBe(1)
  })

  test('again and again is replaced after pauses that double up to five seconds, for ever', async () => {
    await deployed()
    const pauses: number[] = []
    for (let death = 0; death < 10; death++) {
      const before = puppets.length
      latest().end({ code: 1 })
      let waitedMs = 0
      while (puppets.length === before) {
        pass(50)
        waitedMs += 50
      }
      pauses.push(waitedMs)
    }
    expect(pauses).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
  })

  test('after a long life is replaced at once again', async () => {
    await deployed()
    for (let death = 0; death < 4; death++) {
      latest().end({ code: 1 })
      pass(5_000)
    }
    pass(10_000)
    const before = puppets.length
    latest().end({ code: 1 })
    expect(puppets).toHaveLength(before + 1)
  })

  test('is not replaced while all are draining', async () => {
    await deployed()
    void group.drain(1_000)
    latest().end({ code: 0 })
    pass(60_000)
    expect(puppets).toHaveLength(1)
    expect(crashes).toBe(0)
  })
})

describe('a worker with a bug', () => {
  const words = { message: 'x is undefined', stack: 'TypeError: x is undefined', exchange: 'id-9' }

  test('has its successor before it has ended, and is not mourned a second time', async () => {
    await deployed()
    puppets[0]?.say({ kind: 'last-words', words })
    expect(puppets).toHaveLength(2)
    puppets[0]?.say({ kind: 'last-words', words })
    puppets[0]?.end({ code: 70 })
    expect(puppets).toHaveLength(2)
    expect(crashes).toBe(1)
    expect(said.filter((text) => text.includes('x is undefined'))).toHaveLength(1)
    expect(said.filter((text) => text.includes('unasked'))).toHaveLength(0)
  })

  test('that does not end by itself is killed', async () => {
    await deployed()
    puppets[0]?.say({ kind: 'last-words', words })
    pass(29_000)
    expect(puppets[0]?.isKilled).toBe(false)
    pass(1_001)
    expect(puppets[0]?.isKilled).toBe(true)
  })
})

describe('a worker that got a signal of its own', () => {
  test('is replaced a moment later, when no signal to control followed', async () => {
    await deployed()
    puppets[0]?.say({ kind: 'leaving' })
    expect(puppets).toHaveLength(1)
    pass(100)
    expect(puppets).toHaveLength(2)
    expect(crashes).toBe(0)
  })

  test('is not, when control drains too: the signal was for all', async () => {
    await deployed()
    puppets[0]?.say({ kind: 'leaving' })
    void group.drain(1_000)
    pass(1_000)
    expect(puppets).toHaveLength(1)
  })
})

describe('a new plan', () => {
  test('goes to those that serve, and to all that replace them', async () => {
    await deployed()
    const plan = { ...controlPlan(1), name: 'renamed' }
    group.apply(plan)
    expect(latest().received.at(-1)).toEqual({ kind: 'apply', plan })
    latest().end({ code: 1 })
    expect(latest().received[0]).toMatchObject({ kind: 'start', plan: { name: 'renamed' } })
  })

  test('with other listeners starts a new set, and drains the old one when the new one listens', async () => {
    await deployed(2)
    const done = group.deploy(deployment(1))
    expect(puppets[0]?.received.at(-1)?.kind).toBe('start')
    listen(latest())
    await done
    for (const old of puppets.slice(0, 2)) expect(old.received.at(-1)?.kind).toBe('drain')
    for (const old of puppets.slice(0, 2)) old.end({ code: 0 })
    pass(60_000)
    expect(puppets).toHaveLength(3)
  })

  test('that cannot be run leaves the old set as it is', async () => {
    await deployed()
    const done = group.deploy(deployment(1))
    latest().say({ kind: 'unable', reason: 'no' })
    await done
    latest().end({ code: 0 })
    expect(puppets[0]?.received.map(({ kind }) => kind)).toEqual(['start'])
    puppets[0]?.end({ code: 1 })
    expect(puppets).toHaveLength(3)
  })

  test('waits for the addresses where workers bind for themselves', async () => {
    await deployed()
    const done = group.deploy(deployment(1, true))
    expect(puppets[0]?.received.at(-1)?.kind).toBe('drain')
    listen(latest())
    await done
  })
})

describe('draining', () => {
  test('is over when all have ended', async () => {
    await deployed(2)
    let isOver = false
    void group.drain(1_000).then(() => {
      isOver = true
    })
    puppets[0]?.end({ code: 0 })
    await vi.advanceTimersByTimeAsync(0)
    expect(isOver).toBe(false)
    puppets[1]?.end({ code: 0 })
    await vi.advanceTimersByTimeAsync(0)
    expect(isOver).toBe(true)
  })

  test('by force ends all at once, and none comes back', async () => {
    await deployed(2)
    group.kill()
    pass(60_000)
    expect(puppets.map(({ isKilled }) => isKilled)).toEqual([true, true])
    expect(crashes).toBe(0)
  })

  test('is cut short for a worker that does not keep to its time', async () => {
    await deployed()
    void group.drain(1_000)
    pass(2_999)
    expect(latest().isKilled).toBe(false)
    pass(1)
    expect(latest().isKilled).toBe(true)
  })
})

describe('collecting', () => {
  test('waits for the answer to this question from each worker that serves', async () => {
    await deployed(2)
    const collected = group.collect()
    const { ticket } = latest().received.at(-1) as { ticket: number }
    const upstreams = [{ name: 'app', isPaused: false, isLost: false, isPanicking: false, inflight: 0, queued: 0, held: 0, endpoints: [] }]
    for (const puppet of puppets) {
      puppet.say({ kind: 'report', report: { ticket: 0, series: [], gauges: [], records: [], traced: [], upstreams: [] } })
      puppet.say({ kind: 'report', report: { ticket, series: [], gauges: [], records: [], traced: [], upstreams } })
    }
    expect(await collected).toEqual([upstreams, upstreams])
  })

  test('does without a worker that does not answer', async () => {
    await deployed()
    const collected = group.collect()
    await vi.advanceTimersByTimeAsync(500)
    expect(await collected).toEqual([])
  })
})
