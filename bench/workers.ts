/**
 * What two workers can carry beside one. Two cores do not suffice for them with origin and load, so both workers share the proxies' core,
 * which is busy all the time, and what is measured is CPU time: of a request, and of the worker that had most to do. With a core
 * for each worker that one would be the first to be busy all the time: capacity is 1 / (CPU of a request × its share).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { errorsOf, runLoad } from './load.ts'
import { cpuUs, median, ownCpuUs, treeOf } from './measure.ts'
import type { Contender } from './proxy/contender.ts'
import { type GatewellOptions, startGatewell } from './proxy/gatewell.ts'
import { attempt, type Bench, enter, type Row } from './round.ts'
import { answering } from './stage.ts'
import { HELLO } from './workload.ts'

export type WorkersRow = {
  readonly name: string
  trouble: string | null
  /** Of each round. The share is that of the busiest worker. */
  readonly samples: { readonly costUs: number; readonly largestShare: number; readonly errors: number }[]
}

const COUNTS = [1, 2] as const
const WARM_UP_SECONDS = 4
const SETTLE_MS = 150

export async function runWorkers(bench: Bench, options: GatewellOptions): Promise<readonly WorkersRow[]> {
  const { stage, cores, rounds, seconds } = bench
  const rows: (WorkersRow & Row)[] = COUNTS.map((count) => ({
    name: `gatewell, ${count} worker${count === 1 ? '' : 's'}`,
    trouble: null,
    samples: [],
  }))
  const running = []
  for (const [index, count] of COUNTS.entries()) {
    const row = rows[index]!
    bench.onStep(`workers: warming up ${row.name}`)
    const entrant = await enter(bench, withWorkers(options, count), row)
    if (entrant === null) continue
    running.push({ ...entrant, row, count })
    await attempt(row, async () => {
      await answering(entrant.started, entrant.place.port, HELLO.path)
      await runLoad(stage, cores.load, entrant.place.port, HELLO, WARM_UP_SECONDS)
    })
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { row, started, place, count } of running.filter(({ row }) => row.trouble === null)) {
      bench.onStep(`workers: round ${round} of ${rounds}, ${row.name}`)
      await sleep(SETTLE_MS)
      await attempt(row, async () => {
        const read = () => ({ all: cpuUs(started.pid), each: new Map(treeOf(started.pid).map((pid) => [pid, ownCpuUs(pid)])) })
        const before = read()
        const report = await runLoad(stage, cores.load, place.port, HELLO, seconds)
        const after = read()
        const spent = [...after.each].map(([pid, us]) => us - (before.each.get(pid) ?? 0)).sort((a, b) => b - a)
        const workers = spent.slice(0, count)
        const costUs = (after.all - before.all) / (report.requests - report.status)
        const largestShare = (workers[0] ?? 0) / workers.reduce((sum, us) => sum + us, 0)
        ;(row as WorkersRow).samples.push({ costUs, largestShare, errors: errorsOf(report) })
      })
    }
  }
  for (const { started } of running) await stage.stop(started)
  return rows
}

/** Requests a second, with a core for each worker. */
export const capacityOf = ({ samples }: WorkersRow): number =>
  median(samples.map(({ costUs, largestShare }) => 1e6 / (costUs * largestShare)))

/** What two workers carry, of what one does; null where one of them was not measured. */
export function gainOf([one, two]: readonly WorkersRow[]): number | null {
  if (one === undefined || two === undefined || one.samples.length === 0 || two.samples.length === 0) return null
  return capacityOf(two) / capacityOf(one)
}

function withWorkers(options: GatewellOptions, count: number): Contender {
  return {
    name: `gatewell-${count}`,
    program: null,
    version: () => '',
    start: (place) => {
      if (options.command?.includes('{port}')) throw new Error('needs a command that takes the arguments of gatewell')
      const target = [`http://127.0.0.1:${place.origin}`, '--listen', `127.0.0.1:${place.port}`, '--admin', `127.0.0.1:${place.admin}`]
      return startGatewell(place, options, [...target, '--workers', `${count}`])
    },
  }
}
