/** What real servers logged when they were made to fail is attributed to what was done to them. */
import { describe, expect, it } from 'vitest'
import { PATTERNS } from '../../src/insight/dialect/pattern-table.ts'
import { FILES, type Reading, readFile } from './corpus.ts'

const readings: readonly Reading[] = FILES.flatMap(readFile)
const servers = [...new Set(FILES.map(({ server }) => server))]
const LEAST = 0.98

function isExact({ expected, pattern }: Reading): boolean {
  return (pattern?.cause ?? null) === expected
}

/** Some servers have the same words for two causes. No reader can tell those apart. */
function isRight(reading: Reading): boolean {
  return isExact(reading) || (reading.pattern?.cause !== undefined && reading.pattern.cause === reading.file.label.alike)
}

/** `expected → said: count (first place)`, for each way of being wrong. */
function confusion(wrong: readonly Reading[]): string {
  const rows = Map.groupBy(wrong, ({ expected, pattern }) => `${expected ?? 'nothing'} → ${pattern?.cause ?? 'nothing'}`)
  return [...rows]
    .map(([row, all]) => `  ${row}: ${all.length} (${all[0]?.file.path}:${all[0]?.line} ${all[0]?.text.slice(0, 200)})`)
    .join('\n')
}

function shareOf(some: readonly Reading[]): number {
  const labelled = some.filter(({ expected }) => expected !== null)
  return labelled.filter(isRight).length / labelled.length
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

describe('the corpus of logs', () => {
  it('is read without a line that its format does not know', () => {
    const broken = readings.filter(({ entry, expected }) => entry === null && expected !== null)
    expect(broken.map(({ file, line, text }) => `${file.path}:${line} ${text}`)).toEqual([])
  })

  it.each(servers)('%s: at least 98 of 100 lines are attributed to what was injected', (server) => {
    const own = readings.filter(({ file }) => file.server === server)
    const wrong = own.filter((one) => one.expected !== null && !isRight(one))
    if (wrong.length > 0) console.info(`${server}: ${wrong.length} wrong\n${confusion(wrong)}`)
    expect(shareOf(own), confusion(wrong)).toBeGreaterThanOrEqual(LEAST)
  })

  it('attributes at least 98 of 100 of all labelled lines', () => {
    const labelled = readings.filter(({ expected }) => expected !== null)
    const exact = labelled.filter(isExact).length / labelled.length
    const shares = `${percent(shareOf(readings))} right, ${percent(exact)} also where the server has the same words for two causes`
    console.info(`${labelled.length} labelled lines of ${readings.length}: ${shares}`)
    expect(shareOf(readings)).toBeGreaterThanOrEqual(LEAST)
  })

  it('attributes nothing that is not about a failure', () => {
    const wrong = readings.filter((one) => one.expected === null && (one.pattern?.cause ?? null) !== null)
    expect(confusion(wrong)).toBe('')
  })

  it('proves every row of the tables by at least one line', () => {
    const hit = new Set(readings.map(({ pattern }) => pattern))
    const idle = Object.entries(PATTERNS).flatMap(([dialect, rows]) =>
      rows.filter((row) => !hit.has(row)).map(({ note, cause }) => `${dialect}: ${cause} (${note})`),
    )
    expect(idle).toEqual([])
  })
})
