/** `gatewell logs --follow`: each failed request as it is logged, with its cause, until it is told to stop; then all of them summed up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { KNOWN_CAUSES } from '../causes/foreign-catalogue.ts'
import type { LogSource } from '../insight/log/byte-source.ts'
import { timeText } from '../insight/log/log-report.ts'
import { Reading } from '../insight/log/read-logs.ts'
import { routeOf } from '../insight/log/route.ts'
import type { LoggedError } from '../insight/log/sighting.ts'
import { exitCodeOf, renderLogs } from './logs-page.ts'
import { momentText, plainly } from './story-text.ts'
import type { Terminal } from './terminal.ts'

const LOOK_EVERY_MS = 250

export type FollowOptions = {
  readonly sources: readonly LogSource[]
  readonly format: string | null
  readonly sinceMs: number
  readonly isJson: boolean
}

export async function followLogs({ sources, format, sinceMs, isJson }: FollowOptions, terminal: Terminal): Promise<number> {
  const { print, say, paint, columns, signals } = terminal
  let isLive = false
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  signals.once('SIGINT', onSignal)
  signals.once('SIGTERM', onSignal)
  const reading = new Reading(sources, {
    format,
    sinceMs,
    nowMs: Date.now(),
    isFollowed: true,
    onError: (error) => {
      if (isJson) print(JSON.stringify(asJson(error)))
      else if (isLive) print(renderError(error, terminal))
    },
  })
  try {
    await reading.readAll()
    if (!isJson) {
      print(renderLogs(reading.report(), { paint, columns, nowMs: Date.now() }))
      say('\nWhat is logged from now on; Ctrl-C ends it.')
    }
    isLive = true
    while (!stop.signal.aborted) {
      await reading.look(Date.now())
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => {})
    }
    await reading.look(Date.now())
    reading.analysis.finish()
    const report = reading.report()
    if (!isJson) print(`\n${renderLogs(report, { paint, columns, nowMs: Date.now() })}`)
    return exitCodeOf(report)
  } finally {
    signals.off('SIGINT', onSignal)
    signals.off('SIGTERM', onSignal)
    await reading.close()
  }
}

function renderError({ timeMs, cause, entry, note, place }: LoggedError, { paint }: Terminal): string {
  const what = cause === null ? paint.doubtful('not attributed') : `${KNOWN_CAUSES[cause].title}  ${paint.faint(cause)}`
  const route = routeOf(entry.method, entry.target) ?? ''
  const where = entry.upstream ?? entry.pool ?? ''
  const parts = [momentText(timeMs, timeMs), paint.bad(String(entry.status ?? '–')), plainly(route), what, plainly(where)]
  const line = paint.faint(`${plainly(place.file)}:${place.line}`)
  return `${parts.filter((part) => part !== '').join('  ')}\n          ${line} ${plainly(note)}`.trimEnd()
}

function asJson({ timeMs, cause, confidence, note, entry, place, evidence }: LoggedError): object {
  const { status, host, method, target, client, upstream } = entry
  return { time: timeText(timeMs), status, cause, confidence, note, host, method, target, client, upstream, ...place, evidence }
}
