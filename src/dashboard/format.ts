/** What a page says besides what `std/quantity-text.ts` does: large numbers in short, shares, moments. Pure. */
import * as quantity from '../std/quantity-text.ts'

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
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

export function latencyText(ms: number | null): string {
  if (ms === null) return '–'
  if (ms === 0) return '0'
  return ms < 0.05 ? '< 0.1 ms' : quantity.latencyText(ms)
}

export function clockText(at: number): string {
  return CLOCK.format(at)
}

/** `14:03:12`, on another day `3 Nov 14:03:12`. */
export function momentText(at: number, now: number): string {
  return Math.abs(now - at) < DAY_MS / 2 ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`
}

/** `99.98 %`; never rounded to all or nothing when it is not. */
export function shareText(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`
  const percent = share * 100
  if (percent > 99.99) return '> 99.99 %'
  return percent < 0.01 ? '< 0.01 %' : `${percent.toFixed(percent > 99 || percent < 1 ? 2 : 1)} %`
}
