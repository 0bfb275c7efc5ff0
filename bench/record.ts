/** A full run's result, kept as `results/<date>-<kind of machine>`: `.md` for people, `.json` with every round. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bar, Result } from './compare.ts'
import type { IdleRow } from './idle.ts'
import { type LogsRow, logsTableOf } from './logs.ts'
import { classOf, type Machine, sentenceOf } from './machine.ts'
import { asMarkdown, barTableOf, idleTableOf, tableOf, workersTableOf } from './table.ts'
import type { WorkersRow } from './workers.ts'

export type Run = {
  readonly machine: Machine
  readonly options: { readonly rounds: number; readonly seconds: number }
  readonly results: readonly Result[]
  readonly idle: readonly IdleRow[]
  readonly workers: readonly WorkersRow[]
  readonly logs: readonly LogsRow[]
  readonly bars: readonly Bar[]
}

const FOLDER = new URL('./results/', import.meta.url)

/** Returns where, as seen from the package. */
export function record(given: Run): string {
  const run = {
    ...given,
    results: given.results.map((result) => ({ ...result, rows: result.rows.map(quiet) })),
    idle: given.idle.map(quiet),
    workers: given.workers.map(quiet),
    logs: given.logs.map(quiet),
  }
  const name = `${new Date().toISOString().slice(0, 10)}-${classOf(run.machine)}`
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(fileURLToPath(new URL(`${name}.md`, FOLDER)), markdownOf(run))
  const { machine, options, results, idle, workers, logs, bars } = run
  const kept = { machine, rounds: options.rounds, seconds: options.seconds, results, idle, workers, logs, bars }
  writeFileSync(fileURLToPath(new URL(`${name}.json`, FOLDER)), `${JSON.stringify(kept, null, 2)}\n`)
  return `bench/results/${name}.md`
}

function markdownOf({ machine, options, results, idle, workers, logs, bars }: Run): string {
  const tables = [
    barTableOf(bars),
    ...results.map(tableOf),
    ...(idle.length > 0 ? [idleTableOf(idle)] : []),
    ...(workers.length > 0 ? [workersTableOf(workers)] : []),
    ...(logs.length > 0 ? [logsTableOf(logs)] : []),
  ]
  return `# Bench of ${new Date().toISOString().slice(0, 10)}

${sentenceOf(machine)}

The proxy has one core to itself; the origin (nginx, one worker) and the load (wrk, one thread) share another. Gatewell runs as a user
starts it, every default on; nginx and HAProxy do the bare minimum: no log, no forwarding fields, no checks. Medians of ${options.rounds}
rounds of ${options.seconds} s, in which the proxies take turns; a ratio is the median of the ratios within a round. µs/request is user and
system time of the whole process tree, spread half the distance between the best and the worst round, peak MB the resident memory of
the tree, in which the pages of a program's file count once.
wrk keeps every connection busy, so p50 and p99 are those at full load.

${tables.map(asMarkdown).join('\n')}`
}

/** What a program says of its trouble may name folders of this machine, which are nobody's business. */
const quiet = <T extends { readonly trouble: string | null }>(row: T): T => ({
  ...row,
  trouble: row.trouble?.replace(/(\/[\w.@+-]+){2,}/g, '…') ?? null,
})
