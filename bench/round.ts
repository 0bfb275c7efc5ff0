/**
 * One workload against several proxies: each is started afresh, checked to answer as the origin does, and warmed up; then they take turns,
 * A B C A B C, so that a machine that slows down or speeds up does so for all.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cores } from './core.ts'
import { errorsOf, type Load, type Report, runLoad } from './load.ts'
import { coreTime, cpuUs, forgetPeak, peakBytes } from './measure.ts'
import type { Origin } from './origin.ts'
import type { Contender, Place } from './proxy/contender.ts'
import { answering, freePort, get, gistOf, type Stage, type Started } from './stage.ts'
import type { Workload } from './workload.ts'

export type Bench = {
  readonly stage: Stage
  readonly cores: Cores
  readonly origin: Origin
  readonly rounds: number
  readonly seconds: number
  readonly onStep: (what: string) => void
}

export type Sample = {
  /** User and system time of the whole process tree, for one request that was answered well. */
  readonly costUs: number
  readonly requestsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly peakBytes: number
  readonly errors: number
  readonly report: Report
  /** How busy each core was, of 1; and what of it was neither the bench's nor the proxies' doing. */
  readonly proxyCoreBusy: number
  readonly loadCoreBusy: number
  readonly strange: number
}

export type Row = { readonly name: string; trouble: string | null; readonly samples: Sample[] }

type Entrant = { readonly row: Row; readonly place: Place; readonly started: Started }

const SETTLE_MS = 150

/** Warm is who has not become this much cheaper, a second at a time, twice in a row. */
const GAIN = 0.95
const WARM_UP_SECONDS_MAX = 8

export async function runRounds(bench: Bench, proxies: readonly Contender[], workload: Workload): Promise<readonly Row[]> {
  const rows: Row[] = proxies.map(({ name }) => ({ name, trouble: null, samples: [] }))
  const entrants: Entrant[] = []
  for (const [index, proxy] of proxies.entries()) {
    const row = rows[index]!
    bench.onStep(`${workload.name}: warming up ${proxy.name}`)
    const entrant = await enter(bench, proxy, row)
    if (entrant === null) continue
    entrants.push(entrant)
    await attempt(row, async () => {
      await answering(entrant.started, entrant.place.port, workload.load.bodyBytes ? '/small' : workload.load.path, workload.load.headers)
      await compare(bench.origin.port, entrant.place.port, workload.load)
      await warmUp(bench, entrant, workload.load)
    })
  }
  for (let round = 1; round <= bench.rounds; round++) {
    for (const entrant of entrants.filter(({ row }) => row.trouble === null)) {
      bench.onStep(`${workload.name}: round ${round} of ${bench.rounds}, ${entrant.row.name}`)
      await sleep(SETTLE_MS)
      await attempt(entrant.row, async () => void entrant.row.samples.push(await sample(bench, entrant, workload.load)))
    }
  }
  for (const { started } of entrants) await bench.stage.stop(started)
  return rows
}

/** Starts a proxy on ports of its own; null, with the trouble in its row, when it cannot be. */
export async function enter({ stage, cores, origin }: Bench, proxy: Contender, row: Row): Promise<Entrant | null> {
  const ports = { port: await freePort(), admin: await freePort(), origin: origin.port }
  const place = { stage, core: cores.proxy, ...ports, folder: stage.subfolder(proxy.name) }
  try {
    return { row, place, started: proxy.start(place) }
  } catch (error) {
    row.trouble = sentenceOf(error)
    return null
  }
}

export async function attempt(row: Row, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    row.trouble = sentenceOf(error)
  }
}

/** A just-in-time compiler takes seconds to get to its best, the longer the more the machine has to do; others only fill their pools. */
async function warmUp({ stage, cores }: Bench, { started, place }: Entrant, load: Load): Promise<void> {
  let best = Number.POSITIVE_INFINITY
  let idled = 0
  for (let second = 0; second < WARM_UP_SECONDS_MAX && idled < 2; second++) {
    const before = cpuUs(started.pid)
    const { requests } = await runLoad(stage, cores.load, place.port, load, 1)
    const cost = (cpuUs(started.pid) - before) / requests
    idled = cost < best * GAIN ? 0 : idled + 1
    best = Math.min(best, cost)
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function sample({ stage, cores, seconds }: Bench, { started, place }: Entrant, load: Load): Promise<Sample> {
  forgetPeak(started.pid)
  const read = () => ({
    proxy: cpuUs(started.pid),
    own: cpuUs(process.pid),
    proxyCore: coreTime(cores.proxy),
    loadCore: coreTime(cores.load),
  })
  const before = read()
  const report = await runLoad(stage, cores.load, place.port, load, seconds)
  const after = read()
  if (started.child.exitCode !== null || started.child.signalCode !== null) throw new Error(`ended during the run: ${gistOf(started)}`)
  // wrk counts what ended without an answer as a request too, of status 0: a proxy gets nothing for those.
  const answered = report.requests - report.status
  if (answered === 0) throw new Error(`answered nothing well; its last words: ${gistOf(started)}`)
  const busyUs = (core: 'proxyCore' | 'loadCore') => after[core].busyUs - before[core].busyUs
  const allUs = (core: 'proxyCore' | 'loadCore') => after[core].allUs - before[core].allUs
  const strangeUs = busyUs('proxyCore') + busyUs('loadCore') - (after.own - before.own)
  return {
    costUs: (after.proxy - before.proxy) / answered,
    requestsPerSecond: (answered * 1e6) / report.durationUs,
    p50Us: report.p50Us,
    p99Us: report.p99Us,
    peakBytes: peakBytes(started.pid),
    errors: errorsOf(report),
    report,
    proxyCoreBusy: busyUs('proxyCore') / allUs('proxyCore'),
    loadCoreBusy: busyUs('loadCore') / allUs('loadCore'),
    strange: Math.max(0, strangeUs / allUs('proxyCore')),
  }
}

/** A proxy that answers something else than the origin would be measured doing something else. */
async function compare(origin: number, port: number, { path, headers, bodyBytes }: Load): Promise<void> {
  const body = bodyBytes === undefined ? null : Buffer.alloc(bodyBytes, 'x')
  const options = { method: body === null ? 'GET' : 'POST', headers: { ...headers }, body }
  const [wanted, got] = [await get(origin, path, options), await get(port, path, options)]
  if (got.status !== wanted.status || !got.body.equals(wanted.body)) {
    throw new Error(
      `answered ${got.status} with ${got.body.length} bytes where the origin answers ${wanted.status} with ${wanted.body.length}`,
    )
  }
}
