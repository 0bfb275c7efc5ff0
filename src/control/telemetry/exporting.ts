/** One export by a package of OpenTelemetry, as a receipt. It tries again by itself within its time, if that is of use. */
import { delivered, type Receipt, sayError, undelivered } from '../alert/receipt.ts'
import type { OtlpPlace } from './telemetry-link.ts'

export const EXPORT_MS = 5_000
const SAID_MAX = 160

type Result = { readonly code: number; readonly error?: Error }
type Exporter<T> = { export(items: T, done: (result: Result) => void): void }

export function exportWith<T>(exporter: Exporter<T>, items: T): Promise<Receipt> {
  return new Promise((resolve) => exporter.export(items, ({ code, error }) => resolve(code === 0 ? delivered('taken') : receiptOf(error))))
}

/** One exporter for each place, for it keeps connections. */
export function keeper<T>(create: (place: OtlpPlace) => T): (place: OtlpPlace) => T {
  let known = ''
  let kept: T | null = null
  return (place) => {
    const name = JSON.stringify(place)
    if (kept === null || name !== known) kept = create(place)
    known = name
    return kept
  }
}

/** A status is a number there, and then to try again is of no use: it has been tried where it is. */
function receiptOf(error: Error | undefined): Receipt {
  if (error === undefined) return undelivered('no reason was given')
  const { code } = error as { code?: number | string }
  if (typeof code === 'number') return undelivered(`it says ${code} ${error.message}`.slice(0, SAID_MAX).trim(), { isFinal: true })
  const isBusy = error.name === 'OTLPExporterError'
  return undelivered(isBusy ? 'it is busy or broken (429, 502, 503 or 504)' : sayError(error).slice(0, SAID_MAX))
}
