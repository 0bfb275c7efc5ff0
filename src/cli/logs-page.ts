/** What `gatewell logs` prints: how much failed, then each cause with when, where, whom it hit, why, and what to do. Pure. */

import type { Paint } from '../config/problem.ts'
import { nameOf } from '../insight/log/fix.ts'
import type { LogDialect } from '../insight/log/log-entry.ts'
import type { CauseReport, ErrorGroup, FileReport, LogExample, LogReport, NamedCount } from '../insight/log/log-report.ts'
import { countText, numberText } from '../std/quantity-text.ts'
import { renderRemedies } from './cause-page.ts'
import { momentText, plainly, row, sparkline } from './story-text.ts'
import { wrap } from './wrap.ts'

export type LogsView = { readonly paint: Paint; readonly columns: number; readonly nowMs: number }

const NAMES_SHOWN = 4
const EXAMPLES_SHOWN = 2
const EXAMPLE_ROWS = 3
const REMEDIES_SHOWN = 3
const UNREAD_SHOWN = 3
const PULSE_COLUMNS = 40

export function renderLogs(report: LogReport, view: LogsView): string {
  const { causes, unattributed } = report
  const blocks = [
    renderHead(report, view),
    ...causes.map((cause) => renderCauseGroup(cause, view)),
    ...(unattributed.count > 0 ? [renderUnattributed(report, view)] : []),
    ...(report.files.some(({ unparsed, problem }) => unparsed > 0 || problem !== null) ? [renderUnread(report.files, view)] : []),
  ]
  return blocks.join('\n\n')
}

function renderHead({ files, requests, errors, first, last, timeline }: LogReport, view: LogsView): string {
  const { paint, columns, nowMs } = view
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const formats = [...new Set(files.filter(({ format }) => format !== null).map(({ title }) => title))]
  const share = requests > 0 && errors <= requests ? ` of ${numberText(requests)} (${percent(errors / requests)})` : ''
  const isBlind = requests === 0 && formats.length === 0 && lines > 0
  const well = isBlind ? paint.doubtful('Nothing of it was understood.') : paint.good('No error of a gateway.')
  const verdict = errors === 0 ? well : paint.bad(`${countText(errors, 'request')} failed${share}.`)
  const what = `${countText(lines, 'line')} of ${countText(files.length, 'file')}${formats.length === 0 ? '' : `: ${formats.join(', ')}`}`
  return [
    paint.strong(verdict),
    ...[
      row('read', what, paint, columns),
      row('from', spanOf(first, last, nowMs), paint, columns),
      errors === 0 ? null : row('errors', pulseText(timeline.errors), paint, columns),
    ].filter((line) => line !== null),
  ].join('\n')
}

function renderCauseGroup(cause: CauseReport, view: LogsView): string {
  const { paint, columns } = view
  const { title, count, share, side, said, events, rescued, remedies, confidence } = cause
  const amount = count === 0 ? '' : `  ${numberText(count)} (${percent(share)})`
  const title_ = side === 'downstream' ? paint.doubtful(title) : paint.strong(title)
  const note = [
    events > 0 && count !== events ? `the server said so of itself, ${events === 1 ? 'once' : countText(events, 'time')}` : '',
    rescued > 0 ? `${countText(rescued, 'attempt')} failed that another one made good` : '',
  ].filter((text) => text !== '')
  return [
    `${title_}  ${paint.faint(cause.cause)}${amount}`,
    ...[
      row(
        'why',
        said
          .slice(0, 2)
          .map(({ name }) => name)
          .join('; '),
        paint,
        columns,
      ),
      row('sure', count > 0 && confidence < 0.9 ? `${percent(confidence)}: it follows from what the log has` : '', paint, columns),
      ...groupRows(cause, view),
      row('also', note.join('; '), paint, columns),
    ].filter((line) => line !== null),
    ...cause.examples.slice(0, EXAMPLES_SHOWN).flatMap((example) => exampleLines(example, view)),
    renderRemedies(remedies.slice(0, REMEDIES_SHOWN), paint, columns)
      .split('\n')
      .map((line) => `  ${line}`.trimEnd())
      .join('\n'),
  ].join('\n')
}

function groupRows(group: ErrorGroup, { paint, columns, nowMs }: LogsView): (string | null)[] {
  const clients = group.clientCount === 0 ? '' : `${countText(group.clientCount, 'client')}: ${names(group.clients)}`
  return [
    row('when', [spanOf(group.first, group.last, nowMs), pulseText(group.pulse)].join('  '), paint, columns),
    row('in', group.servers.map(({ name }) => nameOf(name as LogDialect)).join(', '), paint, columns),
    row('status', names(group.statuses), paint, columns),
    row('hosts', group.hosts.length > 1 ? names(group.hosts) : '', paint, columns),
    row('routes', names(group.routes), paint, columns),
    row('servers', names(group.upstreams), paint, columns),
    row('visitors', clients, paint, columns),
    row('crawlers', names(group.crawlers), paint, columns),
  ]
}

function renderUnattributed({ unattributed, files }: LogReport, view: LogsView): string {
  const { paint, columns } = view
  const hasErrorLog = files.some(({ title }) => /error|php-fpm|log$/i.test(title) && !/access/i.test(title))
  const hint = hasErrorLog
    ? 'None of these lines, and none of the other logs, tells why.'
    : 'These lines do not tell why. Give the error log of the same server as well, and the log of the app behind it.'
  return [
    `${paint.doubtful('Not attributed')}  ${numberText(unattributed.count)} (${percent(unattributed.share)})`,
    wrap(hint, columns, '  '),
    ...[row('made by', names(unattributed.said), paint, columns), ...groupRows(unattributed, view)].filter((line) => line !== null),
    ...unattributed.examples.slice(0, EXAMPLES_SHOWN).flatMap((example) => exampleLines(example, view)),
  ].join('\n')
}

function renderUnread(files: readonly FileReport[], { paint, columns }: LogsView): string {
  return files
    .filter(({ unparsed, problem }) => unparsed > 0 || problem !== null)
    .flatMap(({ path, unparsed, lines, unread, problem, format }) => {
      const amount = `${numberText(unparsed)} of ${countText(lines, 'line')} not understood`
      const why = format === null ? '; no format that is known' : ''
      return [
        ...(problem === null ? [] : [paint.bad(`${plainly(path)} could not be read to its end: ${plainly(problem)}`)]),
        ...(unparsed === 0 ? [] : [`${paint.doubtful(`${plainly(path)}: ${amount}`)}${why}`]),
        ...unread.slice(0, UNREAD_SHOWN).map(({ line, text }) => `  ${line}: ${cut(plainly(text), columns - 8)}`),
      ]
    })
    .join('\n')
}

function exampleLines({ file, line, text, evidence }: LogExample, { paint, columns }: LogsView): string[] {
  const place = (path: string, at: number): string => paint.faint(`${plainly(path)}:${at}`)
  return [
    `  ${place(file, line)}`,
    ...shown(text, columns, '    '),
    ...evidence.flatMap((one) => [`    ${place(one.file, one.line)}`, ...shown(one.text, columns, '      ')]),
  ]
}

/** As it was logged, broken where the terminal ends: what matters is seldom at the beginning. */
function shown(text: string, columns: number, indent: string): string[] {
  const width = columns - indent.length
  const line = cut(plainly(text), width * EXAMPLE_ROWS)
  return Array.from({ length: Math.ceil(line.length / width) }, (_, i) => `${indent}${line.slice(i * width, (i + 1) * width)}`)
}

/** `a (120), b (8), and 3 more`. */
function names(counts: readonly NamedCount[]): string {
  const [only] = counts
  if (only === undefined) return ''
  if (counts.length === 1) return only.name
  const shown = counts.slice(0, NAMES_SHOWN).map(({ name, count }) => `${name} (${numberText(count)})`)
  return `${shown.join(', ')}${counts.length > NAMES_SHOWN ? ' and more' : ''}`
}

function spanOf(first: string | null, last: string | null, nowMs: number): string {
  if (first === null || last === null) return ''
  const [from, to] = [Date.parse(first), Date.parse(last)]
  return from === to ? momentText(from, nowMs) : `${momentText(from, nowMs)} to ${momentText(to, nowMs)}`
}

function pulseText(pulse: readonly number[]): string {
  if (pulse.length < 2) return ''
  const step = Math.ceil(pulse.length / PULSE_COLUMNS)
  const counts = Array.from({ length: Math.ceil(pulse.length / step) }, (_, i) =>
    pulse.slice(i * step, (i + 1) * step).reduce((sum, count) => sum + count, 0),
  )
  return sparkline({ counts })
}

/** 1 where a request failed. Visitors that left by themselves are shown, and are no failure of a gateway. */
export function exitCodeOf({ files, errors, causes, requests }: LogReport): number {
  const failed = errors - causes.reduce((sum, { side, count }) => sum + (side === 'downstream' ? count : 0), 0)
  if (failed > 0) return 1
  // To say that all is well of what was not understood would be a lie.
  const isBlind = requests === 0 && files.every(({ format, lines }) => format === null && lines > 0)
  return isBlind ? 2 : 0
}

function percent(share: number): string {
  const value = share * 100
  return `${value === 0 || value >= 10 ? Math.round(value) : value >= 1 ? value.toFixed(1) : value < 0.01 ? '< 0.01' : value.toFixed(2)} %`
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(20, width - 1))}…` : text
}
