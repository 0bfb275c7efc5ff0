/** Numbers, spans and moments for people. Pure. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const
const DAY_MS = 86_400_000

export function countText(count: number): string {
  return Math.abs(count) < 100_000 ? WHOLE.format(count) : SHORT.format(count)
}

export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `0.4`, `12`, `1,234`: a second. */
export function rateText(perSecond: number): string {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : countText(perSecond)
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export function latencyText(ms: number | null): string {
  if (ms === null) return '–'
  if (ms === 0) return '0'
  if (ms < 0.05) return '< 0.1 ms'
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}

/** Two units at most: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function spanText(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1_000))
  const first = UNITS.findIndex(([, seconds]) => rest >= seconds)
  if (first === -1) return '0 s'
  return UNITS.slice(first, first + 2)
    .flatMap(([unit, seconds]) => {
      const count = Math.floor(rest / seconds)
      rest %= seconds
      return count === 0 ? [] : [`${count} ${unit}`]
    })
    .join(' ')
}

export function agoText(ms: number): string {
  return ms < 2_000 ? 'just now' : `${spanText(ms)} ago`
}

export function clockText(at: number): string {
  return CLOCK.format(at)
}

/** `14:03:12`, on another day `3 Nov 14:03:12`. */
export function momentText(at: number, now: number): string {
  return Math.abs(now - at) < DAY_MS / 2 ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`
}

export function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${Math.round(bytes)} B`
  const step = Math.min(4, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1_024 ** step).toFixed(1)} ${'KMGT'[step - 1]}iB`
}

/** `99.98 %`; never rounded to all or nothing when it is not. */
export function shareText(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`
  const percent = share * 100
  if (percent > 99.99) return '> 99.99 %'
  return percent < 0.01 ? '< 0.01 %' : `${percent.toFixed(percent > 99 || percent < 1 ? 2 : 1)} %`
}
