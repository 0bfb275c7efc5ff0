/** Results as tables: aligned for the terminal, in Markdown for keeping. The same cells for both. */
import { type Bar, isFlawed, middle, type Result, ratio } from './compare.ts'
import type { IdleRow } from './idle.ts'
import { median } from './measure.ts'
import type { Row } from './round.ts'
import { capacityOf, gainOf, type WorkersRow } from './workers.ts'
import { IDLE, WORKERS } from './workload.ts'

export type Table = {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes: readonly string[]
}

const NONE = '–'

export function tableOf({ title, rows }: Result): Table {
  const bases = ['nginx', 'haproxy', 'gatewell, 1 route'].filter((name) => rows.some((row) => row.name === name))
  const head = [
    '',
    'µs/request',
    'spread',
    ...bases.map((name) => `× ${name}`),
    'requests/s',
    'p50 ms',
    'p99 ms',
    'peak MB',
    'core busy',
    'load busy',
  ]
  return { title, head, rows: rows.map((row) => cellsOf(row, rows, bases)), notes: [...rows.flatMap(notesOf), ...limitNote(rows)] }
}

export function idleTableOf(rows: readonly IdleRow[]): Table {
  return {
    title: IDLE.title,
    head: ['', 'MB at start', 'MB with them', 'KB each', 'held'],
    rows: rows.map(({ name, trouble, startBytes, heldBytes, held }) =>
      trouble !== null
        ? [`${name} !`, NONE, NONE, NONE, NONE]
        : [
            name,
            megabytes(startBytes),
            megabytes(heldBytes),
            held === 0 ? NONE : ((heldBytes - startBytes) / held / 1e3).toFixed(1),
            group(held),
          ],
    ),
    notes: rows.flatMap(({ name, trouble, held }) => {
      if (trouble !== null) return [`! ${name}: ${trouble}`]
      return held === IDLE.connections ? [] : [`! ${name} held ${group(held)} of ${group(IDLE.connections)} connections`]
    }),
  }
}

export function workersTableOf(rows: readonly WorkersRow[]): Table {
  const gain = gainOf(rows)
  return {
    title: WORKERS.title,
    head: ['', 'µs/request', 'busiest worker', 'requests/s with a core each'],
    rows: rows.map((row) => {
      if (row.samples.length === 0) return [`${row.name} !`, NONE, NONE, NONE]
      const cost = median(row.samples.map(({ costUs }) => costUs))
      const share = median(row.samples.map(({ largestShare }) => largestShare))
      return [row.name, cost.toFixed(1), percent(share), group(Math.round(capacityOf(row)))]
    }),
    notes: [
      ...rows.flatMap(({ name, trouble }) => (trouble === null ? [] : [`! ${name}: ${trouble}`])),
      ...(gain === null ? [] : [`Computed from CPU time, because load and origin need a core, too: ${gain.toFixed(2)} times one worker.`]),
    ],
  }
}

export function barTableOf(bars: readonly Bar[]): Table {
  return {
    title: 'The bar',
    head: ['', 'want', 'got', ''],
    rows: bars.map(({ what, want, got, holds }) => [what, want, got, holds ? 'holds' : 'missed']),
    notes: [],
  }
}

export function asText({ title, head, rows, notes }: Table): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]! + 2)))
      .join('')
      .trimEnd()
  return [title, line(head), ...rows.map(line), ...notes, ''].join('\n')
}

export function asMarkdown({ title, head, rows, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = `|${head.map((_, column) => (column === 0 ? '---|' : '---:|')).join('')}`
  return [`## ${title}`, '', line(head), rule, ...rows.map(line), '', ...notes.flatMap((note) => [`- ${note.split('\n', 1)[0]}`]), ''].join(
    '\n',
  )
}

function cellsOf(row: Row, rows: readonly Row[], bases: readonly string[]): readonly string[] {
  if (row.samples.length === 0) return [`${row.name} !`, ...Array.from({ length: bases.length + 8 }, () => NONE)]
  const costs = row.samples.map(({ costUs }) => costUs)
  const cost = middle(row, ({ costUs }) => costUs)
  return [
    isFlawed(row) ? `${row.name} !` : row.name,
    cost.toFixed(1),
    `±${(((Math.max(...costs) - Math.min(...costs)) / 2 / cost) * 100).toFixed(0)} %`,
    ...bases.map((base) => ratio(rows, row.name, base)?.toFixed(2) ?? NONE),
    group(Math.round(middle(row, ({ requestsPerSecond }) => requestsPerSecond))),
    (middle(row, ({ p50Us }) => p50Us) / 1e3).toFixed(2),
    (middle(row, ({ p99Us }) => p99Us) / 1e3).toFixed(2),
    megabytes(Math.max(...row.samples.map(({ peakBytes }) => peakBytes))),
    percent(middle(row, ({ proxyCoreBusy }) => proxyCoreBusy)),
    percent(middle(row, ({ loadCoreBusy }) => loadCoreBusy)),
  ]
}

function notesOf(row: Row): readonly string[] {
  if (row.trouble !== null) return [`! ${row.name}: ${row.trouble}`]
  const count = row.samples.reduce((sum, { errors }) => sum + errors, 0)
  if (count === 0) return []
  const kinds = (['connect', 'read', 'write', 'timeout', 'status'] as const).map((kind) => {
    const number = row.samples.reduce((sum, { report }) => sum + report[kind], 0)
    return number === 0 ? null : `${group(number)} ${kind === 'status' ? 'answers of 4xx or 5xx, or none' : kind}`
  })
  return [`! ${row.name} had ${group(count)} errors: ${kinds.filter((kind) => kind !== null).join(', ')}`]
}

/** Where origin and load had no time left while the proxy had, requests/s and latency speak of them, not of the proxy. */
function limitNote(rows: readonly Row[]): readonly string[] {
  const limited = rows.filter(
    (row) => row.samples.length > 0 && middle(row, ({ loadCoreBusy, proxyCoreBusy }) => loadCoreBusy - proxyCoreBusy) > 0,
  )
  const strange = Math.max(0, ...rows.flatMap(({ samples }) => samples.map((sample) => sample.strange)))
  return [
    ...(limited.length > 0
      ? [
          `The load's core was the busier one for ${limited.map(({ name }) => name).join(', ')}: their requests/s is what origin and load could do.`,
        ]
      : []),
    ...(strange > 0.1 ? [`Something else on this machine took up to ${percent(strange)} of a core: take these numbers with care.`] : []),
  ]
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
const group = (value: number): string => value.toLocaleString('en-US')
