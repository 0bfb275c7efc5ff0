/** Times and sizes as configurations write them: `60`, `1m30s`, `16k`, `8MiB`. Seconds and bytes within; null for anything else. */

const SECONDS: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  m: 60,
  mi: 60,
  min: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
}

/** `bare` is the unit of a number without one. */
export function readSeconds(text: string, bare: 's' | 'ms' = 's'): number | null {
  if (!/^(?:\d+(?:\.\d+)?[a-z]*)+$/i.test(text)) return null
  let total = 0
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)([a-z]*)/gi)) {
    const factor = SECONDS[(unit === '' ? bare : unit).toLowerCase()]
    if (factor === undefined) return null
    total += Number(amount) * factor
  }
  return Math.round(total * 1e6) / 1e6
}

const BYTES: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, kb: 1024, kib: 1024, m: 1024 ** 2, mb: 1024 ** 2, mib: 1024 ** 2 }
const LARGE: Readonly<Record<string, number>> = { g: 1024 ** 3, gb: 1024 ** 3, gib: 1024 ** 3, t: 1024 ** 4, tb: 1024 ** 4, tib: 1024 ** 4 }

export function readBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text)
  const unit = match?.[2]?.toLowerCase() ?? ''
  const factor = BYTES[unit] ?? LARGE[unit]
  return match === null || factor === undefined ? null : Math.round(Number(match[1]) * factor)
}

export function readCount(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** `90s`, `2.5s`, `500ms` */
export function secondsText(seconds: number): string {
  if (seconds === Number.POSITIVE_INFINITY) return 'no limit'
  return seconds > 0 && seconds < 1 ? `${Math.round(seconds * 1_000)}ms` : `${Math.round(seconds * 1_000) / 1_000}s`
}

/** `16k`, `100m`, `2g`: the largest unit that divides it. */
export function bytesText(bytes: number): string {
  if (bytes === Number.POSITIVE_INFINITY) return 'no limit'
  for (const [unit, factor] of [
    ['g', 1024 ** 3],
    ['m', 1024 ** 2],
    ['k', 1024],
  ] as const) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  }
  return `${bytes}`
}
