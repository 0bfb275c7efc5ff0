/** How fast `gatewell logs` reads a long access log, beside `goaccess` and `grep -c`, each on one core. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bar } from './compare.ts'
import { makeLog } from './log-file.ts'
import { median } from './measure.ts'
import type { Stage } from './stage.ts'
import type { Table } from './table.ts'

export const LOGS = { name: 'logs', title: 'an access log of 1 GiB, read on one core', bytes: 1 << 30 } as const

export type LogsSample = { readonly cpuS: number; readonly seconds: number; readonly peakBytes: number; readonly errors: number | null }
export type LogsRow = {
  readonly name: string
  readonly trouble: string | null
  readonly bytes: number
  readonly samples: readonly LogsSample[]
}

const MB = 1e6
const SPEED_MIN = 150
const PART_BYTES = 32 << 20
/** More than a chunk here and there: it must not grow with the log. */
const PEAK_MAX = 250e6
const LOOK_EVERY_MS = 10
const TICKS_PER_S = 100
const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

export type LogsBench = {
  readonly stage: Stage
  readonly core: number
  readonly rounds: number
  readonly bytes: number
  readonly onStep: (what: string) => void
}

export async function runLogs({ stage, core, rounds, bytes, onStep }: LogsBench): Promise<readonly LogsRow[]> {
  const folder = stage.subfolder('logs')
  const log = join(folder, 'access.log')
  onStep(`making a log of ${Math.round(bytes / 1_048_576)} MiB`)
  const made = makeLog(log, bytes)
  // It would take minutes for all of it; its speed is that of a part.
  const part = join(folder, 'part.log')
  const partBytes = makeLog(part, Math.min(bytes, PART_BYTES)).bytes
  const programs: readonly { name: string; bytes: number; argv: readonly string[]; errorsOf: (said: string) => number | null }[] = [
    {
      name: 'gatewell logs',
      bytes: made.bytes,
      argv: [process.execPath, MAIN, 'logs', '--json', log],
      errorsOf: (said) => JSON.parse(said).errors,
    },
    {
      name: 'goaccess',
      bytes: partBytes,
      argv: ['goaccess', part, '--log-format=COMBINED', '--no-global-config', '--no-progress', '-o', join(folder, 'goaccess.json')],
      errorsOf: () => null,
    },
    { name: 'grep -c', bytes: made.bytes, argv: ['grep', '-c', '" 50[234] ', log], errorsOf: Number },
  ]
  const rows = programs.map(({ name, bytes: read }) => ({ name, trouble: null as string | null, bytes: read, samples: [] as LogsSample[] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { name, argv, errorsOf }] of programs.entries()) {
      onStep(`round ${round + 1} of ${rounds}: ${name}`)
      const row = rows[index] as (typeof rows)[number]
      if (row.trouble !== null) continue
      const { said, complaint, ...sample } = await measure(['taskset', '-c', `${core}`, ...argv])
      const errors = complaint === null ? errorsOf(said) : null
      row.trouble = complaint ?? (errors === null || errors === made.failed ? null : `found ${errors} of ${made.failed} failed requests`)
      if (row.trouble === null) row.samples.push({ ...sample, errors })
    }
  }
  return rows
}

type Measured = {
  readonly said: string
  readonly complaint: string | null
  readonly cpuS: number
  readonly seconds: number
  readonly peakBytes: number
}

/** Looks at the process while it runs, for what it used is gone with it. */
async function measure(argv: readonly string[]): Promise<Measured> {
  const began = performance.now()
  const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  let [said, wrong, cpuS, peakBytes] = ['', '', 0, 0]
  child.stdout.on('data', (text: Buffer) => {
    said += text
  })
  child.stderr.on('data', (text: Buffer) => {
    wrong = `${wrong}${text}`.slice(-2_000)
  })
  const look = setInterval(() => {
    const used = usedBy(child.pid as number)
    cpuS = Math.max(cpuS, used?.cpuS ?? 0)
    peakBytes = Math.max(peakBytes, used?.peakBytes ?? 0)
  }, LOOK_EVERY_MS)
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null))
    child.on('close', resolve)
  })
  clearInterval(look)
  const seconds = (performance.now() - began) / 1_000
  // 1 is what gatewell answers with where something failed, and grep where nothing matches.
  return { said, complaint: code === 0 || code === 1 ? null : `ended with ${code}: ${wrong.trim()}`, cpuS, seconds, peakBytes }
}

function usedBy(pid: number): { cpuS: number; peakBytes: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
    return { cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S, peakBytes: Number(peak ?? 0) * 1_024 }
  } catch {
    return null
  }
}

/** Megabytes for each second of a core. */
function speedOf({ bytes, samples }: LogsRow): number {
  return median(samples.map(({ cpuS }) => bytes / MB / Math.max(cpuS, 0.01)))
}

export function logsTableOf(rows: readonly LogsRow[]): Table {
  const bytes = rows[0]?.bytes ?? 0
  return {
    title: `${LOGS.title.replace('1 GiB', `${Math.round(bytes / 1_048_576)} MiB`)}`,
    head: ['', 'MB a CPU second', 'seconds', 'peak MB'],
    rows: rows.map((row) => {
      if (row.samples.length === 0) return [`${row.name} !`, '–', '–', '–']
      const seconds = median(row.samples.map((sample) => sample.seconds))
      const peak = Math.max(...row.samples.map(({ peakBytes }) => peakBytes))
      return [row.name, speedOf(row).toFixed(0), seconds.toFixed(1), (peak / MB).toFixed(0)]
    }),
    notes: rows.flatMap(({ name, trouble, bytes: read }) => [
      ...(trouble === null ? [] : [`! ${name}: ${trouble}`]),
      ...(read === bytes ? [] : [`${name} was given ${Math.round(read / 1_048_576)} MiB of it.`]),
    ]),
  }
}

export function logsBarsOf(rows: readonly LogsRow[]): readonly Bar[] {
  const own = rows.find(({ name, samples }) => name === 'gatewell logs' && samples.length > 0)
  if (own === undefined) return []
  const speed = speedOf(own)
  const peak = Math.max(...own.samples.map(({ peakBytes }) => peakBytes))
  return [
    { what: 'logs: MB a CPU second', want: `≥ ${SPEED_MIN}`, got: speed.toFixed(0), holds: own.trouble === null && speed >= SPEED_MIN },
    { what: 'logs: peak MB', want: `≤ ${PEAK_MAX / MB}`, got: (peak / MB).toFixed(0), holds: own.trouble === null && peak <= PEAK_MAX },
  ]
}
