/** What pages about requests and incidents are made of: rows, counts, moments, and numbers as bars. */
import { type Paint, printable } from '../config/problem.ts'
import type { Pulse } from '../control/incident/incident.ts'
import type { Finding } from '../insight/diagnosis/diagnosis.ts'
import { nameText, valueText } from '../insight/diagnosis/wording.ts'
import { numberText } from '../std/quantity-text.ts'
import { wrap } from './wrap.ts'

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
type Fact = Pick<Finding, 'name' | 'value'>

const LABEL_COLUMNS = 11
const DAY_MS = 24 * 3_600_000

/** Without what could steer a terminal, and in one line: most of it came from strangers. */
export function plainly(text: string): string {
  return printable(text).replaceAll(/[\t\n]+/g, ' ')
}

/** `  label      text`, wrapped; null for a row that has nothing to say. */
export function row(label: string, text: string, paint: Paint, columns: number): string | null {
  if (text === '') return null
  const first = `  ${label.padEnd(LABEL_COLUMNS)}`
  return wrap(plainly(text), columns, ' '.repeat(first.length), first).replace(label, paint.faint(label))
}

/** `a (120), b (8)`, the most first. */
export function sharesText(counts: Readonly<Record<string, number>>): string {
  const shares = Object.entries(counts).sort(([, one], [, other]) => other - one)
  return shares.length === 1 ? (shares[0]?.[0] ?? '') : shares.map(([name, count]) => `${name} (${numberText(count)})`).join(', ')
}

/** In local time: `04:31:05`, with the date where that is not today's. */
export function momentText(ms: number, now: number): string {
  const at = new Date(ms)
  const two = (part: number): string => String(part).padStart(2, '0')
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  const isToday = now - ms < DAY_MS && new Date(now).getDate() === at.getDate()
  return isToday ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
}

/** Failures over time, a character a step. One that had none is a low dot. */
export function sparkline({ counts }: Pick<Pulse, 'counts'>): string {
  const most = Math.max(1, ...counts)
  return counts.map((count) => (count === 0 ? '.' : BARS[Math.ceil((count / most) * BARS.length) - 1])).join('')
}

/** A fact with the unit that its name ends in: `limit_ms: 3000` becomes `limit 3 s`. */
export function factText({ name, value }: Fact): string {
  if (typeof value === 'boolean') return value ? nameText(name) : `not ${nameText(name)}`
  return `${nameText(name)} ${valueText(name, value)}`
}
