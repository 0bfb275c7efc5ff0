/** The times that logs write, as epoch milliseconds; NaN for what is none. Those without a zone come out as if their clock showed UTC. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MINUTE_MS = 60_000

/** `Nov` → 10, -1 for none. */
export function monthOf(name: string): number {
  return MONTHS.indexOf(name)
}

/** Parts as texts; NaN where one is out of its range. */
export function instant(year: string, month: number, day: string, hour: string, minute: string, second: string, fraction = ''): number {
  const d = Number(day)
  const h = Number(hour)
  const m = Number(minute)
  const s = Number(second)
  if (!(month >= 0 && month < 12 && d >= 1 && d <= 31 && h < 24 && m < 60 && s <= 60)) return Number.NaN
  return Date.UTC(Number(year), month, d, h, m, s) + (fraction === '' ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000))
}

/** `+0200`, `+02:00`, `Z`. */
function zoneMs(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (match === null) return 0
  const ms = (Number(match[2]) * 60 + Number(match[3])) * MINUTE_MS
  return match[1] === '-' ? -ms : ms
}

const CLF = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? ([+-]\d{4})$/

/** `22/Nov/2026:06:11:54 +0000` */
export function readClfTime(text: string): number {
  // Many lines of a busy log are of one second.
  if (text === lastText) return lastMs
  lastText = text
  lastMs = parseClfTime(text)
  return lastMs
}

let lastText = ''
let lastMs = Number.NaN

function parseClfTime(text: string): number {
  const match = CLF.exec(text)
  if (match === null) return Number.NaN
  const [, day = '', month = '', year = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = match
  return instant(year, monthOf(month), day, hour, minute, second, fraction) - zoneMs(zone)
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d\d:?\d\d)?$/

/** RFC 3339 and what is like it. `isLocal`: it names no zone. */
export function readIsoTime(text: string): { readonly timeMs: number; readonly isLocal: boolean } {
  const match = ISO.exec(text)
  if (match === null) return { timeMs: Number.NaN, isLocal: false }
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone] = match
  return {
    timeMs: instant(year, Number(month) - 1, day, hour, minute, second, fraction) - zoneMs(zone ?? ''),
    isLocal: zone === undefined,
  }
}

/** RFC 3339, or seconds, milliseconds, microseconds or nanoseconds since 1970, as a number or a text: told apart by their size. */
export function readAnyTime(value: unknown): number {
  if (typeof value === 'string' && !/^\d+(?:\.\d+)?$/.test(value)) return readIsoTime(value).timeMs
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  if (!(number > 0)) return Number.NaN
  if (number < 1e11) return number * 1_000
  if (number < 1e14) return number
  return number < 1e17 ? number / 1_000 : number / 1e6
}
