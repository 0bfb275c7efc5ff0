/** Whether it is quiet hours, by the clock on the wall of a time zone. */
import type { QuietHoursPlan } from '../../config/alert-plan.ts'

/** `timeZone`: null for the machine's. */
export function isQuiet(hours: QuietHoursPlan | null, timeZone: string | null, epochMs: number): boolean {
  if (hours === null) return false
  const minute = minuteOfDay(timeZone, epochMs)
  const { fromMinute, toMinute } = hours
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute
}

function minuteOfDay(timeZone: string | null, epochMs: number): number {
  const format = new Intl.DateTimeFormat('en', {
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    ...(timeZone !== null && { timeZone }),
  })
  const part = (type: string): number => Number(format.formatToParts(epochMs).find((one) => one.type === type)?.value)
  return part('hour') * 60 + part('minute')
}
