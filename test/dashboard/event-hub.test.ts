/** The stream of events, by a clock that is moved by hand. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EventHub } from '../../src/control/admin/event-hub.ts'
import type { EventStream } from '../../src/control/admin/event-stream.ts'
import type { Status } from '../../src/control/admin/status.ts'
import { NOTHING_SWITCHED } from '../../src/control/admin/switch-state.ts'
import type { IncidentEvent } from '../../src/control/incident/incident.ts'
import { MetricLedger } from '../../src/control/metric-ledger.ts'
import { ManualClock } from '../../src/std/clock.ts'

const STATUS: Status = {
  ...{ version: '1', state: 'serving', uptimeMs: 5, isDrained: false, workers: [], upstreams: [], switches: NOTHING_SWITCHED },
}

let clock: ManualClock
let hub: EventHub
let asked: number
let hearers: Set<(event: IncidentEvent) => void>

beforeEach(() => {
  clock = new ManualClock()
  asked = 0
  hearers = new Set()
  const ledger = new MetricLedger()
  hub = new EventHub({
    clock,
    status: async () => {
      asked++
      return STATUS
    },
    sight: {
      get numbers() {
        return ledger.read()
      },
      hearIncidents: (hear) => {
        hearers.add(hear)
        return () => hearers.delete(hear)
      },
    },
  })
})

afterEach(() => hub.stop())

/** Reads what is there now. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  text = ''

  constructor(stream: EventStream) {
    this.#reader = stream.body.getReader()
    void this.#read()
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      this.text += new TextDecoder().decode(value)
    }
  }

  get kinds(): string[] {
    return [...this.text.matchAll(/^event: (.*)$/gm)].map(([, kind]) => kind as string)
  }

  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? ''
  }

  leave(): Promise<void> {
    return this.#reader.cancel()
  }
}

async function look(lastId = ''): Promise<Reader> {
  const reader = new Reader(hub.open(lastId) as EventStream)
  await settle()
  return reader
}

/** Lets all that waits for nothing but its turn happen. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

async function tick(): Promise<void> {
  clock.advance(1_000)
  await hub.tick()
  await settle()
}

const event = { kind: 'opened', incident: { id: 'i-1' } } as IncidentEvent
const tell = (): void => {
  for (const hear of hearers) hear(event)
}

describe('who looks on', () => {
  test('is told how things are, and then each second', async () => {
    const reader = await look()
    expect(reader.kinds).toEqual(['hello'])
    await tick()
    expect(reader.kinds).toEqual(['hello', 'status', 'traffic'])
  })

  test('hears of an incident at once', async () => {
    const reader = await look()
    tell()
    await settle()
    expect(reader.kinds).toEqual(['hello', 'incident'])
  })

  test('and was cut off is told what happened meanwhile, and nothing twice', async () => {
    const reader = await look()
    await tick()
    await reader.leave()
    tell()
    await tick()
    const again = await look(reader.lastId)
    expect(again.kinds).toEqual(['hello', 'incident', 'traffic'])
  })

  test('for the first time is told what the others saw, also with an id of another life', async () => {
    await look()
    await tick()
    expect((await look()).kinds).toEqual(['hello', 'traffic'])
    expect((await look('another-7')).kinds).toEqual(['hello', 'traffic'])
  })

  test('and does not read is let go, and the others are not', async () => {
    const slow = hub.open('') as EventStream
    const reader = await look()
    for (let times = 0; times < 5_000 && slow.isOpen; times++) slow.send('x'.repeat(1_024))
    expect(slow.isOpen).toBe(false)
    await tick()
    expect(reader.kinds).toEqual(['hello', 'status', 'traffic'])
  })

  test('is one of at most 32', async () => {
    const streams = Array.from({ length: 32 }, () => hub.open(''))
    expect(streams).not.toContain(null)
    expect(hub.open('')).toBeNull()
    await settle()
    await streams[0]?.body.cancel()
    expect(hub.open('')).not.toBeNull()
  })
})

test('when nobody has looked for a while, nothing is computed and nobody listens', async () => {
  const reader = await look()
  await tick()
  await reader.leave()
  const before = asked
  await tick()
  expect(asked).toBe(before + 1)
  clock.advance(20_000)
  await tick()
  expect(asked).toBe(before + 1)
  expect(hearers.size).toBe(0)
})
