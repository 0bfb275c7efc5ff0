/** When an incident is diagnosed, and of what. */
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { type Diagnose, Diagnostician } from '../../../src/control/incident/diagnostician.ts'
import { IncidentBook } from '../../../src/control/incident/incident-book.ts'
import type { FailureRecord } from '../../../src/gateway/observe/record.ts'
import { ManualClock } from '../../../src/std/clock.ts'
import { failed } from './record.ts'

const diagnosis = { cause: 'connect-refused', confidence: 0.9, summary: '', evidence: [], against: [], remedies: [], saidBy: null } as const

let clock: ManualClock
let book: IncidentBook
let doctor: Diagnostician
let asked: { first: string; related: number; failures: number }[]
let bugs: unknown[]
let answer: () => ReturnType<Diagnose>

beforeEach(() => {
  clock = new ManualClock()
  asked = []
  bugs = []
  answer = async () => diagnosis
  book = new IncidentBook({ clock, lastGoodOf: () => null, onEvent: (event) => doctor.hear(event) })
  doctor = new Diagnostician({
    clock,
    diagnose: ({ record, related, incident }) => {
      asked.push({ first: record.id, related: related.length, failures: incident.failures })
      return answer()
    },
    find: (id) => book.find(id),
    onDiagnosis: (id, found) => book.setDiagnosis(id, found),
    onBug: (error) => bugs.push(error),
  })
})

function fail(changes: Partial<FailureRecord> = {}): string {
  const record = failed('connect-refused', { endedAt: clock.epoch(), ...changes })
  const id = book.take(record)
  doctor.see(record, id)
  return id
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  doctor.tick()
  await turn()
}

test('at its beginning, ten seconds later, and whenever it has grown tenfold', async () => {
  const id = fail({ id: 'first' })
  await pass(0)
  expect(book.find(id)?.diagnosis).toEqual(diagnosis)
  for (let i = 0; i < 8; i++) fail()
  await pass(5_000)
  expect(asked).toEqual([{ first: 'first', related: 1, failures: 1 }])
  await pass(5_000)
  expect(asked[1]).toEqual({ first: 'first', related: 9, failures: 9 })
  await pass(60_000)
  for (let i = 0; i < 80; i++) fail()
  await pass(1_000)
  expect(asked).toHaveLength(2)
  fail()
  await pass(1_000)
  expect(asked[2]).toMatchObject({ related: 64, failures: 90 })
})

test('not while it is being diagnosed, and a bug there harms nobody', async () => {
  const { promise, reject } = Promise.withResolvers<null>()
  answer = () => promise
  const id = fail()
  await pass(0)
  for (let i = 0; i < 20; i++) fail()
  await pass(20_000)
  expect(asked).toHaveLength(1)
  reject(new Error('a bug'))
  await turn()
  expect(bugs).toEqual([new Error('a bug')])
  expect(book.find(id)).toMatchObject({ state: 'open', diagnosis: null })
})
