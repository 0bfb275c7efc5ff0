/** `--since`: how long ago, a day, a moment, or a time of the day: as epoch milliseconds, in the zone of this machine. */
import { misread, type Parsed, parsed } from '../../config/parsed.ts'
import { parseDuration } from '../../config/unit.ts'

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?)?$/
const CLOCK = /^(\d\d?):(\d\d)(?::(\d\d))?$/
const DAY_MS = 24 * 3_600_000

export function parseSince(text: string, nowMs: number): Parsed<number> {
  const clock = CLOCK.exec(text)
  if (clock !== null) {
    const at = new Date(nowMs)
    const today = at.setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0)
    if (Number(clock[1]) < 24 && Number(clock[2]) < 60) return parsed(today > nowMs ? today - DAY_MS : today)
  }
  const moment = MOMENT.exec(text)
  if (moment !== null) {
    const ms = Date.parse(moment[4] === undefined ? `${text}T00:00:00` : text.replace(' ', 'T'))
    if (!Number.isNaN(ms)) return parsed(ms)
  }
  const duration = parseDuration(text, 1)
  if (duration.ok) return parsed(nowMs - duration.value)
  return misread('must be how long ago (2h), a day (2026-11-20), a moment (2026-11-20T10:00) or a time of the day (10:00).')
}
