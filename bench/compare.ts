/** Medians, ratios between proxies of the same run, and the bar: what Gatewell sets itself. Information, never a verdict on the run. */
import type { IdleRow } from './idle.ts'
import { median } from './measure.ts'
import type { Row, Sample } from './round.ts'
import { gainOf, type WorkersRow } from './workers.ts'
import { IDLE, ROUTES, WORKERS } from './workload.ts'

export type Result = { readonly name: string; readonly title: string; readonly rows: readonly Row[] }

export type Bar = { readonly what: string; readonly want: string; readonly got: string; readonly holds: boolean }

type Want = { readonly workload: string; readonly subject: string; readonly against: string; readonly most: number }

const NODE_AND_GO = ['caddy', 'httpxy', 'http-proxy', 'fastify']
const BETTER = 1 / 3.5

const WANTS: readonly Want[] = [
  ...['small', 'small-1000'].flatMap((workload) => [
    { workload, subject: 'gatewell', against: 'nginx', most: 1 },
    { workload, subject: 'gatewell', against: 'haproxy', most: 1.2 },
  ]),
  ...NODE_AND_GO.map((against) => ({ workload: 'small', subject: 'gatewell', against, most: BETTER })),
  { workload: '1m', subject: 'gatewell', against: 'nginx', most: 0.9 },
  { workload: ROUTES.name, subject: 'gatewell, 10,000 routes', against: 'gatewell, 1 route', most: 1.1 },
]

const IDLE_MB_MAX = 150

/** Two workers, of what one carries. */
const GAIN_MIN = 1.8

/** Of one round each, then the median: what slows the machine for a while slows both. */
export function ratio(rows: readonly Row[], subject: string, against: string): number | null {
  const [above, below] = [subject, against].map((name) => rows.find((row) => row.name === name && row.trouble === null)?.samples)
  if (above === undefined || below === undefined || above.length === 0 || above.length !== below.length) return null
  return median(above.map((sample, index) => sample.costUs / below[index]!.costUs))
}

/** Fast with errors is not fast. */
export const isFlawed = (row: Row): boolean => row.trouble !== null || row.samples.some(({ errors }) => errors > 0)

export const middle = (row: Row, of: (sample: Sample) => number): number => median(row.samples.map(of))

export function barsOf(results: readonly Result[], idle: readonly IdleRow[], workers: readonly WorkersRow[] = []): readonly Bar[] {
  return [...costBarsOf(results), ...memoryBarsOf(idle), ...workersBarsOf(workers)]
}

function workersBarsOf(rows: readonly WorkersRow[]): readonly Bar[] {
  const gain = gainOf(rows)
  if (gain === null) return []
  const isClean = rows.every(({ samples }) => samples.every(({ errors }) => errors === 0))
  return [{ what: WORKERS.title, want: `≥ ${GAIN_MIN.toFixed(2)} ×`, got: `${gain.toFixed(2)} ×`, holds: isClean && gain >= GAIN_MIN }]
}

function costBarsOf(results: readonly Result[]): readonly Bar[] {
  return WANTS.flatMap(({ workload, subject, against, most }): Bar[] => {
    const result = results.find(({ name }) => name === workload)
    const got = result && ratio(result.rows, subject, against)
    if (result === undefined || got === null || got === undefined) return []
    const isClean = !result.rows.some((row) => row.name === subject && isFlawed(row))
    if (most === BETTER) {
      return [
        {
          what: `${result.title}: cheaper than ${against}`,
          want: '≥ 3.50 ×',
          got: `${(1 / got).toFixed(2)} ×`,
          holds: isClean && got <= most,
        },
      ]
    }
    return [
      { what: `${result.title}: of ${against}`, want: `≤ ${most.toFixed(2)} ×`, got: `${got.toFixed(2)} ×`, holds: isClean && got <= most },
    ]
  })
}

function memoryBarsOf(idle: readonly IdleRow[]): readonly Bar[] {
  const own = idle.find((row) => row.name === 'gatewell' && row.trouble === null)
  if (own === undefined) return []
  const megabytes = own.heldBytes / 1e6
  const holds = megabytes <= IDLE_MB_MAX && own.held === IDLE.connections
  return [{ what: `${IDLE.title}: memory`, want: `≤ ${IDLE_MB_MAX} MB`, got: `${megabytes.toFixed(0)} MB`, holds }]
}
