/** Numbers for people: counts, sizes and spans of time, never finer than they look. Pure, and the same in a terminal and in a browser. */

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `42 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const whole = seconds * 1_000
  if (whole < MINUTE_MS) return `${seconds} s`
  if (whole < HOUR_MS) return pair(Math.floor(whole / MINUTE_MS), 'min', seconds % 60, 's')
  if (whole < DAY_MS) return pair(Math.floor(whole / HOUR_MS), 'h', Math.floor((whole % HOUR_MS) / MINUTE_MS), 'min')
  return pair(Math.floor(whole / DAY_MS), 'd', Math.floor((whole % DAY_MS) / HOUR_MS), 'h')
}

/** `42 s ago`, at the beginning of a sentence or not. */
export function agoText(ms: number): string {
  return ms < 1_000 ? 'just now' : `${spanText(ms)} ago`
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export function latencyText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}

/** `1,203`. */
export function numberText(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 visitor`, `1,203 visitors`. */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `512 bytes`, `16 KiB`, `1.5 MiB`. */
export function sizeText(bytes: number): string {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1)
  return `${Number((bytes / 1_024 ** step).toFixed(1))} ${UNITS[step]}`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
