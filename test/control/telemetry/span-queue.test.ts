/** Records on their way to a receiver that is well, away, or does not want them. */
import { describe, expect, test } from 'vitest'
import { delivered, type Receipt, undelivered } from '../../../src/control/alert/receipt.ts'
import { SpanQueue } from '../../../src/control/telemetry/span-queue.ts'
import type { FailureRecord } from '../../../src/gateway/observe/record.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { Wheel } from '../../../src/std/wheel.ts'
import { rescued } from '../incident/record.ts'

const records = (count: number): FailureRecord[] => Array.from({ length: count }, () => rescued('connect-refused'))

function queueOf(answers: Receipt[] = []) {
  const clock = new ManualClock()
  const wheel = new Wheel({ clock, tickMs: 10, isDriven: false })
  const sent: { at: number; ids: string[] }[] = []
  const counts = { sent: 0, dropped: 0 }
  const queue = new SpanQueue({
    wheel,
    send: async (batch) => {
      sent.push({ at: clock.now() - 1_000, ids: batch.map(({ id }) => id) })
      return answers.shift() ?? delivered('taken')
    },
    onSent: (count) => {
      counts.sent += count
    },
    onDropped: (count) => {
      counts.dropped += count
    },
    onReceipt: () => {},
  })
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10)
      wheel.advance()
      await Promise.resolve()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { queue, sent, counts, pass }
}

describe('a queue of spans', () => {
  test('gathers for a second, then sends batch after batch, in order', async () => {
    const { queue, sent, counts, pass } = queueOf()
    const all = records(600)
    queue.add(all.slice(0, 300))
    await pass(500)
    queue.add(all.slice(300))
    expect(sent).toEqual([])
    await pass(600)
    expect(sent.flatMap(({ ids }) => ids)).toEqual(all.map(({ id }) => id))
    expect(sent.map(({ ids }) => ids.length)).toEqual([256, 256, 88])
    expect(counts).toEqual({ sent: 600, dropped: 0 })
  })

  test('tries again what did not arrive, less and less often, and loses nothing of it', async () => {
    const away = undelivered('nothing listens there')
    const { queue, sent, counts, pass } = queueOf([away, away, away])
    queue.add(records(3))
    await pass(9_000)
    expect(sent.map(({ at }) => Math.round(at / 1_000))).toEqual([1, 2, 4, 8])
    expect(new Set(sent.map(({ ids }) => ids.join())).size).toBe(1)
    expect(counts).toEqual({ sent: 3, dropped: 0 })
  })

  test('tries again at most once a minute, and waits no longer', async () => {
    const { queue, sent, pass } = queueOf(Array.from({ length: 20 }, () => undelivered('away')))
    queue.add(records(1))
    await pass(300_000)
    const gaps = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_100)
    expect(gaps.at(-1)).toBeGreaterThan(59_000)
  })

  test('drops what there is no room for, and counts it', async () => {
    const { queue, sent, counts, pass } = queueOf()
    queue.add(records(2_000))
    queue.add(records(100))
    expect(counts.dropped).toBe(52)
    await pass(1_200)
    expect(sent.flatMap(({ ids }) => ids)).toHaveLength(2_048)
    queue.add(records(10))
    await pass(1_200)
    expect(counts).toEqual({ sent: 2_058, dropped: 52 })
  })

  test('drops what is refused for what it is, and goes on with the next', async () => {
    const { queue, counts, pass } = queueOf([undelivered('400', { isFinal: true })])
    queue.add(records(257))
    await pass(2_500)
    expect(counts).toEqual({ sent: 1, dropped: 256 })
  })

  test('sends the rest when it ends, and counts what does not arrive then', async () => {
    const well = queueOf()
    well.queue.add(records(300))
    await well.queue.close()
    expect(well.counts).toEqual({ sent: 300, dropped: 0 })
    const away = queueOf([undelivered('away')])
    away.queue.add(records(300))
    await away.queue.close()
    expect(away.counts).toEqual({ sent: 0, dropped: 300 })
  })
})
