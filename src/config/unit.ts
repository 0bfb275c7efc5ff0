/** Durations, sizes and shares as people write them: `250ms`, `64KiB`, `20%`. Milliseconds, bytes and fractions within. */
import { misread, type Parsed, parsed, quote, wrongType } from './parsed.ts'

type Unit = readonly [name: string, factor: number]

const TIME_UNITS: readonly Unit[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]
const SIZE_UNITS: readonly Unit[] = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['B', 1],
]

const QUANTITY = /^(\d{1,12}(?:\.\d{1,6})?)\s*([a-zA-Z]*)$/

/** A week: longer ones are slips, and timers count in 32 bits. */
const DURATION_MAX_MS = 7 * 24 * 3_600_000

export function parseDuration(input: unknown, minMs = 0): Parsed<number> {
  if (input === 0 || input === '0') return minMs === 0 ? parsed(0) : misread(`must be at least ${formatDuration(minMs)}.`)
  if (typeof input !== 'string' && typeof input !== 'number') return wrongType('a duration such as 250ms, 3s, 5m or 1h', input)
  const match = QUANTITY.exec(String(input))
  const ms = match === null ? null : scale(match, TIME_UNITS)
  if (ms === null) {
    const problem = typeof input === 'number' ? `${input} has no unit.` : `${quote(input)} is not a duration.`
    return misread(`${problem} Write a number and a unit: 250ms, 3s, 5m or 1h.`, guess(match, guessTimeUnit, TIME_UNITS))
  }
  if (!Number.isInteger(ms)) return misread(`${quote(input)} is finer than a millisecond.`)
  if (ms > DURATION_MAX_MS) return misread(`${quote(input)} is longer than the longest duration, ${formatDuration(DURATION_MAX_MS)}.`)
  return ms < minMs ? misread(`${quote(input)} is too short. It must be at least ${formatDuration(minMs)}.`) : parsed(ms)
}

export function parseSize(input: unknown): Parsed<number> {
  if (input === 0 || input === '0') return parsed(0)
  if (typeof input !== 'string' && typeof input !== 'number') return wrongType('a size such as 64KiB, 10MiB or 1GiB', input)
  const match = QUANTITY.exec(String(input))
  const bytes = match === null ? null : scale(match, SIZE_UNITS)
  if (bytes === null) {
    const problem = typeof input === 'number' ? `${input} has no unit.` : `${quote(input)} is not a size.`
    return misread(`${problem} Write a number and a unit: 512B, 64KiB, 10MiB or 1GiB.`, guess(match, guessSizeUnit, SIZE_UNITS))
  }
  if (!Number.isSafeInteger(bytes)) return misread(`${quote(input)} is not a whole number of bytes.`)
  return parsed(bytes)
}

/** `20%` is 0.2. */
export function parseShare(input: unknown): Parsed<number> {
  if (typeof input !== 'string' && typeof input !== 'number') return wrongType('a share such as 20%', input)
  const match = /^(\d{1,3}(?:\.\d{1,3})?)\s*(%?)$/.exec(String(input))
  const amount = match === null ? Number.NaN : Number(match[1])
  if (match !== null && match[2] === '%' && amount <= 100) return parsed(amount / 100)
  const percent = amount <= 1 ? Number((amount * 100).toFixed(3)) : amount
  return misread(`${quote(input)} is not a share. Write a percentage from 0% to 100%.`, percent <= 100 ? `${percent}%` : null)
}

export function formatDuration(ms: number): string {
  return format(ms, TIME_UNITS, '0s')
}

export function formatSize(bytes: number): string {
  return format(bytes, SIZE_UNITS, '0B')
}

export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`
}

function format(amount: number, units: readonly Unit[], zero: string): string {
  if (amount === 0) return zero
  const [name, factor] = units.find(([, each]) => amount % each === 0) ?? units.at(-1)!
  return `${amount / factor}${name}`
}

function scale(match: RegExpExecArray, units: readonly Unit[]): number | null {
  const unit = units.find(([name]) => name === match[2])
  return unit === undefined || /\s/.test(match[0]) ? null : Number((Number(match[1]) * unit[1]).toFixed(6))
}

/** What a quantity with a wrong unit, or with none, was probably meant to be. */
function guess(
  match: RegExpExecArray | null,
  toUnit: (word: string, amount: number) => string | null,
  units: readonly Unit[],
): string | null {
  if (match === null) return null
  const amount = Number(match[1])
  const unit = toUnit(match[2]!.toLowerCase(), amount)
  if (unit === 'd') return amount <= 7 ? `${amount * 24}h` : null
  const factor = units.find(([name]) => name === unit)?.[1]
  return factor === undefined ? null : format(amount * factor, units, `0${unit}`)
}

/** Nobody means 5,000 seconds by 5000: other tools count in milliseconds. */
const BARE_SECONDS_MAX = 999

function guessTimeUnit(word: string, amount: number): string | null {
  if (word === '') return amount > BARE_SECONDS_MAX ? 'ms' : 's'
  if (/^(ms|milli|msec)/.test(word)) return 'ms'
  if (/^(s|secs?|seconds?)$/.test(word)) return 's'
  if (/^(m|mins?|minutes?)$/.test(word)) return 'm'
  if (/^(h|hrs?|hours?)$/.test(word)) return 'h'
  return /^d(ays?)?$/.test(word) ? 'd' : null
}

function guessSizeUnit(word: string): string | null {
  if (/^(b|bytes?)?$/.test(word)) return 'B'
  const letter = /^([kmg])i?b?$/.exec(word)?.[1]
  return letter === undefined ? null : `${letter.toUpperCase()}iB`
}
