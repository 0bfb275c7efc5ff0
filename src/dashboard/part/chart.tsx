/** Lines over the last minutes, drawn by uPlot. Its size is fixed from the start; what it shows is said in words, too. */
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { clockText } from '../format.ts'

export type Line = {
  readonly name: string
  /** The name of a colour of style/base.css. */
  readonly colour: string
  /** Null: nothing is known of that moment. */
  readonly values: readonly (number | null)[]
  readonly isFilled?: boolean
}

export type ChartProps = {
  /** What it shows now, in a sentence. */
  readonly label: string
  /** Epoch milliseconds. */
  readonly times: readonly number[]
  readonly from: number
  readonly to: number
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
}

const HEIGHT = 200
const AXIS_FONT = '11px system-ui, sans-serif'
const AXIS_WIDTH = 52
const AXIS_HEIGHT = 26
/** The top of an empty chart. */
const TOP_MIN = 1
const DARK = matchMedia('(prefers-color-scheme: dark)')

export function Chart({ label, times, from, to, lines, format }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const range = useRef<[number, number]>([from, to])
  const [isDark, setDark] = useState(DARK.matches)
  range.current = [from / 1_000, to / 1_000]
  const data = [times.map((time) => time / 1_000), ...lines.map(({ values }) => values)] as uPlot.AlignedData

  useEffect(() => {
    const onChange = (): void => setDark(DARK.matches)
    DARK.addEventListener('change', onChange)
    return () => DARK.removeEventListener('change', onChange)
  }, [])
  useEffect(() => {
    const box = place.current
    if (box === null) return
    const chart = new uPlot({ ...optionsOf(lines, format, () => range.current), width: box.clientWidth, height: HEIGHT }, data, box)
    plot.current = chart
    const observer = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: HEIGHT }))
    observer.observe(box)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [isDark])
  useEffect(() => plot.current?.setData(data))

  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={label} class="plot" />
      <figcaption class="legend">
        {lines.map(({ name, colour, values }) => {
          const last = values.at(-1) ?? null
          return (
            <span key={name}>
              <i class={`swatch ${colour}`} />
              {name} <b>{last === null ? '–' : format(last)}</b>
            </span>
          )
        })}
      </figcaption>
    </figure>
  )
}

function optionsOf(
  lines: readonly Line[],
  format: (value: number) => string,
  range: () => [number, number],
): Omit<uPlot.Options, 'width' | 'height'> {
  const styles = getComputedStyle(document.documentElement)
  const colour = (name: string): string => styles.getPropertyValue(`--${name}`).trim()
  const fillOf = (name: string): string => colour(`${name}-fill`) || colour(name)
  const axis = { stroke: colour('quiet'), font: AXIS_FONT, ticks: { show: false }, grid: { stroke: colour('line'), width: 1 } }
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [4, 26, 0, 0],
    scales: { x: { range }, y: { range: (_, __, max) => [0, Math.max(TOP_MIN, max * 1.15)] } },
    axes: [
      { ...axis, grid: { show: false }, size: AXIS_HEIGHT, space: 90, values: (_, splits) => splits.map((at) => clockText(at * 1_000)) },
      { ...axis, size: AXIS_WIDTH, space: 34, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ name, colour: own, isFilled }) => ({
        label: name,
        stroke: fillOf(own),
        width: 1.75,
        points: { show: false },
        ...(isFilled && { fill: `color-mix(in srgb, ${fillOf(own)} 18%, transparent)` }),
      })),
    ],
  }
}
