/** What the bench makes of its samples: ratios, marks, tables and the bar. The measuring itself is only done by running it. */
import { describe, expect, test } from 'vitest'
import { barsOf, ratio } from '../bench/compare.ts'
import { median } from '../bench/measure.ts'
import { parseOptions } from '../bench/option.ts'
import type { Row, Sample } from '../bench/round.ts'
import { asMarkdown, asText, tableOf } from '../bench/table.ts'

const CLEAN = { requests: 100, durationUs: 1e6, bytes: 1, p50Us: 1_000, p99Us: 2_000, connect: 0, read: 0, write: 0, timeout: 0, status: 0 }

const sample = (costUs: number, errors: number): Sample => ({
  costUs,
  requestsPerSecond: 50_000,
  p50Us: 1_000,
  p99Us: 2_000,
  peakBytes: 50e6,
  errors,
  report: { ...CLEAN, read: errors },
  proxyCoreBusy: 0.9,
  loadCoreBusy: 0.8,
  strange: 0,
})

const row = (name: string, costs: readonly number[], errors = 0): Row => ({
  name,
  trouble: null,
  samples: costs.map((cost) => sample(cost, errors)),
})

const small = (...rows: Row[]) => ({ name: 'small', title: 'small GET', rows })

describe('what the bench makes of its samples', () => {
  test('the median of an even number lies between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([9, 1, 2])).toBe(2)
    expect(median([])).toBeNaN()
  })

  test('a ratio compares within a round, so a slow round of both changes nothing', () => {
    const rows = [row('gatewell', [10, 40, 11]), row('nginx', [20, 80, 22])]
    expect(ratio(rows, 'gatewell', 'nginx')).toBe(0.5)
  })

  test('there is no ratio to a proxy that had trouble or ran another number of rounds', () => {
    expect(ratio([row('gatewell', [10]), { ...row('nginx', [20]), trouble: 'ended' }], 'gatewell', 'nginx')).toBeNull()
    expect(ratio([row('gatewell', [10]), row('nginx', [20, 20])], 'gatewell', 'nginx')).toBeNull()
    expect(ratio([row('gatewell', [10])], 'gatewell', 'nginx')).toBeNull()
  })

  test('the bar holds at its edge, and not for a gateway that had errors', () => {
    const barOf = (gatewell: Row) => barsOf([small(gatewell, row('nginx', [20]))], [])
    expect(barOf(row('gatewell', [20]))).toMatchObject([{ want: '≤ 1.00 ×', got: '1.00 ×', holds: true }])
    expect(barOf(row('gatewell', [20.2]))).toMatchObject([{ got: '1.01 ×', holds: false }])
    expect(barOf(row('gatewell', [20], 1))).toMatchObject([{ holds: false }])
  })

  test('memory with 10,000 connections counts only if all of them were held', () => {
    const idle = { name: 'gatewell', trouble: null, startBytes: 60e6, heldBytes: 140e6 }
    expect(barsOf([], [{ ...idle, held: 10_000 }])).toMatchObject([{ got: '140 MB', holds: true }])
    expect(barsOf([], [{ ...idle, held: 9_999 }])).toMatchObject([{ holds: false }])
  })

  test('two workers carry as much as the busier one allows, and errors do not count as carrying', () => {
    const of = (name: string, costUs: number, largestShare: number, errors = 0) => ({
      name,
      trouble: null,
      samples: [{ costUs, largestShare, errors }],
    })
    const barOf = (costUs: number, largestShare: number, errors = 0) =>
      barsOf([], [], [of('one', 20, 1), of('two', costUs, largestShare, errors)])
    expect(barOf(20, 0.5)).toMatchObject([{ got: '2.00 ×', holds: true }])
    expect(barOf(20, 0.6)).toMatchObject([{ got: '1.67 ×', holds: false }])
    expect(barOf(25, 0.5)).toMatchObject([{ got: '1.60 ×', holds: false }])
    expect(barOf(20, 0.5, 1)).toMatchObject([{ holds: false }])
    expect(barsOf([], [], [of('one', 20, 1)])).toEqual([])
  })

  test('a row with errors is marked and says which, one that did not run says why', () => {
    const text = asText(
      tableOf(small(row('gatewell', [10, 12, 11], 2), row('nginx', [20, 20, 20]), { ...row('caddy', []), trouble: 'ended with code 1' })),
    )
    expect(text).toMatch(/^gatewell ! +11\.0 +±9 % +0\.55 +50,000 +1\.00 +2\.00 +50 +90 % +80 %$/m)
    expect(text).toMatch(/^nginx +20\.0/m)
    expect(text).toMatch(/^caddy ! +–/m)
    expect(text).toContain('! gatewell had 6 errors: 6 read')
    expect(text).toContain('! caddy: ended with code 1')
  })

  test('Markdown has a cell for every column', () => {
    const lines = asMarkdown(tableOf(small(row('gatewell', [10]), row('nginx', [20]))))
      .split('\n')
      .filter((line) => line.startsWith('|'))
    expect(lines).toHaveLength(4)
    expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1)
  })
})

describe('the options of the bench', () => {
  test('only a run with everything at full length is kept', () => {
    const isFull = (...args: string[]) => (parseOptions(args) as { isFull: boolean }).isFull
    expect(isFull()).toBe(true)
    expect(isFull('--rounds', '5')).toBe(true)
    for (const args of [['--quick'], ['--only', 'nginx'], ['--rounds', '1'], ['--gatewell-command', 'x']])
      expect(isFull(...args)).toBe(false)
  })

  test('names that do not exist and numbers that make no sense are refused', () => {
    expect(() => parseOptions(['--only', 'nginx,apache'])).toThrow('--only apache')
    expect(() => parseOptions(['--seconds', '0'])).toThrow('--seconds 0')
    expect(() => parseOptions(['--faster'])).toThrow('--faster')
  })
})
