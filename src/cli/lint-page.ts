/** Findings of the linter as a terminal shows them: what is so, both places with a caret, and the change as in a diff. Pure. */
import { type Paint, printable, renderSource } from '../config/problem.ts'
import type { FindingPlace, LintFinding, LintReport } from '../insight/lint/lint.ts'
import { nameOf } from '../insight/lint/wording.ts'
import { count } from './problem-list.ts'
import { wrap } from './wrap.ts'

/** Nobody mends more at a time. */
const SHOWN_MAX = 50

export function renderLint({ findings }: LintReport, paint: Paint, columns: number): string {
  const shown = findings.slice(0, SHOWN_MAX).map((finding) => renderFinding(finding, paint, columns))
  const more = findings.length - shown.length
  return [...shown, ...(more > 0 ? [`… and ${more} more; --json has all.`] : [])].join('\n\n')
}

function renderFinding(finding: LintFinding, paint: Paint, columns: number): string {
  const { rule, cause, severity, message, other, fix } = finding
  const colour = severity === 'error' ? paint.bad : severity === 'warning' ? paint.doubtful : paint.faint
  return [
    `${paint.strong(`${placeText(finding)}:`)} ${colour(`${severity}:`)} ${paint.strong(rule)} ${paint.faint('→')} ${cause}`,
    wrap(printable(message), columns, '  '),
    renderPlace(finding, severity, paint),
    ...(other === null ? [] : [`  ${printable(placeText(other))}`, renderPlace(other, severity, paint)]),
    paint.good(wrap(printable(fix), columns, '  ')),
    ...renderChange(finding, paint),
  ].join('\n')
}

function placeText({ file, line, column }: FindingPlace): string {
  return printable(`${file}:${line}:${column}`)
}

function renderPlace({ line, column, length, source }: FindingPlace, severity: string, paint: Paint): string {
  return renderSource({ line, column, length, severity: severity === 'error' ? 'error' : 'warning' }, printable(source), paint)
}

/** `   5 - proxy_read_timeout 60s;` and below it what to write instead, indented as the line that is there. */
function renderChange({ change, file, line, source, other }: LintFinding, paint: Paint): string[] {
  if (change === null) return []
  const isElsewhere = change.file !== file || change.line !== line
  const there = isElsewhere && other !== null && other.file === change.file && other.line === change.line ? other.source : source
  const lead = isElsewhere && there === source ? '' : (/^\s*/.exec(there)?.[0] ?? '')
  const gutter = `${change.line}`.padStart(4)
  return [
    ...(isElsewhere ? [`  ${printable(change.file)}:${change.line}`] : []),
    ...change.remove.map((text) => paint.bad(`${gutter} - ${lead}${printable(text)}`)),
    ...change.add.map((text) => paint.good(`${gutter} + ${lead}${printable(text)}`)),
  ]
}

/** `3 files (nginx, PHP-FPM): 1 error and 2 warnings. 4 notes more with --notes.` */
export function sumUpLint({ files, findings }: LintReport, hidden: number): string {
  const servers = [...new Set(files.flatMap(({ format }) => (format === null ? [] : [nameOf(format)])))]
  const counts = (['error', 'warning', 'note'] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => count(number, severity))
  const unread = files.flatMap(({ path, unread: lines }) =>
    lines.slice(0, 3).map(({ line, message }) => `${path}:${line}: not understood: ${message}.`),
  )
  const strange = files
    .filter(({ format }) => format === null)
    .map(({ path }) => `${path}: no configuration that is known here; passed over.`)
  const more = hidden === 0 ? '' : ` ${count(hidden, 'note')}${counts.length === 0 ? '' : ' more'} with --notes.`
  const why = findings.length === 0 ? '' : `\n\`gatewell why ${findings[0]!.cause}\` explains what it leads to.`
  const sum = `${count(files.length - strange.length, 'file')} (${servers.join(', ')}): ${counts.length === 0 ? 'nothing found' : counts.join(', ')}.${more}`
  return printable([...unread, ...strange, `${findings.length === 0 ? '' : '\n'}${sum}`].join('\n')) + why
}
