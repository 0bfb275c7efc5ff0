/** Charts as SVG: counts over time, stacked by cause, and shares as bars. */

import { numberText } from '../../../std/quantity-text.ts'
import type { LogReport } from '../log-report.ts'
import { escaped, momentText } from './markup.ts'

/** Told apart also by those who see no red and green; legible on white and on black. */
export const COLOURS = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)', 'var(--c6)']

type Series = { readonly name: string; readonly counts: readonly number[]; readonly colour: string }
type Timeline = LogReport['timeline']

const WIDTH = 960
const HEIGHT = 200
const LEFT = 52
const BOTTOM = 22
const STEPS = 60

/** Columns of what failed, one upon another. */
export function areaChart(series: readonly Series[], timeline: Timeline): string {
  const folded = series.map((one) => ({ ...one, counts: fold(one.counts) }))
  const steps = Math.max(1, ...folded.map(({ counts }) => counts.length))
  const totals = Array.from({ length: steps }, (_, i) => folded.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0))
  const top = niceAbove(Math.max(1, ...totals))
  const width = (WIDTH - LEFT) / steps
  const gap = Math.min(2, width / 5)
  const y = (count: number): number => (HEIGHT - BOTTOM) * (1 - count / top)
  const base = totals.map(() => 0)
  const columns = folded.flatMap(({ counts, colour, name }) =>
    counts.map((count, i) => {
      if (count === 0) return ''
      const from = base[i] as number
      base[i] = from + count
      const [x, upper] = [LEFT + i * width, y(from + count)]
      const title = `<title>${escaped(`${name}: ${numberText(count)}, ${labelAt(timeline, i, steps)}`)}</title>`
      return `<rect x="${fixed(x)}" y="${fixed(upper)}" width="${fixed(width - gap)}" height="${fixed(Math.max(1, y(from) - upper))}" fill="${colour}">${title}</rect>`
    }),
  )
  const lines = [0, top / 2, top].map(
    (count) =>
      `<line x1="${LEFT}" x2="${WIDTH}" y1="${fixed(y(count))}" y2="${fixed(y(count))}"/><text x="${LEFT - 8}" y="${fixed(Math.max(10, y(count) + 4))}" text-anchor="end">${numberText(count)}</text>`,
  )
  const ends = `<text x="${LEFT}" y="${HEIGHT - 4}">${escaped(labelAt(timeline, 0, steps))}</text><text x="${WIDTH}" y="${HEIGHT - 4}" text-anchor="end">${escaped(labelAt(timeline, steps - 1, steps))}</text>`
  const label = `Failed requests over time: ${numberText(totals.reduce((sum, count) => sum + count, 0))} in all, at most ${numberText(Math.max(...totals))} at a time.`
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(label)}"><g class="grid">${lines.join('')}${ends}</g>${columns.join('')}</svg>`
}

/** One series, small. */
export function bars(pulse: readonly number[], colour: string, label: string, timeline: Timeline): string {
  const counts = fold(pulse)
  const most = Math.max(0, ...counts)
  if (counts.length < 2 || most === 0) return ''
  const width = WIDTH / counts.length
  const rects = counts.map((count, i) => {
    const height = count === 0 ? 1 : 4 + (36 * count) / most
    const title = `<title>${escaped(`${numberText(count)}, ${labelAt(timeline, i, counts.length)}`)}</title>`
    return `<rect x="${fixed(i * width)}" y="${fixed(40 - height)}" width="${fixed(Math.max(1, width - 2))}" height="${fixed(height)}" fill="${count === 0 ? 'var(--line)' : colour}">${title}</rect>`
  })
  const told = `${label}: at most ${numberText(most)} at a time.`
  return `<svg class="pulse" viewBox="0 0 ${WIDTH} 40" preserveAspectRatio="none" role="img" aria-label="${escaped(told)}">${rects.join('')}</svg>`
}

export function shareBar(share: number, colour: string): string {
  return `<span class="share" aria-hidden="true"><span style="width:${fixed(Math.max(0.5, share * 100))}%;background:${colour}"></span></span>`
}

function fold(counts: readonly number[]): number[] {
  const size = Math.ceil(counts.length / STEPS)
  if (size <= 1) return [...counts]
  return Array.from({ length: Math.ceil(counts.length / size) }, (_, i) =>
    counts.slice(i * size, (i + 1) * size).reduce((sum, count) => sum + count, 0),
  )
}

/** The moment at which a step begins. */
function labelAt({ start, stepMs, errors }: Timeline, index: number, steps: number): string {
  if (start === null) return ''
  const size = Math.ceil(errors.length / steps)
  return momentText(new Date(Date.parse(start) + index * size * stepMs).toISOString())
}

/** 1, 2 or 5 times a power of ten. */
function niceAbove(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count))
  return ([1, 2, 5, 10].find((factor) => factor * power >= count) ?? 10) * power
}

function fixed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '')
}
