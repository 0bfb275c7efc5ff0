/** What waits to be kept: nobody waits for it, and what is lost is counted. */
import { expect, test } from 'vitest'
import { Outbox } from '../../../src/control/store/outbox.ts'
import type { Batch, Store } from '../../../src/control/store/store.ts'
import { failed } from '../incident/record.ts'
import { incident } from './store-suite.ts'

/** A disk that can be full or stand still. */
class Disk {
  readonly batches: Batch[] = []
  isFull = false
  release: (() => void) | null = null
  hold: Promise<void> | null = null
  readonly told: string[] = []
  readonly outbox = new Outbox({
    store: { write: (batch: Batch) => this.write(batch) } as unknown as Store,
    onTrouble: (reason) => this.told.push(reason),
    onRelief: () => this.told.push('relief'),
  })

  async write(batch: Batch): Promise<void> {
    await this.hold
    if (this.isFull) throw new Error('database or disk is full')
    this.batches.push(batch)
  }

  get ids(): string[] {
    return this.batches.flatMap(({ records }) => records.map(({ record }) => record.id))
  }
}

test('what comes together is kept together, of an incident only the latest', async () => {
  const { outbox, batches } = new Disk()
  outbox.add(failed('connect-refused', { id: 'a' }), 'i-1')
  outbox.put(incident('i-1', { failures: 1 }))
  outbox.put(incident('i-1', { failures: 2 }))
  outbox.putAlerts({ channel: 'slack', waiting: [], told: [] })
  outbox.putAlerts({ channel: 'slack', waiting: [], told: [{ incident: 'i-1', severity: 'warning' }] })
  await outbox.flush()
  expect(batches).toEqual([
    {
      records: [{ record: expect.objectContaining({ id: 'a' }), incident: 'i-1' }],
      incidents: [incident('i-1', { failures: 2 })],
      alerts: [{ channel: 'slack', waiting: [], told: [{ incident: 'i-1', severity: 'warning' }] }],
    },
  ])
})

test('a full disk is told once, and nothing is lost that there is room for', async () => {
  const disk = new Disk()
  disk.isFull = true
  disk.outbox.add(failed('connect-refused', { id: 'a' }), '')
  disk.outbox.put(incident('i-1', { failures: 1 }))
  await disk.outbox.flush()
  disk.outbox.add(failed('connect-refused', { id: 'b' }), '')
  disk.outbox.put(incident('i-1', { failures: 2 }))
  await disk.outbox.flush()
  expect([disk.told, disk.ids]).toEqual([['database or disk is full'], []])
  disk.isFull = false
  await disk.outbox.flush()
  expect(disk.told).toEqual(['database or disk is full', 'relief'])
  expect([disk.ids, disk.outbox.dropped]).toEqual([['a', 'b'], 0])
  expect(disk.batches.flatMap(({ incidents }) => incidents)).toEqual([incident('i-1', { failures: 2 })])
})

test('while the disk stands still only so many wait, and the others are counted', async () => {
  const disk = new Disk()
  disk.hold = new Promise((resolve) => {
    disk.release = resolve
  })
  const record = failed('connect-refused')
  disk.outbox.add(record, '')
  const flushed = disk.outbox.flush()
  for (let i = 0; i < 10_500; i++) disk.outbox.add(record, '')
  expect(disk.outbox.dropped).toBe(500)
  disk.release?.()
  await flushed
  expect(disk.ids).toHaveLength(10_001)
})
